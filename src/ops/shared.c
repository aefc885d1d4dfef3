/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What handlers of several subjects share: dates, names of actors, which teams a manager may see, rows of a spreadsheet. */
#include "ops/tables.h"
#include <math.h>
#include <string.h>

static const struct op *const all[] = {
  goals_ops,
  needs_ops,
  approvals_ops,
  deputies_ops,
  studio_ops,
  interventions_ops,
  impact_ops,
  estimate_ops,
  programmes_ops,
  skills_ops,
  workforce_ops,
  team_ops,
  listening_ops,
  people_ops,
  deliveries_ops,
  reasons_ops,
  lineage_ops,
  retract_ops,
  whatif_ops,
  imports_ops,
  later_ops,
  privacy_ops,
  erasure_ops,
  today_ops,
  credentials_ops,
  statements_ops,
  statements_shown_ops,
  forwards_ops,
  evidence_ops,
  actors_ops,
  statements_figures_ops,
  system_ops,
  NULL };
const struct op *const *const op_tables = all;

void put_day(struct json_writer *out, const char *key, int32_t day) {
  char text[CLOCK_TEXT];
  json_put_string(out, key, day == CLOCK_NO_DAY ? NULL : clock_format_day(day, text));
}

void put_time(struct json_writer *out, const char *key, int64_t time) {
  char text[CLOCK_TEXT];
  json_put_string(out, key, time ? clock_format_time(time, text) : NULL);
}

void put_team_size(struct json_writer *out, const struct team *team) {
  json_put_number(out, "size", team->size > 0 && team->size < OPS_LEAST_PEOPLE ? NAN : team->size);
}

char *ops_person_name(const struct company *company, int person) {
  if (person < 0) return g_strdup("somebody");
  const struct person *row = &company->people.at[person];
  if (!row->first_name && !row->last_name) return g_strdup(row->employee_number);
  return g_strstrip(g_strdup_printf("%s %s", row->first_name ? row->first_name : "", row->last_name ? row->last_name : ""));
}

int ops_find_person(const struct company *company, const char *named, GError **error) {
  for (int i = 0; i < company->people.count; i++) {
    const struct person *person = &company->people.at[i];
    bool same = strcmp(person->id, named) == 0 || g_strcmp0(person->employee_number, named) == 0 || (person->email && g_ascii_strcasecmp(person->email, named) == 0);
    if (same) return i;
  }
  fail(error, MENO_ERROR_NOT_FOUND, "there is nobody \"%s\": give an employee number, a work address or an opaque id", named);
  return -1;
}

char *ops_actor_name(const struct company *company, const char *actor) {
  if (g_str_has_prefix(actor, "person:")) return ops_person_name(company, company_person(company, actor + 7));
  if (g_str_has_prefix(actor, "account:")) return g_strdup(actor + 8);
  if (g_str_has_prefix(actor, "agent:")) return g_strdup_printf("agent %.*s", (int)strcspn(actor + 6, "@"), actor + 6);
  return g_strdup(strcmp(actor, "system") == 0 ? "Meno" : actor);
}

char *ops_reveal(const struct op_call *call, struct query *query, int column, int id_column, const char *field) {
  return ledger_reveal(system_seal(call->system), query, column, id_column, field, NULL);
}

static void put_skill_name(struct json_writer *out, const struct company *company, const char *id, GHashTable *done) {
  int skill = id ? company_skill(company, id) : -1;
  if (skill >= 0 && g_hash_table_add(done, (void *)(uintptr_t)company->skills.at[skill].id)) json_put_string(out, id, company->skills.at[skill].name);
}

void ops_write_names(struct json_writer *out, const struct company *company, struct json value) {
  g_autoptr(GHashTable) done = g_hash_table_new(g_str_hash, g_str_equal);
  const char *to = json_string(json_get(value, "to")), *goal = json_string(json_get(value, "goal"));
  int person = to ? company_person(company, to) : -1, index = goal ? company_goal(company, goal) : -1;
  json_open_object(out, "names");
  if (person >= 0 && g_hash_table_add(done, (void *)(uintptr_t)to)) {
    g_autofree char *name = ops_person_name(company, person);
    json_put_string(out, to, name);
  }
  if (index >= 0 && g_hash_table_add(done, (void *)(uintptr_t)goal)) json_put_string(out, goal, company->goals.at[index].name);
  struct json_iter it = json_iter(json_get(value, "skills"));
  while (json_type(json_get(value, "skills")) == JSON_ARRAY && json_next(&it)) put_skill_name(out, company, json_string(it.value), done);
  json_close_object(out);
}

bool ops_is_confined(const struct op_call *call) {
  return !(call->caller.roles & ~(unsigned)(ROLE_MANAGER | ROLE_EMPLOYEE));
}

/* Does `person` report to `manager`, over any number of steps? Circles are refused at import; the bound is for safety. */
static bool reports_to(const struct company *company, int person, int manager) {
  for (int steps = 0; person >= 0 && steps < 32; steps++, person = company->people.at[person].manager)
    if (company->people.at[person].manager == manager) return true;
  return false;
}

bool *ops_teams_seen(const struct op_call *call, const struct company *company) {
  bool *seen = g_new0(bool, (gsize)company->teams.count + 1);
  bool confined = ops_is_confined(call);
  int manager = call->caller.person ? company_person(company, call->caller.person) : -1;
  for (int i = 0; i < company->teams.count; i++) {
    int head = company->teams.at[i].manager;
    seen[i] = !confined || (manager >= 0 && head >= 0 && (head == manager || reports_to(company, head, manager)));
  }
  return seen;
}

static bool is_number(const char *text) {
  char *end;
  g_ascii_strtod(text, &end);
  return end != text && !*end;
}

/* A cell for a spreadsheet: quoted, and text that a spreadsheet would run as a formula is disarmed with an apostrophe. */
static void put_cell(GString *csv, const char *text) {
  g_string_append_c(csv, '"');
  if (text && *text && strchr("=+-@\t\r", *text) && !is_number(text)) g_string_append_c(csv, '\'');
  for (; text && *text; text++) {
    if (*text == '"') g_string_append_c(csv, '"');
    g_string_append_c(csv, *text);
  }
  g_string_append_c(csv, '"');
}

void ops_put_cells(GString *csv, const char *const *cells) {
  for (size_t i = 0; cells[i]; i++) {
    if (i) g_string_append_c(csv, ',');
    put_cell(csv, cells[i]);
  }
  g_string_append_c(csv, '\n');
}
