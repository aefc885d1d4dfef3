/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The channels that the dispatcher acts through. The inbox in the client needs none: what was delivered stands there.
 *
 * "file": a JSON file per delivery or note in DIR/outbox, named by the action, written beside and moved into place, so that
 * whoever collects them (a chat bot, a mail gateway) never sees half of one. Written again, it is the same file. */
#include "base/json.h"
#include "runtime/outbox.h"
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

static bool write_delivery(struct json_writer *out, struct db *db, struct seal *seal, const char *id, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.delivery", "t", id);
  int got = query_next(query, error);
  char text[CLOCK_TEXT];
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no delivery \"%s\"", id);
  if (got != 1) return false;
  json_put_string(out, "expires", clock_format_day((int32_t)query_integer(query, 9), text));
  json_put_number(out, "minutes", query_double(query, 7));
  json_put_string(out, "page", "#/me");
  g_autofree char *reason = ledger_reveal(seal, query, 6, 13, "reason", NULL);
  json_put_string(out, "text", reason);
  json_put_string(out, "title", query_text(query, 5));
  return true;
}

static bool write_note(struct json_writer *out, struct db *db, struct seal *seal, const char *id, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.note", "t", id);
  int got = query_next(query, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no note \"%s\"", id);
  if (got != 1) return false;
  g_autofree char *title = ledger_reveal(seal, query, 1, 5, "title", NULL), *words = ledger_reveal(seal, query, 2, 5, "text", NULL);
  json_put_string(out, "text", words);
  json_put_string(out, "title", title);
  return true;
}

static bool save(const char *dir, const char *name, const char *text, size_t length, GError **error) {
  g_autofree char *folder = g_build_filename(dir, "outbox", NULL), *file = g_strconcat(name, ".json", NULL), *path = g_build_filename(folder, file, NULL);
  g_autoptr(GError) problem = NULL;
  if (g_mkdir_with_parents(folder, 0700) != 0) return fail(error, MENO_ERROR_STORE, "the folder \"%s\" cannot be made: %s", folder, g_strerror(errno));
  return g_file_set_contents_full(path, text, (gssize)length, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &problem) ||
    fail(error, MENO_ERROR_STORE, "%s", problem->message);
}

static bool act_file(const char *dir, struct db *db, struct seal *seal, const struct company *company, const struct action *action, GError **error) {
  int person = company_person(company, action->person);
  if (person < 0) return fail(error, MENO_ERROR_NOT_FOUND, "the person whom this was for is not known any more");
  if (company->people.at[person].status == PERSON_LEFT) return fail(error, MENO_ERROR_NOT_FOUND, "the person whom this was for is not with the company any more");
  const char *email = company->people.at[person].email, *id = strchr(action->subject, ':') + 1;
  struct json_writer out;
  json_writer_init(&out);
  json_open_object(&out, NULL);
  json_put_string(&out, "id", action->id);
  json_put_string(&out, "subject", action->subject);
  json_put_string(&out, "to", email && *email ? email : company->people.at[person].employee_number);
  bool fine = g_str_has_prefix(action->subject, "note:") ? write_note(&out, db, seal, id, error) : write_delivery(&out, db, seal, id, error);
  json_close_object(&out);
  size_t length;
  g_autofree char *text = json_writer_steal(&out, &length);
  return fine && save(dir, action->id, text, length, error);
}

const struct channel channels[] = { { "file", "a file in the outbox folder", act_file }, { 0 } };

const struct channel *channel_find(const char *name) {
  for (const struct channel *channel = channels; channel->name; channel++)
    if (strcmp(channel->name, name) == 0) return channel;
  return NULL;
}
