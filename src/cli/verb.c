/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A verb's arguments, by its operation's row: what stands in the address is given plainly and in order, the rest as
 * --options with the field's name; files are paths (a folder stands for the files in it). A decision needs the hash of
 * what was shown: where it is not given, the verb's own `show` is asked for it, so the decision is on what is there now. */
#include "base/limits.h"
#include "cli/cli.h"
#include "gate/account.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* ---- files ------------------------------------------------------------------------------------------------------ */

static int compare_names(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* Opening a pipe would wait for somebody to write into it, and a device has no end. */
static bool check_plain(const char *path, GError **error) {
  GStatBuf about;
  if (g_stat(path, &about) != 0) return fail(error, MENO_ERROR_NOT_FOUND, "\"%s\" cannot be read: %s", path, g_strerror(errno));
  return S_ISREG(about.st_mode) || fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is no plain file; save what it gives into one", path);
}

static bool add_file(GArray *files, const char *path, const char *name, GError **error) {
  g_autoptr(GMappedFile) mapped = NULL;
  g_autoptr(GError) problem = NULL;
  if (!check_plain(path, error)) return false;
  if (files->len >= LIMIT_IMPORT_FILES) return fail(error, MENO_ERROR_TOO_LARGE, "more than %d files were given", LIMIT_IMPORT_FILES);
  if (!(mapped = g_mapped_file_new(path, FALSE, &problem))) return fail(error, MENO_ERROR_NOT_FOUND, "\"%s\" cannot be read: %s", path, problem->message);
  if (g_mapped_file_get_length(mapped) > LIMIT_FILE_BYTES) return fail(error, MENO_ERROR_TOO_LARGE, "\"%s\" is larger than %u MB", path, LIMIT_FILE_BYTES / 1024 / 1024);
  struct op_file file = { g_strdup(name), g_mapped_file_get_bytes(mapped) };
  g_array_append_val(files, file);
  return true;
}

/* Files of the folder, and of its folder `sources`; hidden ones and truth.json (a simulator's secret) are left out. */
static bool add_folder(GArray *files, const char *path, const char *prefix, GError **error) {
  g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
  if (!dir) return fail(error, MENO_ERROR_NOT_FOUND, "the folder \"%s\" cannot be read", path);
  g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
  for (const char *name; (name = g_dir_read_name(dir));)
    if (*name != '.' && strcmp(name, "truth.json") != 0) g_ptr_array_add(names, g_strdup(name));
  g_ptr_array_sort(names, compare_names);
  for (guint i = 0; i < names->len; i++) {
    g_autofree char *full = g_build_filename(path, names->pdata[i], NULL), *name = g_strconcat(prefix, names->pdata[i], NULL);
    bool folder = g_file_test(full, G_FILE_TEST_IS_DIR);
    if (folder && strcmp(names->pdata[i], "sources") != 0) continue;
    if (!(folder ? add_folder(files, full, "sources/", error) : add_file(files, full, name, error))) return false;
  }
  return true;
}

static void file_clear(void *data) {
  struct op_file *file = data;
  g_free((void *)(uintptr_t)file->name);
  g_bytes_unref(file->bytes);
}

GArray *cli_read_files(char **paths, GError **error) {
  g_autoptr(GArray) files = g_array_new(FALSE, TRUE, sizeof(struct op_file));
  g_array_set_clear_func(files, file_clear);
  for (char **path = paths; path && *path; path++) {
    g_autofree char *name = g_path_get_basename(*path), *parent = g_path_get_dirname(*path), *folder = g_path_get_basename(parent);
    g_autofree char *shown = strcmp(folder, "sources") == 0 ? g_strconcat("sources/", name, NULL) : g_strdup(name);
    bool fine = g_file_test(*path, G_FILE_TEST_IS_DIR) ? add_folder(files, *path, "", error) : add_file(files, *path, shown, error);
    if (!fine) return NULL;
  }
  return g_steal_pointer(&files);
}

/* ---- who acts --------------------------------------------------------------------------------------------------- */

struct caller cli_operator(void) { return (struct caller){ .account = "operator", .actor = "account:operator", .roles = (1u << ROLE_COUNT) - 1 }; }

static bool find_caller(struct cli *cli, struct system *system, struct account *account, char **ret_actor, struct caller *ret_caller, GError **error) {
  if (!cli->as) {
    *ret_caller = cli_operator();
    return true;
  }
  int got = account_find(system_store(system), cli->as, account, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no account \"%s\"; `meno accounts list` shows them", cli->as);
  if (got != 1) return false;
  *ret_actor = account_actor(account);
  *ret_caller = (struct caller){ .account = account->login, .actor = *ret_actor, .person = account->person, .roles = account->roles };
  return true;
}

static bool run_op(struct cli *cli, struct system *system, const struct op *op, const struct caller *caller, const char *in,
                   char **file_arguments, GString *out, GBytes **ret_file, struct op_stream *ret_stream, GError **error);

bool cli_run_op(struct cli *cli, struct system *system, const struct op *op, const struct caller *caller, const char *in,
                char **file_arguments, GString *out, GBytes **ret_file, GError **error) {
  return run_op(cli, system, op, caller, in, file_arguments, out, ret_file, NULL, error);
}

/* Paths as they stand: the handler opens them. */
static GArray *name_files(char **paths) {
  GArray *files = g_array_new(FALSE, TRUE, sizeof(struct op_file));
  for (char **path = paths; path && *path; path++) g_array_append_vals(files, &(struct op_file){ .name = *path }, 1);
  return files;
}

static bool by_name(const struct op *op) {
  for (const struct field *field = op->in; field && field->name; field++)
    if (field->flags & BY_NAME) return true;
  return false;
}

static bool run_op(struct cli *cli, struct system *system, const struct op *op, const struct caller *caller, const char *in,
                   char **file_arguments, GString *out, GBytes **ret_file, struct op_stream *ret_stream, GError **error) {
  g_autoptr(GArray) files = by_name(op) ? name_files(file_arguments) : cli_read_files(file_arguments, error);
  if (!files) return false;
  struct op_call call = { .op = op, .system = system, .caller = *caller, .now = system ? system_now(system) : clock_now(&cli->clock), .files = (const struct op_file *)(void *)files->data,
    .file_count = files->len, .progress = op->job ? progress_show : NULL };
  bool fine = op_run(&call, in, strlen(in), out, error);
  progress_end();
  g_free(call.file_name);
  if (ret_file) *ret_file = call.file_out;
  else if (call.file_out) g_bytes_unref(call.file_out);
  if (ret_stream) *ret_stream = call.stream;
  else if (call.stream.free) call.stream.free(call.stream.data);
  return fine;
}

/* ---- arguments -------------------------------------------------------------------------------------------------- */

static const struct field *option_field(const struct op *op, const char *option) {
  g_autofree char *name = g_strdelimit(g_strndup(option, strcspn(option, "=")), "-", '_');
  for (const struct field *field = op->in; field && field->name; field++)
    if (strcmp(field->name, name) == 0) return field;
  return NULL;
}

/* A text as the field's JSON. */
static bool put_value(struct json_writer *out, const struct field *field, const char *text, GError **error) {
  char *end;
  switch (field->type.kind) {
  case FIELD_KIND_NUMBER:
  case FIELD_KIND_INTEGER: {
    double number = g_ascii_strtod(text, &end);
    if (!*text || *end) return fail(error, MENO_ERROR_USAGE, "\"%s\" is no number for %s", text, field->name);
    json_put_number(out, field->name, number);
    return true;
  }
  case FIELD_KIND_TEXTS: {
    g_auto(GStrv) parts = g_strsplit(text, ",", -1);
    json_open_array(out, field->name);
    for (size_t i = 0; parts[i]; i++)
      if (*g_strstrip(parts[i])) json_put_string(out, NULL, parts[i]);
    json_close_array(out);
    return true;
  }
  default:
    if (!g_utf8_validate(text, -1, NULL)) return fail(error, MENO_ERROR_USAGE, "the value of %s is not UTF-8", field->name);
    json_put_string(out, field->name, text);
    return true;
  }
}

static bool put_file(struct json_writer *out, const struct field *field, const char *path, GError **error) {
  g_autofree char *text = NULL;
  g_autoptr(GError) problem = NULL;
  if (!check_plain(path, error)) return false;
  if (!g_file_get_contents(path, &text, NULL, &problem)) return fail(error, MENO_ERROR_NOT_FOUND, "\"%s\" cannot be read: %s", path, problem->message);
  return put_value(out, field, text, error);
}

struct parsing { const struct op *op; struct json_writer out; GPtrArray *files; const struct field *next; const char *id; GHashTable *given; };

static const struct field *next_plain(const struct field *field) {
  while (field && field->name && !(field->flags & IN_PATH)) field++;
  return field && field->name ? field : NULL;
}

static bool take_option(struct parsing *parsing, const char *option, char ***at, GError **error) {
  const struct field *field = option_field(parsing->op, option);
  if (!field) return fail(error, MENO_ERROR_USAGE, "\"%s\" has no option --%s; see `meno %s --help`", parsing->op->name, option, parsing->op->name);
  if (!g_hash_table_add(parsing->given, (void *)(uintptr_t)field->name)) return fail(error, MENO_ERROR_USAGE, "--%s was given twice%s", option, field->type.kind == FIELD_KIND_TEXTS ? "; write a,b" : "");
  if (field->type.kind == FIELD_KIND_BOOL) {
    json_put_bool(&parsing->out, field->name, true);
    return true;
  }
  const char *value = strchr(option, '=') ? strchr(option, '=') + 1 : *++*at;
  if (!value) return fail(error, MENO_ERROR_USAGE, "--%s wants a value", option);
  return field->flags & FROM_FILE ? put_file(&parsing->out, field, value, error) : put_value(&parsing->out, field, value, error);
}

static bool take_plain(struct parsing *parsing, const char *word, GError **error) {
  const struct field *field = parsing->next = next_plain(parsing->next);
  if (!field) return fail(error, MENO_ERROR_USAGE, "\"%s\" is one word too many for \"%s\"", word, parsing->op->name);
  if (field->type.kind == FIELD_KIND_FILES) {
    g_ptr_array_add(parsing->files, (void *)(uintptr_t)word);
    return true;
  }
  if (strcmp(field->name, "id") == 0) parsing->id = word;
  parsing->next++;
  return field->flags & FROM_FILE ? put_file(&parsing->out, field, word, error) : put_value(&parsing->out, field, word, error);
}

static bool parse(struct parsing *parsing, char **arguments, GError **error) {
  bool plain = false;
  for (char **at = arguments; *at; at++) {
    bool option = !plain && g_str_has_prefix(*at, "--") && (*at)[2];
    if (!plain && strcmp(*at, "--") == 0) plain = true;
    else if (!(option ? take_option(parsing, *at + 2, &at, error) : take_plain(parsing, *at, error))) return false;
  }
  return true;
}

/* The hash of what the verb's own `show` shows now; newly allocated. */
static char *current_hash(struct cli *cli, struct system *system, const struct op *op, const struct caller *caller, const char *id, GError **error) {
  g_autofree char *show = g_strdup_printf("%.*s show", (int)strcspn(op->name, " "), op->name);
  struct json_writer in;
  json_writer_init(&in);
  json_open_object(&in, NULL);
  json_put_string(&in, "id", id);
  json_close_object(&in);
  g_autofree char *text = json_writer_steal(&in, NULL);
  g_autoptr(GString) out = g_string_new("");
  if (!cli_run_op(cli, system, op_find(show), caller, text, NULL, out, NULL, error)) return NULL;
  g_autoptr(json_doc_auto) doc = json_parse(out->str, out->len, error);
  return doc ? g_strdup(json_string(json_get(json_root(doc), "hash"))) : NULL;
}

/* ---- answers ---------------------------------------------------------------------------------------------------- */

static int print_answer(const struct cli *cli, const struct op *op, const GString *answer, GBytes *file) {
  if (file) {
    size_t length;
    const void *data = g_bytes_get_data(file, &length);
    fwrite(data, 1, length, stdout);
    return 0;
  }
  g_autoptr(json_doc_auto) doc = json_parse(answer->str, answer->len, NULL);
  g_autoptr(GString) text = g_string_new("");
  if (cli->json) g_string_append_printf(text, "%s\n", answer->str);
  else render(op->out, json_root(doc), text);
  fwrite(text->str, 1, text->len, stdout);
  /* An answer that says why nothing was done is a failure to a script. */
  return json_string(json_get(json_root(doc), "refused")) ? error_kind_of(MENO_ERROR_BAD_INPUT)->exit : 0;
}

static bool print_stream(struct op_stream *stream, GError **error) {
  g_autoptr(GByteArray) bytes = g_byte_array_new();
  int got;
  while ((got = stream->next(stream->data, bytes, error)) == 1) {
    if (fwrite(bytes->data, 1, bytes->len, stdout) != bytes->len) return fail(error, MENO_ERROR_STORE, "writing failed: %s", g_strerror(errno));
    g_byte_array_set_size(bytes, 0);
  }
  return got == 0;
}

static bool run_parsed(struct cli *cli, struct system *system, struct parsing *parsing, stream_taker take, void *data, int *ret_status, GError **error) {
  const struct op *op = parsing->op;
  g_auto(account_auto) account = { 0 };
  g_autofree char *actor = NULL, *hash = NULL;
  struct caller caller;
  if (!find_caller(cli, system, &account, &actor, &caller, error)) return false;
  bool wants_hash = parsing->id && option_field(op, "hash") && !g_hash_table_contains(parsing->given, "hash");
  if (wants_hash && !(hash = current_hash(cli, system, op, &caller, parsing->id, error))) return false;
  if (hash) json_put_string(&parsing->out, "hash", hash);
  json_close_object(&parsing->out);
  g_autofree char *in = json_writer_steal(&parsing->out, NULL);
  g_ptr_array_add(parsing->files, NULL);
  g_autoptr(GString) out = g_string_new("");
  g_autoptr(GBytes) file = NULL;
  struct op_stream stream = { 0 };
  if (!run_op(cli, system, op, &caller, in, (char **)parsing->files->pdata, out, &file, &stream, error)) return false;
  bool fine = !stream.next || (take ? take(data, &stream, error) : print_stream(&stream, error));
  if (stream.next) stream.free(stream.data);
  else *ret_status = print_answer(cli, op, out, file);
  return fine;
}

int verb_run(struct cli *cli, const struct op *op, char **arguments) { return verb_run_into(cli, op, arguments, NULL, NULL); }

int verb_run_into(struct cli *cli, const struct op *op, char **arguments, stream_taker take, void *data) {
  g_autoptr(GError) error = NULL;
  g_autoptr(GPtrArray) files = g_ptr_array_new();
  g_autoptr(GHashTable) given = g_hash_table_new(g_str_hash, g_str_equal);
  struct parsing parsing = { .op = op, .files = files, .next = op->in, .given = given };
  int status = 0;
  json_writer_init(&parsing.out);
  json_open_object(&parsing.out, NULL);
  bool fine = parse(&parsing, arguments, &error);
  g_autoptr(system_auto) system = NULL;
  if (fine) {
    if (op->job || take) progress_catch();
    bool alone = op->alone && !cli->as;
    system = alone ? NULL : system_open(cli_data(cli), cli_folder(cli), false, cli->tables, &cli->clock, &error);
    fine = (alone || system) && run_parsed(cli, system, &parsing, take, data, &status, &error);
  }
  json_writer_clear(&parsing.out);
  return fine ? status : cli_fail(cli, error);
}

void verb_help(const struct op *op, GString *out) {
  g_string_append_printf(out, "meno %s", op->name);
  for (const struct field *field = op->in; field && field->name; field++)
    if (field->flags & IN_PATH) g_string_append_printf(out, field->type.kind == FIELD_KIND_FILES ? " %s…" : " %s", field->type.kind == FIELD_KIND_FILES ? "FILE" : field->name);
  g_string_append_printf(out, "\n  %s%s\n", op->summary, g_str_has_suffix(op->summary, "?") ? "" : ".");
  for (const struct field *field = op->in; field && field->name; field++) {
    if (field->flags & IN_PATH) {
      g_string_append_printf(out, "  %-24s %s\n", field->name, field->help);
      continue;
    }
    g_autofree char *name = g_strdelimit(g_strdup(field->name), "_", '-');
    g_autofree char *option = g_strdup_printf("--%s%s", name, field->type.kind == FIELD_KIND_BOOL ? "" : field->flags & FROM_FILE ? " FILE" : " VALUE");
    g_string_append_printf(out, "  %-24s %s%s\n", option, field->help, field->flags & REQUIRED && strcmp(field->name, "hash") != 0 ? " (required)" : "");
    if (!field->type.words) continue;
    g_autofree char *words = g_strjoinv(", ", (char **)(uintptr_t)field->type.words);
    g_string_append_printf(out, "  %-24s one of: %s\n", "", words);
  }
  g_string_append_printf(out, "  Who may: %s.\n", access_permissions[op->may].help);
}
