/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The channels that the dispatcher acts through. The inbox in the client needs none: what was delivered stands there.
 *
 * "file" (queryable): a JSON file per delivery or note in DIR/outbox, named by the action, written beside and moved into
 * place, so that whoever collects them (a chat bot, a mail gateway) never sees half of one. A gateway that takes a file away
 * and fetches the same again after a crash knows it by its name.
 *
 * "message" (at-most-once) and "keyed message": a program of the company's, named in channels.yaml, gets the letter on its standard input. No
 * shell, nothing of the letter among its arguments, so that a text cannot become a command. Its exit status answers, with
 * the numbers of sysexits.h: 0 sent; 75 not sent, try again; 65 not sent, and never will be. Whatever else it says, or when
 * it does not end in time, nobody knows. Where the program hands letters to something that knows them by their id (a service
 * with an Idempotency-Key), the administrator says `keyed: yes`: then it may simply be asked again.
 *
 *   channels: 1
 *   message: { program: [/usr/local/bin/send-note, --quiet], seconds: 30, keyed: no }
 *
 * "forward" (keyed): a statement that another record store refused, once more: forward.c.
 *
 * How it can be wrong: a program that exits with 0 before it has sent, and one that is called keyed and is not. */
#include "base/yaml.h"
#include "runtime/forward.h"
#include "runtime/outbox.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <sysexits.h>
#include <unistd.h>

#define MOST_SECONDS 120
#define FEW_SECONDS 30
#define MOST_WORDS 32

/* ---- channels.yaml ---------------------------------------------------------------------------------------------- */

void channel_place_clear(struct channel_place *place) {
  g_clear_pointer(&place->dir, g_free);
  g_clear_pointer(&place->program, g_strfreev);
}

static bool read_seconds(const struct yaml_doc *doc, const struct yaml_node *map, int *ret_seconds, GError **error) {
  const struct yaml_node *node = yaml_get(map, "seconds");
  char *end = NULL;
  *ret_seconds = FEW_SECONDS;
  if (!node) return true;
  int64_t value = node->type == YAML_SCALAR ? g_ascii_strtoll(node->text, &end, 10) : 0;
  if (!end || !*node->text || *end || value < 1 || value > MOST_SECONDS) return yaml_fail(doc, node, error, "\"seconds\" is no number from 1 to %d", MOST_SECONDS);
  *ret_seconds = (int)value;
  return true;
}

static bool read_keyed(const struct yaml_doc *doc, const struct yaml_node *map, bool *ret_keyed, GError **error) {
  const struct yaml_node *node = yaml_get(map, "keyed");
  const char *word = node && node->type == YAML_SCALAR ? node->text : "";
  *ret_keyed = strcmp(word, "yes") == 0;
  return !node || *ret_keyed || strcmp(word, "no") == 0 || yaml_fail(doc, node, error, "\"keyed\" is neither yes nor no");
}

static bool read_program(const struct yaml_doc *doc, const struct yaml_node *map, char ***ret_program, GError **error) {
  const struct yaml_node *list = yaml_get(map, "program");
  if (!list || list->type != YAML_LIST || !list->first) return yaml_fail(doc, list ? list : map, error, "\"program\" is no list of a path and its arguments");
  g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
  for (const struct yaml_node *word = list->first; word; word = word->next) {
    if (word->type != YAML_SCALAR || words->len == MOST_WORDS) return yaml_fail(doc, word, error, "a program has at most %d words, each a text", MOST_WORDS);
    g_ptr_array_add(words, g_strdup(word->text));
  }
  if (!g_path_is_absolute(words->pdata[0])) return yaml_fail(doc, list->first, error, "\"%s\" is no whole path; begin with /", list->first->text);
  g_ptr_array_add(words, NULL);
  *ret_program = (char **)g_ptr_array_free(g_steal_pointer(&words), FALSE);
  return true;
}

static bool parse(const char *file, const char *text, size_t length, struct channel_place *place, GError **error) {
  static const char *const keys[] = { "channels", "message", NULL }, *const message_keys[] = { "program", "seconds", "keyed", NULL };
  g_autoptr(yaml_doc_auto) doc = yaml_parse(file, text, length, error);
  if (!doc) return false;
  const struct yaml_node *root = yaml_root(doc);
  if (root->type != YAML_MAP || g_strcmp0(yaml_text(root, "channels"), "1") != 0) return yaml_fail(doc, root, error, "the version is missing or unknown; begin with \"channels: 1\"");
  if (!yaml_only(doc, root, keys, error)) return false;
  const struct yaml_node *message = yaml_get(root, "message");
  if (!message) return true;
  if (message->type != YAML_MAP) return yaml_fail(doc, message, error, "\"message\" is no map; write program and seconds");
  return yaml_only(doc, message, message_keys, error) && read_seconds(doc, message, &place->seconds, error) &&
    read_keyed(doc, message, &place->keyed, error) && read_program(doc, message, &place->program, error);
}

bool channel_place_load(const char *dir, struct channel_place *ret_place, GError **error) {
  g_autofree char *file = g_build_filename(dir, "channels.yaml", NULL), *text = NULL;
  g_autoptr(GError) why = NULL;
  gsize length = 0;
  struct channel_place place = { .dir = g_strdup(dir) };
  bool fine = g_file_get_contents(file, &text, &length, &why) ? parse(file, text, length, &place, error)
    : g_error_matches(why, G_FILE_ERROR, G_FILE_ERROR_NOENT) || fail(error, MENO_ERROR_STORE, "the channels cannot be read: %s", why->message);
  if (fine) *ret_place = place;
  else channel_place_clear(&place);
  return fine;
}

