/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Privacy: what this system may do, and who looked at what. Nothing here is written for the page: purposes and retention are
 * those of the ledger's kinds of events, fields those of the canonical files, agents' reading that which their rows declare,
 * who may what is the matrix of roles. So it cannot say anything that the program does not do; what it cannot show is whether
 * a company's own reasons are good ones. Nobody's data stand here, and no figure of a group. */
#include "ops/privacy.h"
#include "gate/account.h"
#include "gate/disclosure.h"
#include "gate/session.h"
#include <string.h>

#define MOST_ENTRIES 200

/* ---- the rows that it is made of --------------------------------------------------------------------------------- */

void privacy_each_kind(struct op_call *call, privacy_visit visit, void *data) {
  const struct event_kind *const *tables = ledger_kinds(system_ledger(call->system));
  for (size_t i = 0; tables[i]; i++)
    for (const struct event_kind *kind = tables[i]; kind->name; kind++) visit(kind, data);
}

bool privacy_is_personal(const struct column *column, const struct event_kind *kind) {
  g_auto(GStrv) fields = g_strsplit_set(kind ? kind->personal : "", " !", -1);
  return (column->flags & COLUMN_PERSONAL) || column->type == COLUMN_PERSON || column->type == COLUMN_OWNER || g_strv_contains((const char *const *)fields, column->name);
}

bool privacy_reads(const struct agent *agent, enum file_id file) {
  for (size_t i = 0; agent->reads[i] != FILE_COUNT; i++)
    if (agent->reads[i] == file) return true;
  return false;
}

/* ---- privacy show ------------------------------------------------------------------------------------------------ */

static void write_kind(const struct event_kind *kind, void *data) {
  struct json_writer *out = data;
  g_auto(GStrv) personal = g_strsplit_set(kind->personal, " !", -1);
  json_open_object(out, NULL);
  json_put_string(out, "kind", kind->name);
  json_put_string(out, "what", kind->help);
  json_put_string(out, "purpose", kind->purpose);
  json_open_array(out, "personal");
  for (size_t i = 0; personal[i]; i++)
    if (*personal[i]) json_put_string(out, NULL, personal[i]);
  json_close_array(out);
  if (kind->retention_days) json_put_integer(out, "days", kind->retention_days);
  else json_put_null(out, "days");
  json_close_object(out);
}

/* A document has no columns; what of it is about a person its event says. */
static void write_document_fields(struct json_writer *out, const struct event_kind *kind) {
  g_auto(GStrv) personal = g_strsplit_set(kind->personal, " !", -1);
  for (size_t i = 0; personal[i]; i++) {
    if (!*personal[i]) continue;
    json_open_object(out, NULL);
    json_put_string(out, "name", personal[i]);
    json_put_bool(out, "personal", true);
    json_close_object(out);
  }
}

static void write_file(struct op_call *call, struct json_writer *out, const struct company *company, const struct format *format) {
  const struct event_kind *kind = ledger_kind(system_ledger(call->system), format->kind);
  json_open_object(out, NULL);
  json_put_string(out, "file", format->file);
  json_put_string(out, "becomes", format->becomes);
  json_put_bool(out, "held", company->have[format->id]);
  json_put_string(out, "purpose", kind->purpose);
  json_open_array(out, "fields");
  for (const struct column *column = format->columns; column && column->name; column++) {
    json_open_object(out, NULL);
    json_put_string(out, "name", column->name);
    json_put_bool(out, "personal", privacy_is_personal(column, kind));
    json_close_object(out);
  }
  if (!format->columns) write_document_fields(out, kind);
  json_close_array(out);
  json_open_array(out, "agents");
  for (size_t i = 0; agents[i]; i++)
    if (privacy_reads(agents[i], format->id)) json_put_string(out, NULL, agents[i]->title);
  json_close_array(out);
  json_close_object(out);
}

static void write_agent(struct json_writer *out, const struct agent *agent) {
  json_open_object(out, NULL);
  json_put_string(out, "title", agent->title);
  json_put_string(out, "question", agent->question);
  json_put_string(out, "revision", agent->revision);
  json_open_array(out, "reads");
  for (size_t i = 0; agent->reads[i] != FILE_COUNT; i++) json_put_string(out, NULL, formats[agent->reads[i]].file);
  json_close_array(out);
  json_open_array(out, "makes");
  for (size_t i = 0; agent->makes[i]; i++) json_put_string(out, NULL, agent->makes[i]);
  json_close_array(out);
  json_close_object(out);
}

/* Roles, what each may, and how many accounts have it. */
static void write_roles(struct json_writer *out, const GPtrArray *accounts) {
  json_open_array(out, "roles");
  for (int role = 0; role < ROLE_COUNT; role++) {
    int count = 0;
    for (guint i = 0; i < accounts->len; i++) {
      const struct account *account = accounts->pdata[i];
      count += !account->disabled && (account->roles & (1u << role));
    }
    json_open_object(out, NULL);
    json_put_string(out, "role", access_roles[role].title);
    json_put_string(out, "what", access_roles[role].help);
    json_put_integer(out, "accounts", count);
    json_open_array(out, "may");
    for (int may = 0; may < PERMISSION_COUNT; may++)
      if (may != MAY_SIGNED_IN && access_allows(1u << role, (enum permission)may)) json_put_string(out, NULL, access_permissions[may].help);
    json_close_array(out);
    json_close_object(out);
  }
  json_close_array(out);
}

