/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deputies: naming somebody who decides in one's place, and finding out in whose place the caller may decide a proposal.
 *
 * The caller's own right comes first; where that does not reach (another role is waited for, or duties are separated) it is
 * the first person, in the order in which they named the caller, in whose place it does. So nobody has to choose, and what
 * was chosen is shown before the decision and recorded with it. */
#include "ops/deputies.h"
#include "gate/account.h"
#include "gate/deputies.h"
#include <string.h>

/* ---- standing --------------------------------------------------------------------------------------------------- */

struct stand_in { char *principal; unsigned roles; };

static void stand_in_clear(void *data) { g_free(((struct stand_in *)data)->principal); }

/* What an actor's account may by itself; 0: no account, or closed. -1 error */
static int roles_of(struct op_call *call, struct db *db, const char *actor, unsigned *ret_roles, GError **error) {
  g_autofree char *login = NULL;
  *ret_roles = 0;
  if (g_str_has_prefix(actor, "person:")) {
    g_autoptr(query_auto) query = db_query(db, error, "access.account_of_person", "t", actor + strlen("person:"));
    int got = query_next(query, error);
    if (got != 1) return got;
    login = g_strdup(query_text(query, 0));
  } else if (g_str_has_prefix(actor, "account:")) login = g_strdup(actor + strlen("account:"));
  g_auto(account_auto) account = { 0 };
  int got = login ? account_find(system_store(call->system), login, &account, error) : 0;
  if (got == 1 && !account.disabled) *ret_roles = account.roles;
  return got;
}

bool standing_load(struct op_call *call, struct db *db, struct standing *ret_standing, GError **error) {
  *ret_standing = (struct standing){ { call->caller.actor, call->caller.roles, NULL }, g_array_new(FALSE, TRUE, sizeof(struct stand_in)) };
  g_array_set_clear_func(ret_standing->others, stand_in_clear);
  g_autoptr(GPtrArray) list = deputy_of(db, call->caller.actor, call->now, error);
  for (guint i = 0; list && i < list->len; i++) {
    const struct deputy *deputy = list->pdata[i];
    struct stand_in other = { NULL, 0 };
    if (roles_of(call, db, deputy->principal, &other.roles, error) < 0) return false;
    other.principal = g_strdup(deputy->principal);
    g_array_append_val(ret_standing->others, other);
  }
  return list != NULL;
}

void standing_clear(struct standing *standing) { g_clear_pointer(&standing->others, g_array_unref); }

struct gate_person standing_for(const struct standing *standing, const struct rules *rules, const struct gate_proposal *proposal, const char *confirmer, int64_t now) {
  unsigned waits = gate_waits_for(rules, proposal);
  if (waits & standing->own.roles && gate_may(rules, proposal, &standing->own, confirmer, now, NULL)) return standing->own;
  for (guint i = 0; i < standing->others->len; i++) {
    const struct stand_in *other = &g_array_index(standing->others, struct stand_in, i);
    struct gate_person person = { standing->own.actor, other->roles, other->principal };
    if (waits & person.roles && gate_may(rules, proposal, &person, confirmer, now, NULL)) return person;
  }
  return standing->own;
}

/* ---- naming ----------------------------------------------------------------------------------------------------- */

static void write_row(struct op_call *call, const struct company *company, const struct deputy *deputy, struct json_writer *out) {
  g_autofree char *principal = ops_actor_name(company, deputy->principal), *name = ops_actor_name(company, deputy->deputy);
  json_put_string(out, "id", deputy->id);
  json_put_string(out, "principal", principal);
  json_put_string(out, "deputy", name);
  put_day(out, "from", clock_day(deputy->starts));
  put_day(out, "until", clock_day(deputy->ends - 1));
  json_put_string(out, "reason", deputy->reason);
  json_put_bool(out, "over", deputy->ends <= call->now);
  json_put_bool(out, "mine", strcmp(deputy->principal, call->caller.actor) == 0 || strcmp(deputy->deputy, call->caller.actor) == 0);
}

