/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Tests of the joined tables: every kind of event, with bodies that nothing of ours writes. Each is folded or refused with
 * CORRUPT and a message that names the event; none ends the program.
 *
 * The bodies are made from what the tables say of them: one that fits, then the same with each of its values left out, and
 * with each in the place of which something else stands. */
#include "main.h"
#include "company/formats.h"
#include "company/load.h"
#include <string.h>

#define NOW (INT64_C(20514) * CLOCK_DAY) /* 1 March 2026 */

/* ---- a body that fits ------------------------------------------------------------------------------------------- */

static void sample(const char **shape, GString *out);

static void sample_word(const char **shape, GString *out) {
  static const struct { const char *word, *value; } words[] = { { "any", "{\"a\":[1]}" }, { "text", "\"a-1\"" }, { "name", "\"a-1\"" }, { "flag", "true" }, { "number", "0.5" },
    { "share", "0.5" }, { "integer", "1" }, { "count", "3" }, { "daynumber", "20514" }, { "day", "\"2026-03-01\"" }, { "time", "\"2026-03-01T09:00:00Z\"" }, { "moment", "1774861200000000" } };
  if (!g_ascii_islower(**shape)) { /* a range */
    char *end;
    g_string_append_printf(out, "%" G_GINT64_FORMAT, g_ascii_strtoll(*shape, &end, 10));
    *shape = end + strspn(end, "-.0123456789");
    return;
  }
  for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
    if (g_str_has_prefix(*shape, words[i].word)) {
      g_string_append(out, words[i].value);
      *shape += strlen(words[i].word);
      return;
    }
  g_error("no sample of \"%s\"", *shape);
}

static void sample_members(const char **shape, GString *out) {
  g_string_append_c(out, '{');
  for (*shape += 1; **shape != '}';) {
    size_t length = strcspn(*shape, "?:");
    g_string_append_printf(out, "%s\"%.*s\":", out->str[out->len - 1] == '{' ? "" : ",", (int)length, *shape);
    *shape += length + strspn(*shape + length, "?:");
    sample(shape, out);
    *shape += strspn(*shape, " ");
  }
  ++*shape;
  g_string_append_c(out, '}');
}

static void sample(const char **shape, GString *out) {
  g_autoptr(GString) other = g_string_new("");
  if (**shape == '{') sample_members(shape, out);
  else if (**shape == '[') {
    ++*shape;
    g_string_append_c(out, '[');
    sample(shape, out);
    g_string_append_c(out, ']');
    ++*shape;
  } else sample_word(shape, out);
  while (**shape == '|') {
    ++*shape;
    sample(shape, other);
  }
}

static void sample_row(const struct format *format, GString *out) {
  g_string_append_c(out, '{');
  for (const struct column *column = format->columns; column->name; column++) {
    g_string_append_printf(out, "%s\"%s\":", column == format->columns ? "" : ",", column->name);
    if (column->type == COLUMN_NUMBER) g_string_append_printf(out, "%.12g", column->least);
    else g_string_append(out, column->type == COLUMN_YES_NO ? "true" : column->type == COLUMN_DAY || column->type == COLUMN_MOMENT ? "\"2026-03-01\"" : column->type == COLUMN_LIST ? "[\"a-1\"]" : "\"a-1\"");
  }
  g_string_append_c(out, '}');
}

static char *sample_body(const struct event_kind *kind) {
  const struct format *format = format_by_kind(kind->name);
  const char *shape = kind->body;
  GString *out = g_string_new("");
  if (shape) sample(&shape, out);
  else if (format) sample_row(format, out);
  else g_string_append(out, "{}");
  return g_string_free(out, FALSE);
}

/* ---- and what comes of it --------------------------------------------------------------------------------------- */

static const char *const words[] = { "null", "true", "0", "-1", "0.5", "1e308", "1e-320", "9223372036854775807", "-9223372036854775808", "1e19", "\"\"", "\"x\"", "\"9999-12-31\"",
  "\"\\ud83d\\ude00\"", "[]", "{}", "[null]", "[{}]", "[[[[[[\"x\"]]]]]]", "{\"\":null}" };

