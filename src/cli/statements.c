/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An export into a file goes on with the file: what stands in it up to its last whole statement (where it is packed: its last whole
 * piece) stays, what comes behind that is cut off, and the export goes on behind that statement. So an export that was interrupted is
 * taken up by the same command, and one that was finished grows by what has come since.
 *
 * How it can be wrong: the file tells which statement was its last, not by which filters it was made; other filters on the same
 * file go on with those. */
#include "cli/statements.h"
#include "evidence/lrs-move.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

const char statements_export_help[] =
  "  FILE                     \"-\" or none: the standard output. The ending .gz or .zst packs it. A file that is there\n"
  "                           goes on behind its last whole statement: after an interruption, or with what is new\n"
  "  --compress WORD          none, gzip or zstd, where the file's name does not say\n"
  "  --since, --until TIME    stored after, at or before\n"
  "  --verb IRI, --activity IRI, --registration UUID, --agent MAILBOX or JSON\n"
  "  --related-activities, --related-agents\n"
  "                           they may stand anywhere in the statement\n"
  "  --after ID               go on behind this statement\n"
  "  Progress goes to stderr. Who may: administrators.\n";

struct target { const char *path; int file; int64_t whole, written; char last[ID_TEXT]; bool begun; };

/* What is there of it: up to where it is whole, and its last statement. */
static bool look_into(struct target *target, enum pack pack, GError **error) {
  g_autoptr(lines_auto) lines = lines_new(lines_from_file, &target->file, LRS_LINE_MOST);
  g_autoptr(GString) held = g_string_new(NULL);
  static const char attachment[] = "{\"attachment\":";
  const char *line;
  size_t length;
  int got;
  bool ours = true;
  while ((got = lines_next(lines, &line, &length, NULL)) == 1) {
    bool attached = length >= strlen(attachment) && memcmp(line, attachment, strlen(attachment)) == 0;
    ours &= attached || (length > 6 && memcmp(line, "{\"id\":", 6) == 0) || lines_cut(lines);
    if (attached || lines_whole(lines) < 0) continue;
    g_string_truncate(held, 0);
    g_string_append_len(held, line, (gssize)length);
    target->whole = lines_whole(lines);
  }
  if (lines_number(lines) == 0 && lines_taken(lines) == 0) return true;
  bool kind = lines_pack(lines) == pack || (lines_number(lines) == 0 && target->whole == 0);
  if (!ours || !kind || (target->whole && !lrs_line_id(held->str, held->len, target->last)))
    return fail(error, MENO_ERROR_CONFLICT, "\"%s\" is there already and is no export of statements%s: name another file", target->path, ours && !kind ? " that is packed so" : "");
  target->begun = target->whole > 0;
  return true;
}

static bool open_target(struct target *target, enum pack pack, GError **error) {
  target->file = open(target->path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (target->file < 0) return fail(error, MENO_ERROR_STORE, "\"%s\" cannot be written: %s", target->path, g_strerror(errno));
  if (!look_into(target, pack, error)) return false;
  return (ftruncate(target->file, target->whole) == 0 && lseek(target->file, 0, SEEK_END) == target->whole) ||
    fail(error, MENO_ERROR_STORE, "\"%s\" cannot be gone on with: %s", target->path, g_strerror(errno));
}

static bool put(const struct target *target, const GByteArray *bytes, GError **error) {
  for (size_t done = 0; done < bytes->len;) {
    ssize_t wrote = write(target->file, bytes->data + done, bytes->len - done);
    if (wrote < 0 && errno != EINTR) return fail(error, MENO_ERROR_STORE, "writing \"%s\" failed: %s; what stands in it is good up to its last whole statement, and the same command goes on", target->path, g_strerror(errno));
    if (wrote > 0) done += (size_t)wrote;
  }
  return true;
}

static bool take(void *data, struct op_stream *stream, GError **error) {
  struct target *target = data;
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  int got;
  while ((got = stream->next(stream->data, bytes, error)) == 1) {
    if (!put(target, bytes, error)) return false;
    target->written += bytes->len;
    g_byte_array_set_size(bytes, 0);
    if (!progress_show(NULL, "exporting statements", stream->share(stream->data)))
      return fail(error, MENO_ERROR_CANCELLED, "stopped; the same command goes on where this one ended");
  }
  progress_end();
  return got == 0 && (fsync(target->file) == 0 || errno == EINVAL /* a pipe */ || fail(error, MENO_ERROR_STORE, "\"%s\" cannot be written to the disk: %s", target->path, g_strerror(errno)));
}

/* Takes a first word that is no option. */
static const char *take_path(char ***arguments) {
  const char *first = **arguments;
  if (!first || (g_str_has_prefix(first, "--") && first[2])) return "-";
  ++*arguments;
  return first;
}

int statements_export_run(struct cli *cli, char **arguments) {
  struct target target = { .path = take_path(&arguments), .file = STDOUT_FILENO };
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) words = g_ptr_array_new();
  bool named = strcmp(target.path, "-") != 0, after = false, told = false;
  enum pack pack = named ? pack_of_name(target.path) : PACK_NONE;
  for (char **at = arguments; *at; at++) {
    after |= strcmp(*at, "--after") == 0;
    if (strcmp(*at, "--compress") == 0 && at[1] && (told = true))
      for (int i = 0; pack_words[i]; i++)
        if (strcmp(pack_words[i], at[1]) == 0) pack = (enum pack)i;
    g_ptr_array_add(words, *at);
  }
  if (named && !open_target(&target, pack, &error)) {
    if (target.file > 0) close(target.file);
    return cli_fail(cli, error);
  }
  char *more[] = { (char[]){ "--after" }, target.last, (char[]){ "--compress" }, (char *)(uintptr_t)pack_words[pack] };
  for (size_t i = target.begun && !after ? 0 : 2; i < (told ? 2 : 4); i++) g_ptr_array_add(words, more[i]);
  g_ptr_array_add(words, NULL);
  int status = verb_run_into(cli, op_find("statements export"), (char **)words->pdata, take, &target);
  if (named && status == 0 && cli->json) printf("{\"went_on\":%s,\"bytes\":%" G_GINT64_FORMAT "}\n", target.begun ? "true" : "false", target.whole + target.written);
  else if (named && status == 0) printf("%s %s, %" G_GINT64_FORMAT " bytes.\n", target.begun ? "Went on with" : "Wrote", target.path, target.whole + target.written);
  if (named) close(target.file);
  return status;
}