static bool deputies_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(GPtrArray) list = db ? deputy_list(db, system_seal(call->system), error) : NULL;
  if (!list) return false;
  json_open_array(out, "deputies");
  for (guint i = 0; i < list->len; i++) {
    json_open_object(out, NULL);
    write_row(call, view->company, list->pdata[i], out);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* Somebody who may decide by themself: else a permission would come from elsewhere than their roles. Newly allocated. */
static char *deputy_actor(struct op_call *call, const char *login, GError **error) {
  g_auto(account_auto) account = { 0 };
  int got = account_find(system_store(call->system), login, &account, error);
  if (got == 0) fail(error, MENO_ERROR_NOT_FOUND, "there is no account \"%s\"", login);
  if (got != 1) return NULL;
  if (account.disabled || !access_allows(account.roles, MAY_DECIDE))
    return fail(error, MENO_ERROR_FORBIDDEN, "\"%s\" may decide nothing by themself, so they cannot for you; name a lead or an approver", login), NULL;
  return account_actor(&account);
}

static bool deputies_name(struct op_call *call, struct json_writer *out, GError **error) {
  int32_t from = clock_day(call->now), until;
  g_autofree char *deputy = deputy_actor(call, op_text(call, "deputy"), error), *id = NULL;
  if (!deputy) return false;
  if (op_text(call, "from")) clock_parse_day(op_text(call, "from"), &from);
  clock_parse_day(op_text(call, "until"), &until);
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(call->system), call->now, error);
  if (!write || !deputy_name(write, call->caller.actor, deputy, from * CLOCK_DAY, (until + 1) * CLOCK_DAY, op_text(call, "reason"), call->now, &id, error) ||
      !ledger_commit(g_steal_pointer(&write), error)) return false;
  json_put_string(out, "id", id);
  return true;
}

static bool deputies_end(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(call->system), call->now, error);
  if (!write || !deputy_end(write, op_text(call, "id"), call->caller.actor, call->now, error) || !ledger_commit(g_steal_pointer(&write), error)) return false;
  json_put_string(out, "id", op_text(call, "id"));
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const struct field row[] = { { "id", FIELD_ID("deputy"), REQUIRED, "" }, { "principal", FIELD_TEXT(0), REQUIRED, "in whose place" }, { "deputy", FIELD_TEXT(0), REQUIRED, "who decides" },
  { "from", FIELD_DAY, REQUIRED, "" }, { "until", FIELD_DAY, REQUIRED, "the last day" }, { "reason", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "over", FIELD_BOOL, REQUIRED, "" },
  { "mine", FIELD_BOOL, REQUIRED, "you are one of the two" }, { 0 } };
static const struct field list_out[] = { { "deputies", FIELD_LIST(row), REQUIRED, "newest first" }, { 0 } };
static const struct field name_in[] = { { "deputy", FIELD_TEXT(100), REQUIRED, "the login of somebody who may decide" }, { "until", FIELD_DAY, REQUIRED, "the last day" },
  { "from", FIELD_DAY, 0, "the first day; today" }, { "reason", FIELD_TEXT(LIMIT_TEXT), 0, "" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("deputy"), REQUIRED | IN_PATH, "which" }, { 0 } };
static const struct field id_out[] = { { "id", FIELD_ID("deputy"), REQUIRED, "" }, { 0 } };

const struct op deputies_ops[] = {
  { "deputies list", GET, "/deputies", MAY_READ_APPROVALS, NULL, list_out, deputies_list, "Who decides in whose place, and when", "deciding" },
  { "deputies name", POST, "/deputies", MAY_DECIDE, name_in, id_out, deputies_name, "Let somebody decide in my place for a while", "deciding" },
  { "deputies end", POST, "/deputies/{id}/end", MAY_DECIDE, id_in, id_out, deputies_end, "Take that back, or lay it down", "deciding" },
  { 0 } };