struct edit { int at; const char *word; int here; }; /* the value that is to change; NULL: left out */

static void copy(struct json value, const char *key, struct edit *edit, struct json_writer *out) {
  bool object = json_type(value) == JSON_OBJECT;
  if (edit->here++ == edit->at) {
    if (edit->word) json_put_raw(out, key, edit->word, strlen(edit->word));
    return;
  }
  if (!object && json_type(value) != JSON_ARRAY) {
    json_put_value(out, key, value);
    return;
  }
  if (object) json_open_object(out, key);
  else json_open_array(out, key);
  struct json_iter it = json_iter(value);
  while (json_next(&it)) {
    g_autofree char *name = g_strdup(it.key);
    copy(it.value, name, edit, out);
  }
  if (object) json_close_object(out);
  else json_close_array(out);
}

/* The body with one value changed; NULL: it has not that many. */
static char *changed_body(const char *body, int at, const char *word) {
  g_autoptr(json_doc_auto) doc = json_parse(body, strlen(body), NULL);
  struct edit edit = { .at = at, .word = word };
  g_auto(json_writer_auto) out;
  json_writer_init(&out);
  g_assert_nonnull(doc);
  copy(json_root(doc), NULL, &edit, &out);
  return edit.here > at && out.text->len ? json_writer_steal(&out, NULL) : NULL;
}

/* ---- folding ---------------------------------------------------------------------------------------------------- */

static const char *const subjects[] = { "person:p-1", "a-1", "", ":" };

static bool append(struct ledger_write *write, const struct event_kind *kind, const char *subject, const char *body, GError **error) {
  return ledger_append(write, &(struct event){ .kind = kind->name, .subject = subject, .actor = "person:p-1", .body = body }, NULL, error);
}

static void check_refusal(const struct event_kind *kind, int64_t seq, const char *body, const GError *error) {
  g_autofree char *named = g_strdup_printf("event %" G_GINT64_FORMAT " (%s)", seq, kind->name);
  if (g_error_matches(error, MENO_ERROR, MENO_ERROR_CORRUPT) && strstr(error->message, named) && g_utf8_validate(error->message, -1, NULL)) return;
  g_error("%s %s: %s", kind->name, body, error->message);
}

/* 1 folded, 0 refused. */
static int fold(struct ledger *ledger, const struct event_kind *kind, const char *subject, const char *body) {
  g_autoptr(GError) error = NULL;
  g_autoptr(ledger_write_auto) write = ledger_write(ledger, NOW, &error);
  g_assert_no_error(error);
  if (!append(write, kind, subject, body, &error)) return check_refusal(kind, 1, body, error), 0;
  g_autoptr(company_auto) company = company_load(ledger_write_db(write), NULL, clock_day(NOW), &error); /* what is folded must be readable */
  g_assert_no_error(error);
  g_assert_nonnull(company);
  return 1;
}

static struct ledger *open_ledger(struct store **ret_store, const struct ledger_tables *tables) {
  g_autoptr(GError) error = NULL;
  *ret_store = store_open_memory(&error);
  g_assert_no_error(error);
  return ledger_new(*ret_store, tables);
}

static void no_event_is_of_no_moment(void) {
  static const int64_t moments[] = { INT64_MIN, INT64_MAX, NOW * 30, -NOW * 30 };
  g_autoptr(store_auto) store = NULL;
  g_autoptr(ledger_auto) ledger = open_ledger(&store, &main_tables);
  for (const struct event_kind *const *room = main_kinds; *room; room++)
    for (const struct event_kind *kind = *room; kind->name; kind++)
      for (size_t i = 0; i < G_N_ELEMENTS(moments); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *body = sample_body(kind);
        g_autoptr(ledger_write_auto) write = ledger_write(ledger, NOW, &error);
        if (!kind->body && !format_by_kind(kind->name)) continue; /* nothing reads it */
        g_assert_false(ledger_append(write, &(struct event){ .kind = kind->name, .subject = "person:p-1", .actor = "person:p-1", .body = body, .occurred = moments[i] }, NULL, &error));
        check_refusal(kind, 1, body, error);
      }
}