/* ---- file ------------------------------------------------------------------------------------------------------- */

static char *path_of(const struct channel_place *place, const struct letter *letter) {
  g_autofree char *file = g_strconcat(letter->key, ".json", NULL);
  return g_build_filename(place->dir, "outbox", file, NULL);
}

static int find_file(const struct channel_place *place, const struct letter *letter, GError **error) {
  g_autofree char *path = path_of(place, letter);
  return g_file_test(path, G_FILE_TEST_EXISTS);
}

static enum act act_file(const struct channel_place *place, const struct letter *letter, GError **error) {
  g_autofree char *folder = g_build_filename(place->dir, "outbox", NULL), *path = path_of(place, letter);
  g_autoptr(GError) problem = NULL;
  if (g_mkdir_with_parents(folder, 0700) != 0) return fail(error, MENO_ERROR_STORE, "the folder \"%s\" cannot be made: %s", folder, g_strerror(errno)), ACT_FAILED;
  if (g_file_set_contents_full(path, letter->text, (gssize)letter->length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &problem)) return ACT_DONE;
  return fail(error, MENO_ERROR_STORE, "%s", problem->message), ACT_FAILED;
}

/* ---- message ---------------------------------------------------------------------------------------------------- */

/* The letter as a file that has no name: whole before the program starts, and never a pipe that nobody reads. */
static int letter_file(const struct letter *letter) {
  int file = memfd_create("letter", MFD_CLOEXEC);
  for (size_t done = 0; file >= 0 && done < letter->length;) {
    ssize_t wrote = write(file, letter->text + done, letter->length - done);
    if (wrote > 0) done += (size_t)wrote;
    else if (errno != EINTR) close(file), file = -1;
  }
  if (file >= 0) lseek(file, 0, SEEK_SET);
  return file;
}

static int start(char *const *program, int file, pid_t *ret_pid) {
  posix_spawn_file_actions_t files;
  posix_spawnattr_t how;
  sigset_t none;
  char *const surroundings[] = { (char[]){ "PATH=/usr/local/bin:/usr/bin:/bin" }, (char[]){ "LANG=C.UTF-8" }, NULL };
  sigemptyset(&none);
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_adddup2(&files, file, 0);
  posix_spawn_file_actions_addopen(&files, 1, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0);
  posix_spawn_file_actions_addclosefrom_np(&files, 3);
  posix_spawnattr_init(&how);
  posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK); /* a group of its own, to be ended as a whole */
  posix_spawnattr_setsigmask(&how, &none);
  int failed = posix_spawn(ret_pid, program[0], &files, &how, program, surroundings);
  posix_spawn_file_actions_destroy(&files);
  posix_spawnattr_destroy(&how);
  return failed;
}

/* Did it end in time? It is gone in any case, and `*ret_status` what waitpid says. */
static bool wait_for(pid_t pid, int seconds, int *ret_status) {
  struct pollfd end = { .fd = pidfd_open(pid, 0), .events = POLLIN };
  int64_t until = g_get_monotonic_time() + seconds * G_USEC_PER_SEC, left;
  int got = 0;
  while (end.fd >= 0 && got <= 0 && (left = until - g_get_monotonic_time()) > 0) got = poll(&end, 1, (int)(left / 1000) + 1);
  if (got <= 0) kill(-pid, SIGKILL);
  while (waitpid(pid, ret_status, 0) < 0 && errno == EINTR) ;
  if (end.fd >= 0) close(end.fd);
  return got > 0;
}

static enum act act_message(const struct channel_place *place, const struct letter *letter, GError **error) {
  if (!place->program) return fail(error, MENO_ERROR_NOT_FOUND, "channels.yaml names no program for messages; write one, and send it again"), ACT_REFUSED;
  const char *name = place->program[0];
  int file = letter_file(letter), status = 0;
  pid_t pid;
  if (file < 0) return fail(error, MENO_ERROR_STORE, "the letter cannot be laid out: %s", g_strerror(errno)), ACT_FAILED;
  int failed = start(place->program, file, &pid);
  close(file);
  if (failed) return fail(error, MENO_ERROR_STORE, "\"%s\" cannot be started: %s", name, g_strerror(failed)), ACT_FAILED;
  if (!wait_for(pid, place->seconds, &status)) return fail(error, MENO_ERROR_STORE, "\"%s\" did not end within %d seconds", name, place->seconds), ACT_UNKNOWN;
  if (!WIFEXITED(status)) return fail(error, MENO_ERROR_STORE, "\"%s\" was ended by signal %d", name, WTERMSIG(status)), ACT_UNKNOWN;
  if (WEXITSTATUS(status) == EX_OK) return ACT_DONE;
  fail(error, MENO_ERROR_STORE, "\"%s\" ended with status %d", name, WEXITSTATUS(status));
  return WEXITSTATUS(status) == EX_TEMPFAIL ? ACT_FAILED : WEXITSTATUS(status) == EX_DATAERR ? ACT_REFUSED : ACT_UNKNOWN;
}

#define MESSAGE "message"
#define KEYED_MESSAGE "keyed message"

const struct channel channels[] = {
  { "file", "a file in the outbox folder", ACTION_QUERYABLE, act_file, find_file },
  { MESSAGE, "the company's own program", ACTION_AT_MOST_ONCE, act_message },
  { KEYED_MESSAGE, "the company's own program, which knows letters by their id", ACTION_KEYED, act_message },
  { "forward", "another record store, which knows statements by their id", ACTION_KEYED, forward_act, NULL, forward_compose },
  { 0 } };

const char *channel_of_messages(const struct channel_place *place) { return !place->program ? NULL : place->keyed ? KEYED_MESSAGE : MESSAGE; }
