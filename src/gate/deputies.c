/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Naming, ending and listing deputies. What a deputy may decide is said in decide.c.
 *
 * How it can be wrong: whoever names a deputy is believed to know whom they name; that the deputy may decide at all is
 * checked where accounts are known, in the operation. */
#include "gate/deputies.h"
#include <string.h>

void deputy_free(struct deputy *deputy) {
  if (!deputy) return;
  g_free(deputy->id);
  g_free(deputy->principal);
  g_free(deputy->deputy);
  g_free(deputy->reason);
  g_free(deputy);
}

static bool append(struct ledger_write *write, const char *kind, const char *id, const char *actor, struct json_writer *body, GError **error) {
  g_autofree char *subject = g_strconcat("deputy:", id, NULL), *text = json_writer_steal(body, NULL);
  return ledger_append(write, &(struct event){ .kind = kind, .subject = subject, .actor = actor, .body = text }, NULL, error);
}

bool deputy_name(struct ledger_write *write, const char *principal, const char *deputy, int64_t starts, int64_t ends, const char *reason, int64_t now,
                 char **ret_id, GError **error) {
  char when[CLOCK_TEXT];
  if (strcmp(principal, deputy) == 0) return fail(error, MENO_ERROR_BAD_INPUT, "nobody is their own deputy; name somebody else");
  if (ends <= starts || ends <= now) return fail(error, MENO_ERROR_BAD_INPUT, "the time ends on %s, before it begins or now; give a later day", clock_format_day(clock_day(ends - 1), when));
  if (ends - starts > DEPUTY_LONGEST * CLOCK_DAY) return fail(error, MENO_ERROR_BAD_INPUT, "a deputy is named for at most %d days; name one again then", DEPUTY_LONGEST);
  char uuid[ID_TEXT], from[CLOCK_TEXT], until[CLOCK_TEXT];
  g_autofree char *id = id_short("s", uuid_format(uuid_new(now), uuid), NULL);
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "deputy", deputy);
  json_put_string(&body, "ends", clock_format_time(ends, until));
  json_put_string(&body, "principal", principal);
  json_put_string(&body, "reason", reason);
  json_put_string(&body, "starts", clock_format_time(starts, from));
  json_close_object(&body);
  if (!append(write, "deputy.named", id, principal, &body, error)) return false;
  *ret_id = g_steal_pointer(&id);
  return true;
}

static struct deputy *read_deputy(struct query *query) {
  struct deputy *deputy = g_new0(struct deputy, 1);
  *deputy = (struct deputy){ .id = g_strdup(query_text(query, 0)), .principal = g_strdup(query_text(query, 1)), .deputy = g_strdup(query_text(query, 2)),
    .starts = query_integer(query, 3), .ends = query_integer(query, 4) };
  return deputy;
}

static GPtrArray *read_all(struct query *query, GError **error) {
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)deputy_free);
  int got;
  while ((got = query_next(query, error)) == 1) g_ptr_array_add(list, read_deputy(query));
  return got == 0 ? g_steal_pointer(&list) : NULL;
}

GPtrArray *deputy_list(struct db *db, struct seal *seal, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "gate.deputies", "");
  g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func((GDestroyNotify)deputy_free);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct deputy *deputy = read_deputy(query);
    deputy->reason = ledger_reveal(seal, query, 5, 6, "reason", NULL);
    g_ptr_array_add(list, deputy);
  }
  return got == 0 ? g_steal_pointer(&list) : NULL;
}

GPtrArray *deputy_of(struct db *db, const char *actor, int64_t now, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "gate.deputy_of", "ti", actor, now);
  return query ? read_all(query, error) : NULL;
}

bool deputy_end(struct ledger_write *write, const char *id, const char *actor, int64_t now, GError **error) {
  g_autoptr(query_auto) query = db_query(ledger_write_db(write), error, "gate.deputy", "t", id);
  g_autoptr(GPtrArray) found = query ? read_all(query, error) : NULL;
  if (!found) return false;
  if (found->len == 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no deputy \"%s\"; list them with `deputies`", id);
  const struct deputy *deputy = found->pdata[0];
  if (strcmp(deputy->principal, actor) && strcmp(deputy->deputy, actor)) return fail(error, MENO_ERROR_FORBIDDEN, "only one of the two ends it");
  if (deputy->ends <= now) return fail(error, MENO_ERROR_CONFLICT, "that is over already");
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_close_object(&body);
  return append(write, "deputy.ended", id, actor, &body, error);
}

static bool fold_deputy(struct db *db, const struct event *event, struct json body, GError **error) {
  const char *id = event_about(event), *from = json_string(json_get(body, "starts")), *until = json_string(json_get(body, "ends"));
  int64_t starts = 0, ends = 0;
  if (strcmp(event->kind, "deputy.ended") == 0) return db_run(db, error, "gate.end_deputy", "tii", id, event->recorded, event->seq) >= 0;
  if (from) clock_parse_time(from, &starts);
  if (until) clock_parse_time(until, &ends);
  return db_run(db, error, "gate.put_deputy", "tttiiti", id, json_string(json_get(body, "principal")), json_string(json_get(body, "deputy")), starts, ends,
    json_string(json_get(body, "reason")), event->seq) >= 0;
}

const struct event_kind deputy_kinds[] = {
  { "deputy.named", "deciding", 0, "reason", "somebody lets another decide in their place, from then to then", "@actor", "{deputy:text ends:time principal:text reason?:text starts:time}" },
  { "deputy.ended", "deciding", 0, "", "and takes it back, or the other lays it down" },
  { 0 } };

static const char *const kinds[] = { "deputy.named", "deputy.ended", NULL }, *const tables[] = { "deputy", NULL };
const struct fold deputy_folds[] = { { "deputies", kinds, tables, fold_deputy }, { 0 } };