static void fold_all_changes(struct ledger *ledger, const struct event_kind *kind, int counts[2]) {
  g_autofree char *body = sample_body(kind);
  char *changed;
  for (size_t s = 0; s < G_N_ELEMENTS(subjects); s++)
    if (!fold(ledger, kind, subjects[s], body)) g_error("%s is refused as its table has it: %s", kind->name, body);
  for (int at = 0; (changed = changed_body(body, at, "null")); at++) {
    g_free(changed);
    for (size_t w = 0; w <= G_N_ELEMENTS(words); w++) {
      g_autofree char *one = changed_body(body, at, w < G_N_ELEMENTS(words) ? words[w] : NULL);
      if (one) counts[fold(ledger, kind, subjects[0], one)]++;
    }
  }
}

static void any_body_is_folded_or_refused(void) {
  g_autoptr(store_auto) store = NULL;
  g_autoptr(ledger_auto) ledger = open_ledger(&store, &main_tables);
  int all[2] = { 0 };
  for (const struct event_kind *const *room = main_kinds; *room; room++)
    for (const struct event_kind *kind = *room; kind->name; kind++) {
      int counts[2] = { 0 };
      fold_all_changes(ledger, kind, counts);
      if (kind->body && strcmp(kind->body, "{}") != 0 && !counts[0]) g_error("nothing of %s is ever refused", kind->name);
      for (int i = 0; i < 2; i++) all[i] += counts[i];
    }
  g_test_message("%d bodies folded, %d refused", all[1], all[0]);
  g_assert_cmpint(all[0], >, 1000);
}

/* ---- replay ----------------------------------------------------------------------------------------------------- */

/* Kinds and no folds: what writes here checks nothing, like whoever has the file and can count hashes. */
static struct ledger *forgers_ledger(struct store **ret_store) {
  static struct event_kind kinds[256];
  static const struct event_kind *const rooms[] = { kinds, NULL };
  static const struct fold *const no_folds[] = { NULL };
  static const struct ledger_tables tables = { rooms, no_folds };
  size_t count = 0;
  for (const struct event_kind *const *room = main_kinds; *room; room++)
    for (const struct event_kind *kind = *room; kind->name; kind++) {
      g_assert_cmpuint(count, <, G_N_ELEMENTS(kinds) - 1);
      kinds[count] = *kind;
      kinds[count++].body = NULL;
    }
  return open_ledger(ret_store, &tables);
}

static void forge(const struct event_kind *kind, const char *body) {
  g_autoptr(GError) error = NULL;
  g_autoptr(store_auto) store = NULL;
  g_autoptr(ledger_auto) forger = forgers_ledger(&store);
  struct replay_report report;
  g_autoptr(ledger_write_auto) write = ledger_write(forger, NOW, &error);
  if (!append(write, kind, "person:p-1", body, &error)) { /* the one that every ledger reads when it is appended */
    g_assert_cmpstr(kind->name, ==, "import.committed");
    return check_refusal(kind, 1, body, error);
  }
  g_assert_true(ledger_commit(g_steal_pointer(&write), &error));
  g_autoptr(ledger_auto) ledger = ledger_new(store, &main_tables);
  g_assert_false(ledger_verify(ledger, NULL, NULL, &report, &error));
  check_refusal(kind, 1, body, error);
}

/* Wherever the body may be wrong, replay says which event it is. */
static void replay_names_the_forged_event(void) {
  for (const struct event_kind *const *room = main_kinds; *room; room++)
    for (const struct event_kind *kind = *room; kind->name; kind++) {
      bool read = kind->body || format_by_kind(kind->name);
      if (read) forge(kind, "[]");
      if (read) forge(kind, "{\"a\":");
      if (read) forge(kind, "");
      if (kind->body && !strchr(kind->body, '?') && strlen(kind->body) > 2 && kind->body[1] != '*') forge(kind, "{}");
    }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/bodies/any", any_body_is_folded_or_refused);
  g_test_add_func("/bodies/moments", no_event_is_of_no_moment);
  g_test_add_func("/bodies/replay", replay_names_the_forged_event);
  return g_test_run();
}