static bool privacy_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(GPtrArray) accounts = view ? account_list(system_store(call->system), error) : NULL;
  if (!accounts) return false;
  json_put_integer(out, "figures_least", DISCLOSURE_SCORES);
  json_put_integer(out, "comments_least", DISCLOSURE_COMMENTS);
  json_put_integer(out, "log_days", SESSION_LOG_DAYS);
  json_open_array(out, "kinds");
  privacy_each_kind(call, write_kind, out);
  json_close_array(out);
  json_open_array(out, "files");
  for (int i = 0; i < FILE_COUNT; i++) write_file(call, out, view->company, &formats[i]);
  json_close_array(out);
  json_open_array(out, "agents");
  for (size_t i = 0; agents[i]; i++) write_agent(out, agents[i]);
  json_close_array(out);
  write_roles(out, accounts);
  return true;
}

/* ---- privacy log ------------------------------------------------------------------------------------------------- */

static bool privacy_log(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "access.list_access", "ti", (const char *)NULL, (int64_t)MOST_ENTRIES) : NULL;
  int got = query ? 0 : -1;
  json_open_array(out, "entries");
  while (query && (got = query_next(query, error)) == 1) {
    json_open_object(out, NULL);
    put_time(out, "at", query_integer(query, 0));
    json_put_string(out, "account", *query_text(query, 1) ? query_text(query, 1) : NULL);
    json_put_string(out, "address", *query_text(query, 2) ? query_text(query, 2) : NULL);
    json_put_string(out, "what", query_text(query, 3));
    json_close_object(out);
  }
  json_close_array(out);
  return got == 0;
}

/* ---- the table --------------------------------------------------------------------------------------------------- */

static const struct field kind_row[] = { { "kind", FIELD_TEXT(0), REQUIRED, "of event" }, { "what", FIELD_TEXT(0), REQUIRED, "" }, { "purpose", FIELD_TEXT(0), REQUIRED, "why it is kept" },
  { "personal", FIELD_TEXTS, REQUIRED, "fields about a person" }, { "days", FIELD_COUNT, REQUIRED | NULLABLE, "how long it is to be kept; null: as long as the ledger" }, { 0 } };
static const struct field column_row[] = { { "name", FIELD_TEXT(0), REQUIRED, "" }, { "personal", FIELD_BOOL, REQUIRED, "about a person" }, { 0 } };
static const struct field file_row[] = { { "file", FIELD_TEXT(0), REQUIRED, "" }, { "becomes", FIELD_TEXT(0), REQUIRED, "" }, { "held", FIELD_BOOL, REQUIRED, "something of it came in" }, { "purpose", FIELD_TEXT(0), REQUIRED, "" },
  { "fields", FIELD_LIST(column_row), REQUIRED, "of a document, those about a person" }, { "agents", FIELD_TEXTS, REQUIRED, "that read it" }, { 0 } };
static const struct field agent_row[] = { { "title", FIELD_TEXT(0), REQUIRED, "" }, { "question", FIELD_TEXT(0), REQUIRED, "that it answers" }, { "revision", FIELD_TEXT(0), REQUIRED, "" },
  { "reads", FIELD_TEXTS, REQUIRED, "files, and no others" }, { "makes", FIELD_TEXTS, REQUIRED, "claims and proposals" }, { 0 } };
static const struct field role_row[] = { { "role", FIELD_TEXT(0), REQUIRED, "" }, { "what", FIELD_TEXT(0), REQUIRED, "" }, { "accounts", FIELD_COUNT, REQUIRED, "open ones" }, { "may", FIELD_TEXTS, REQUIRED, "" }, { 0 } };
static const struct field show_out[] = { { "figures_least", FIELD_COUNT, REQUIRED, "people behind a figure" }, { "comments_least", FIELD_COUNT, REQUIRED, "people behind a group's comments" }, { "log_days", FIELD_COUNT, REQUIRED, "that the access log is kept" },
  { "kinds", FIELD_LIST(kind_row), REQUIRED, "what may be kept, and why" }, { "files", FIELD_LIST(file_row), REQUIRED, "what may come in" }, { "agents", FIELD_LIST(agent_row), REQUIRED, "" }, { "roles", FIELD_LIST(role_row), REQUIRED, "" }, { 0 } };
static const struct field entry_row[] = { { "at", FIELD_TIME, REQUIRED, "" }, { "account", FIELD_TEXT(0), REQUIRED | NULLABLE, "null: a login that is not there" }, { "address", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "what", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field log_out[] = { { "entries", FIELD_LIST(entry_row), REQUIRED, "the newest first" }, { 0 } };

const struct op privacy_ops[] = {
  { "privacy show", GET, "/privacy", MAY_AUDIT, NULL, show_out, privacy_show, "What may be kept and why, who reads it, and from how many people a figure is shown", "data protection" },
  { "privacy log", GET, "/privacy/log", MAY_AUDIT, NULL, log_out, privacy_log, "Who signed in, who took data away as a file, and who asked for what is withheld", "data protection" },
  { "privacy annex", GET, "/privacy/annex", MAY_AUDIT, NULL, NULL, privacy_annex, "The same as a page for a works agreement: purposes, fields, agents, thresholds, access", "data protection", BODY_FILE_OUT },
  { 0 } };
