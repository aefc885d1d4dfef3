/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Listening: what groups say, where it breaks, and what they were promised ("you said, we did"). Trends are computed from the
 * answers when they are read (company/voices.h); dips and peaks are the listening agent's live claims; promises are people's
 * words. Never a person: no token, no single answer leaves, and every cell passes the disclosure gate next to all others. */
#include "base/id.h"
#include "company/voices.h"
#include "gate/disclosure.h"
#include "ledger/claims.h"
#include "ops/tables.h"
#include <math.h>
#include <string.h>

#define MARKED_Z 3.0        /* standard errors from which a break is marked in a trend */
#define MARKED_SIZE 0.3     /* points of five */
#define LEAST_PERIODS 3     /* shown values that make a trend */
#define COMMENT_DAYS 92
#define MOST_COMMENTS 20
#define MOST_DUE_DAYS 730   /* a promise for later than that is none */

struct hearing {
  const struct op_call *call;
  struct view *view;
  const struct company *company;
  struct voices *voices;
  bool *but;                /* [(group * lines + line) * periods + period]: the gate takes it out */
  bool *seen;               /* teams */
};

/* ---- what may be shown ------------------------------------------------------------------------------------------ */

/* For every line and period, the groups as a tree whose figures add up. */
static void pass_gate(struct hearing *h) {
  const struct voices *v = h->voices;
  g_autofree struct disclosure_cell *cells = g_new0(struct disclosure_cell, (gsize)v->group_count);
  g_autofree int *parent = g_new(int, (gsize)v->group_count);
  h->but = g_new0(bool, (gsize)v->group_count * v->line_count * v->periods + 1);
  for (int g = 0; g < v->group_count; g++) parent[g] = v->groups[g].parent;
  for (int l = 0; l < v->line_count; l++)
    for (int p = 0; p < v->periods; p++) {
      for (int g = 0; g < v->group_count; g++) cells[g] = (struct disclosure_cell){ .people = voices_cell(v, g, l, p)->people, .unanimous = voices_cell(v, g, l, p)->unanimous };
      disclosure_tree(cells, parent, v->group_count, DISCLOSURE_SCORES);
      for (int g = 0; g < v->group_count; g++) h->but[((gsize)g * v->line_count + l) * v->periods + p] = cells[g].why != DISCLOSURE_SHOWN;
    }
}

static bool is_small(const struct voice_group *group) { return group->size > 0 && group->size < OPS_LEAST_PEOPLE; }

/* A confined manager sees own teams, and a department of which every team is an own one. */
static bool may_see(const struct hearing *h, int group) {
  const struct voice_group *row = &h->voices->groups[group];
  if (!ops_is_confined(h->call)) return true;
  if (row->kind == VOICE_TEAM) return h->seen[row->index];
  int teams = 0;
  for (int t = 0; row->kind == VOICE_DEPARTMENT && t < h->company->teams.count; t++) {
    if (h->company->teams.at[t].department != row->index || h->company->teams.at[t].size == 0) continue;
    if (!h->seen[t]) return false;
    teams++;
  }
  return teams > 0;
}

static bool hearing_init(struct hearing *h, struct op_call *call, GError **error) {
  *h = (struct hearing){ .call = call, .view = system_view(call->system, error) };
  if (!h->view) return false;
  h->company = h->view->company;
  h->voices = voices_new(h->company);
  h->seen = ops_teams_seen(call, h->company);
  pass_gate(h);
  return true;
}

static void hearing_clear(struct hearing *h) {
  g_free(h->but);
  g_free(h->seen);
  voices_free(h->voices);
  view_release(h->view);
}

static bool *out_of(const struct hearing *h, int group, int line) { return &h->but[((gsize)group * h->voices->line_count + line) * h->voices->periods]; }

static bool is_shown(const struct hearing *h, int group, int line, int period) {
  return !is_small(&h->voices->groups[group]) && voices_cell(h->voices, group, line, period)->shown && !out_of(h, group, line)[period];
}

static int shown_periods(const struct hearing *h, int group, int line) {
  int count = 0;
  for (int p = 0; p < h->voices->periods; p++) count += is_shown(h, group, line, p);
  return count;
}

/* ---- trends ----------------------------------------------------------------------------------------------------- */

static const char *kind_word(enum voice_kind kind) {
  static const char *const words[] = { [VOICE_COMPANY] = "company", [VOICE_DEPARTMENT] = "department", [VOICE_TEAM] = "team" };
  return words[kind];
}

static void write_changes(struct json_writer *out, const struct hearing *h, int group, int line) {
  struct voice_change changes[VOICES_MOST_CHANGES];
  int count = voices_changes(h->voices, group, line, out_of(h, group, line), changes);
  json_open_array(out, "changes");
  for (int i = 0; i < count; i++) {
    const struct voice_change *change = &changes[i];
    if (fabs(change->z) < MARKED_Z || fabs(change->size) < MARKED_SIZE) continue;
    json_open_object(out, NULL);
    put_day(out, "since", h->voices->from[change->period]);
    json_put_string(out, "direction", change->size < 0 ? "dip" : "peak");
    json_put_number(out, "before", change->before);
    json_put_number(out, "after", change->after);
    json_put_number(out, "size", change->size);
    json_put_number(out, "low", change->low);
    json_put_number(out, "high", change->high);
    json_put_bool(out, "lasts", i + 1 == count);
    json_close_object(out);
  }
  json_close_array(out);
}

static void write_line(struct json_writer *out, const struct hearing *h, int group, int line) {
  const struct voices *v = h->voices;
  double latest = NAN;
  json_open_object(out, NULL);
  json_put_string(out, "topic", v->lines[line].id);
  json_put_string(out, "name", v->lines[line].name);
  json_open_array(out, "values");
  for (int p = 0; p < v->periods; p++) {
    double value = is_shown(h, group, line, p) ? voices_cell(v, group, line, p)->mean : NAN;
    latest = isnan(value) ? latest : value;
    json_put_number(out, NULL, value);
  }
  json_close_array(out);
  json_put_number(out, "latest", latest);
  write_changes(out, h, group, line);
  json_close_object(out);
}

static void write_group(struct json_writer *out, const struct hearing *h, int group) {
  const struct voice_group *row = &h->voices->groups[group];
  bool few = is_small(row);
  int written = 0;
  json_put_string(out, "group", row->name);
  json_put_string(out, "kind", kind_word(row->kind));
  json_put_string(out, "department", row->kind == VOICE_TEAM && row->parent > 0 ? h->voices->groups[row->parent].name : NULL);
  json_put_number(out, "people", few ? NAN : row->size);
  json_open_array(out, "lines");
  for (int l = 0; l < h->voices->line_count && !few; l++) {
    if (shown_periods(h, group, l) < LEAST_PERIODS) continue;
    write_line(out, h, group, l);
    written++;
  }
  json_close_array(out);
  json_put_string(out, "withheld", few ? "fewer than five people" : written ? NULL : "fewer than five answer the same in a period, or it would give such a group away");
}

static void write_days(struct json_writer *out, const struct hearing *h) {
  json_put_string(out, "period", h->voices->period);
  json_open_array(out, "days");
  for (int p = 0; p < h->voices->periods; p++) put_day(out, NULL, h->voices->from[p]);
  json_close_array(out);
}

/* ---- dips and peaks --------------------------------------------------------------------------------------------- */

static void write_change_claim(struct json_writer *out, const struct claim_row *row, struct json value) {
  json_open_object(out, NULL);
  json_put_string(out, "id", row->subject);
  json_put_string(out, "claim", row->id);
  json_put_string(out, "title", json_string(json_get(value, "title")));
  json_put_string(out, "group", json_string(json_get(json_get(value, "group"), "name")));
  json_put_string(out, "kind", json_string(json_get(json_get(value, "group"), "kind")));
  json_put_string(out, "direction", json_string(json_get(value, "direction")));
  json_put_string(out, "since", json_string(json_get(value, "since")));
  json_put_number(out, "size", json_number(json_get(value, "size"), NAN));
  json_put_number(out, "low", json_number(json_at(json_get(value, "interval"), 0), NAN));
  json_put_number(out, "high", json_number(json_at(json_get(value, "interval"), 1), NAN));
  json_open_array(out, "topics");
  struct json_iter it = json_iter(json_get(value, "topics"));
  while (json_next(&it)) {
    json_open_object(out, NULL);
    json_put_string(out, "topic", json_string(json_get(it.value, "topic")));
    json_put_string(out, "name", json_string(json_get(it.value, "name")));
    json_put_number(out, "size", json_number(json_get(it.value, "size"), NAN));
    json_close_object(out);
  }
  json_close_array(out);
  json_put_string(out, "ask", json_string(json_get(value, "ask")));
  json_put_string(out, "status", json_string(json_get(value, "status")));
}

/* `only` ≥ 0: of that group. */
static bool write_needs(struct json_writer *out, const struct hearing *h, int only, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(h->call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "ledger.live_claims", "t", "group need") : NULL;
  bool approvals = access_allows(h->call->caller.roles, MAY_READ_APPROVALS);
  int got = -1;
  json_open_array(out, "needs");
  while (query && (got = query_next(query, error)) == 1) {
    struct claim_row row;
    claim_read(query, &row);
    g_autoptr(json_doc_auto) doc = json_parse(row.value, strlen(row.value), error);
    if (!doc) return false;
    struct json value = json_root(doc);
    const char *name = json_string(json_get(json_get(value, "group"), "name"));
    int group = name ? voices_group(h->voices, name) : -1;
    if (group < 0 || !may_see(h, group) || is_small(&h->voices->groups[group]) || (only >= 0 && group != only)) continue;
    g_autofree char *subject = g_strconcat("group-need:", row.subject, NULL);
    g_autoptr(gate_proposal_auto) proposal = NULL;
    if (approvals && gate_find_latest(db, "answer a group", subject, &proposal, error) < 0) return false;
    write_change_claim(out, &row, value);
    json_put_string(out, "proposal", proposal ? proposal->id : NULL);
    json_put_string(out, "proposal_state", proposal ? proposal->state : NULL);
    json_close_object(out);
  }
  json_close_array(out);
  return got == 0;
}

/* ---- promises --------------------------------------------------------------------------------------------------- */

/* Of a promise the caller knows what was said to groups that the caller belongs to by role: own teams, their departments, all. */
static bool may_read(const struct hearing *h, const struct promise *promise) {
  int group = voices_group(h->voices, promise->group);
  if (!ops_is_confined(h->call)) return true;
  if (group <= 0) return group == 0;
  if (may_see(h, group)) return true;
  const struct voice_group *row = &h->voices->groups[group];
  for (int t = 0; row->kind == VOICE_DEPARTMENT && t < h->company->teams.count; t++)
    if (h->seen[t] && h->company->teams.at[t].department == row->index) return true;
  return false;
}

static void write_promise(struct json_writer *out, const struct hearing *h, const struct promise *promise) {
  bool kept = promise->kept != CLOCK_NO_DAY;
  int32_t today = h->view->day;
  g_autofree char *owner = promise->owner >= 0 ? ops_person_name(h->company, promise->owner) : NULL, *by = ops_actor_name(h->company, promise->by);
  json_put_string(out, "id", promise->id);
  json_put_string(out, "group", promise->group);
  json_open_array(out, "topics");
  g_auto(GStrv) topics = g_strsplit(promise->topics, ";", -1);
  for (size_t i = 0; topics[i]; i++)
    if (*topics[i]) json_put_string(out, NULL, topics[i]);
  json_close_array(out);
  json_put_string(out, "need", *promise->need ? promise->need : NULL);
  json_put_string(out, "text", promise->text);
  json_put_string(out, "owner", owner);
  json_put_string(out, "by", by);
  put_day(out, "made", promise->made);
  put_day(out, "due", promise->due);
  json_put_integer(out, "age_days", MAX(0, (kept ? promise->kept : today) - promise->made));
  json_put_integer(out, "days_late", MAX(0, (kept ? promise->kept : today) - promise->due));
  json_put_string(out, "state", kept ? "kept" : today > promise->due ? "overdue" : "open");
  put_day(out, "kept", promise->kept);
  json_put_string(out, "done", promise->done);
}

/* The open ones first, the oldest at the top; then what was kept, the newest first. `only`: of that group's name. */
static void write_promises(struct json_writer *out, const struct hearing *h, const char *only) {
  json_open_array(out, "promises");
  for (int kept = 0; kept < 2; kept++)
    for (int i = 0; i < h->company->promises.count; i++) {
      const struct promise *promise = &h->company->promises.at[kept ? h->company->promises.count - 1 - i : i];
      if ((promise->kept != CLOCK_NO_DAY) != kept || (only && strcmp(only, promise->group) != 0) || !may_read(h, promise)) continue;
      json_open_object(out, NULL);
      write_promise(out, h, promise);
      json_close_object(out);
    }
  json_close_array(out);
}

/* ---- comments --------------------------------------------------------------------------------------------------- */

/* Who wrote something lately, per group; answers without a token are one and the same person's. */
static void count_writers(const struct hearing *h, int32_t from, struct disclosure_cell *cells) {
  const struct voices *v = h->voices;
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (int i = 0; i < h->company->pulses.count; i++) {
    const struct pulse *pulse = &h->company->pulses.at[i];
    if (!pulse->comment || !*pulse->comment || pulse->day < from || pulse->team < 0) continue;
    for (int g = 1 + h->company->departments.count + pulse->team; g >= 0; g = v->groups[g].parent)
      if (g_hash_table_add(seen, g_strdup_printf("%d/%d", g, pulse->respondent))) cells[g].people++;
  }
}

/* Comments of departments and of the company are shown where ten people or more wrote; those of teams never. */
static bool comments_shown(const struct hearing *h, int group, int32_t from) {
  int count = 1 + h->company->departments.count;
  g_autofree struct disclosure_cell *cells = g_new0(struct disclosure_cell, (gsize)h->voices->group_count);
  g_autofree int *parent = g_new0(int, (gsize)count);
  count_writers(h, from, cells);
  parent[0] = -1;
  disclosure_tree(cells, parent, count, DISCLOSURE_COMMENTS);
  return group < count && cells[group].people >= DISCLOSURE_COMMENTS && cells[group].why == DISCLOSURE_SHOWN;
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static int32_t comments_from(const struct hearing *h) { return h->voices->periods ? h->voices->from[h->voices->periods] - COMMENT_DAYS : 0; }

/* In the order of the alphabet, each once: neither place nor time tells who wrote. */
static void write_comments(struct json_writer *out, const struct hearing *h, int group) {
  int32_t from = comments_from(h);
  bool shown = comments_shown(h, group, from);
  g_autoptr(GPtrArray) texts = g_ptr_array_new();
  g_autoptr(GHashTable) once = g_hash_table_new(g_str_hash, g_str_equal);
  for (int i = 0; shown && i < h->company->pulses.count; i++) {
    const struct pulse *pulse = &h->company->pulses.at[i];
    if (!pulse->comment || !*pulse->comment || pulse->day < from || pulse->team < 0) continue;
    int team = 1 + h->company->departments.count + pulse->team;
    if (group != 0 && h->voices->groups[team].parent != group) continue;
    if (!company_names_somebody(h->company, pulse->comment) && g_hash_table_add(once, (void *)(uintptr_t)pulse->comment)) g_ptr_array_add(texts, (void *)(uintptr_t)pulse->comment);
  }
  g_ptr_array_sort(texts, by_text);
  json_open_array(out, "comments");
  for (guint i = 0; i < MIN(texts->len, MOST_COMMENTS); i++) json_put_string(out, NULL, texts->pdata[(gsize)i * texts->len / MIN(texts->len, MOST_COMMENTS)]);
  json_close_array(out);
  json_put_string(out, "comments_withheld", shown ? NULL : h->voices->groups[group].kind == VOICE_TEAM ? "comments are never shown for a team" : "fewer than ten people wrote something in the last three months, or it would give such a group away");
}

/* ---- listening list, listening show ----------------------------------------------------------------------------- */

static bool listening_list(struct op_call *call, struct json_writer *out, GError **error) {
  struct hearing h;
  if (!hearing_init(&h, call, error)) return false;
  write_days(out, &h);
  json_open_array(out, "groups");
  for (int g = 0; g < h.voices->group_count; g++) {
    const struct voice_group *group = &h.voices->groups[g];
    if (!may_see(&h, g) || (h.voices->periods == 0 && g == 0)) continue;
    if (group->kind == VOICE_TEAM && group->size == 0) continue; /* a name in an old file */
    json_open_object(out, NULL);
    write_group(out, &h, g);
    json_close_object(out);
  }
  json_close_array(out);
  bool fine = write_needs(out, &h, -1, error);
  if (fine) write_promises(out, &h, NULL);
  json_put_bool(out, "heard", h.company->have[FILE_PULSE]);
  hearing_clear(&h);
  return fine;
}

/* The group that the caller means: known, the caller's to see, and of five people or more. */
static int find_group(const struct hearing *h, const char *name, GError **error) {
  int group = voices_group(h->voices, name);
  if (group < 0 || !may_see(h, group)) return fail(error, MENO_ERROR_NOT_FOUND, "there is no group \"%s\"%s", name, ops_is_confined(h->call) ? " of yours" : "; name a team, a department, or \"the company\"") - 1;
  if (is_small(&h->voices->groups[group]))
    return fail(error, MENO_ERROR_WITHHELD, "\"%s\" has fewer than five people: nothing that it says is shown, and nothing is promised to it by name, so that nobody can be recognised; take its department", name) - 1;
  return group;
}

static bool listening_show(struct op_call *call, struct json_writer *out, GError **error) {
  struct hearing h;
  if (!hearing_init(&h, call, error)) return false;
  int group = find_group(&h, op_text(call, "group"), error);
  bool fine = group >= 0;
  if (fine) {
    write_days(out, &h);
    write_group(out, &h, group);
    write_comments(out, &h, group);
    write_promises(out, &h, h.voices->groups[group].name);
    fine = write_needs(out, &h, group, error);
  }
  hearing_clear(&h);
  return fine;
}

/* ---- listening limits, listening ask: what the gate does, without a figure ------------------------------------------------ */

static void write_limits(struct json_writer *out, const struct hearing *h, int group) {
  const struct voices *v = h->voices;
  const struct voice_group *row = &v->groups[group];
  bool few = is_small(row);
  int shown = 0;
  for (int l = 0; l < v->line_count && !few; l++)
    if (shown_periods(h, group, l) >= LEAST_PERIODS) shown += shown_periods(h, group, l);
  json_put_string(out, "group", row->name);
  json_put_string(out, "kind", kind_word(row->kind));
  json_put_string(out, "department", row->kind == VOICE_TEAM && row->parent > 0 ? v->groups[row->parent].name : NULL);
  json_put_number(out, "people", few ? NAN : row->size);
  json_put_bool(out, "refused", few);
  json_put_integer(out, "shown", shown);
  json_put_integer(out, "all", (int64_t)v->line_count * v->periods);
  json_put_bool(out, "comments", !few && comments_shown(h, group, comments_from(h)));
}

static bool listening_limits(struct op_call *call, struct json_writer *out, GError **error) {
  struct hearing h;
  if (!hearing_init(&h, call, error)) return false;
  json_open_array(out, "groups");
  for (int g = 0; g < h.voices->group_count; g++) {
    if (h.voices->groups[g].size == 0) continue; /* a name in an old file */
    json_open_object(out, NULL);
    write_limits(out, &h, g);
    json_close_object(out);
  }
  json_close_array(out);
  hearing_clear(&h);
  return true;
}

static bool listening_ask(struct op_call *call, struct json_writer *out, GError **error) {
  struct hearing h;
  if (!hearing_init(&h, call, error)) return false;
  int group = find_group(&h, op_text(call, "group"), error);
  if (group >= 0) write_limits(out, &h, group);
  hearing_clear(&h);
  return group >= 0;
}

/* ---- listening promise, listening keep -------------------------------------------------------------------------- */

/* The owner's opaque id: of the employee number that was given, else the caller's. NULL with an error. */
static bool find_owner(const struct op_call *call, const struct company *company, const char **ret_owner, GError **error) {
  const char *number = op_text(call, "owner");
  *ret_owner = call->caller.person;
  for (int i = 0; number && i < company->people.count; i++)
    if (strcmp(company->people.at[i].employee_number, number) == 0 && company->people.at[i].status != PERSON_LEFT) {
      *ret_owner = company->people.at[i].id;
      return true;
    }
  return !number || fail(error, MENO_ERROR_BAD_INPUT, "\"owner\": nobody who works here has the employee number \"%s\"", number);
}

static bool check_promise(const struct op_call *call, int32_t today, int32_t *ret_due, GError **error) {
  const char *text = op_text(call, "text");
  g_autofree char *plain = g_strstrip(g_strdup(text));
  if (!*plain) return fail(error, MENO_ERROR_BAD_INPUT, "\"text\" is empty: say what will be done");
  if (!clock_parse_day(op_text(call, "due"), ret_due)) return fail(error, MENO_ERROR_BAD_INPUT, "\"due\" is no day: write it as 2026-03-01");
  if (*ret_due < today) return fail(error, MENO_ERROR_BAD_INPUT, "\"due\" lies in the past: say by when it will be done");
  if (*ret_due > today + MOST_DUE_DAYS) return fail(error, MENO_ERROR_BAD_INPUT, "\"due\" is more than two years away: promise a first step that comes sooner");
  return true;
}

static char *promise_body(const struct op_call *call, const char *group, const char *owner) {
  struct json_writer body;
  g_autoptr(GString) topics = g_string_new("");
  struct json_iter it = json_iter(json_get(call->in, "topics"));
  while (json_next(&it)) g_string_append_printf(topics, "%s%s", topics->len ? ";" : "", json_string(it.value));
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "due", op_text(call, "due"));
  json_put_string(&body, "group", group);
  json_put_string(&body, "need", op_has(call, "need") ? op_text(call, "need") : "");
  json_put_string(&body, "owner", owner);
  json_put_string(&body, "text", op_text(call, "text"));
  json_put_string(&body, "topics", topics->str);
  json_close_object(&body);
  return json_writer_steal(&body, NULL);
}

static const struct promise *promise_by(const struct company *company, const char *id) {
  for (int i = 0; i < company->promises.count; i++)
    if (strcmp(company->promises.at[i].id, id) == 0) return &company->promises.at[i];
  return NULL;
}

/* The promise as it stands after what was just recorded. */
static bool show_promise(struct op_call *call, const char *id, struct json_writer *out, GError **error) {
  struct hearing h;
  if (!hearing_init(&h, call, error)) return false;
  const struct promise *promise = promise_by(h.company, id);
  if (promise) write_promise(out, &h, promise);
  hearing_clear(&h);
  return promise || fail(error, MENO_ERROR_NOT_FOUND, "there is no promise \"%s\"", id);
}

static bool listening_promise(struct op_call *call, struct json_writer *out, GError **error) {
  struct hearing h;
  if (!hearing_init(&h, call, error)) return false;
  g_autofree char *id = NULL, *body = NULL;
  const char *owner = NULL;
  int32_t due;
  int group = find_group(&h, op_text(call, "group"), error);
  bool fine = group >= 0 && check_promise(call, h.view->day, &due, error) && find_owner(call, h.company, &owner, error);
  if (fine) {
    const char *name = h.voices->groups[group].name;
    id = id_short("y", name, op_text(call, "text"), op_text(call, "due"), NULL);
    body = promise_body(call, name, owner);
    fine = !promise_by(h.company, id) || fail(error, MENO_ERROR_CONFLICT, "\"%s\" was promised this already, by the same day", name);
  }
  hearing_clear(&h);
  if (!fine) return false;
  g_autofree char *subject = g_strconcat("promise:", id, NULL);
  return ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = "promise.made", .subject = subject, .actor = call->caller.actor,
      .taint = TAINT_EMPLOYEE_TEXT, .body = body }, error) > 0 && show_promise(call, id, out, error);
}

static bool listening_keep(struct op_call *call, struct json_writer *out, GError **error) {
  const char *id = op_text(call, "id");
  g_autofree char *done = g_strstrip(g_strdup(op_text(call, "done")));
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  const struct promise *promise = promise_by(view->company, id);
  if (!promise) return fail(error, MENO_ERROR_NOT_FOUND, "there is no promise \"%s\"", id);
  if (promise->kept != CLOCK_NO_DAY) return fail(error, MENO_ERROR_CONFLICT, "the promise \"%s\" is kept already", id);
  if (!*done) return fail(error, MENO_ERROR_BAD_INPUT, "\"done\" is empty: say what was done");
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "done", done);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("promise:", id, NULL);
  return ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = "promise.kept", .subject = subject, .actor = call->caller.actor,
      .cause = promise->seq, .taint = TAINT_EMPLOYEE_TEXT, .body = text }, error) > 0 && show_promise(call, id, out, error);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const char *const directions[] = { "dip", "peak", NULL };
static const char *const kinds[] = { "company", "department", "team", NULL };
static const char *const states[] = { "open", "overdue", "kept", NULL };
static const char *const statuses[] = { "open", "promised", NULL };

static const struct field change_row[] = { { "since", FIELD_DAY, REQUIRED, "the first period after it" }, { "direction", FIELD_WORD(directions), REQUIRED, "" }, { "before", FIELD_FIGURE, REQUIRED, "" },
  { "after", FIELD_FIGURE, REQUIRED, "" }, { "size", FIELD_FIGURE, REQUIRED, "points of five" }, { "low", FIELD_FIGURE, REQUIRED, "95 % interval" }, { "high", FIELD_FIGURE, REQUIRED, "" },
  { "lasts", FIELD_BOOL, REQUIRED, "nothing has changed since" }, { 0 } };
static const struct field line_row[] = { { "topic", FIELD_TEXT(0), REQUIRED, "a topic, or a question's id" }, { "name", FIELD_TEXT(0), REQUIRED, "" },
  { "values", FIELD_ANY, REQUIRED, "array of numbers, 1 to 5, one per day of `days`; null: nobody answered, or withheld" }, { "latest", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "changes", FIELD_LIST(change_row), REQUIRED, "where the trend breaks" }, { 0 } };
#define GROUP_FIELDS \
  { "group", FIELD_TEXT(0), REQUIRED, "" }, { "kind", FIELD_WORD(kinds), REQUIRED, "" }, { "department", FIELD_TEXT(0), REQUIRED | NULLABLE, "of a team" }, \
  { "people", FIELD_COUNT, REQUIRED | NULLABLE, "today; null: fewer than five" }, { "lines", FIELD_LIST(line_row), REQUIRED, "trends per topic" }, \
  { "withheld", FIELD_TEXT(0), REQUIRED | NULLABLE, "why there are none" }
#define PROMISE_FIELDS \
  { "id", FIELD_ID("promise"), REQUIRED, "" }, { "group", FIELD_TEXT(0), REQUIRED, "" }, { "topics", FIELD_TEXTS, REQUIRED, "" }, { "need", FIELD_ID("group need"), REQUIRED | NULLABLE, "what it answers" }, \
  { "text", FIELD_TEXT(0), REQUIRED, "what was promised" }, { "owner", FIELD_TEXT(0), REQUIRED | NULLABLE, "who does it" }, { "by", FIELD_TEXT(0), REQUIRED, "who promised" }, { "made", FIELD_DAY, REQUIRED, "" }, \
  { "due", FIELD_DAY, REQUIRED, "" }, { "age_days", FIELD_COUNT, REQUIRED, "from the promise to today, or to when it was kept" }, { "days_late", FIELD_COUNT, REQUIRED, "" }, \
  { "state", FIELD_WORD(states), REQUIRED, "" }, { "kept", FIELD_DAY, REQUIRED | NULLABLE, "" }, { "done", FIELD_TEXT(0), REQUIRED | NULLABLE, "what was done" }

static const struct field group_row[] = { GROUP_FIELDS, { 0 } };
static const struct field promise_out[] = { PROMISE_FIELDS, { 0 } };
static const struct field topic_row[] = { { "topic", FIELD_TEXT(0), REQUIRED, "" }, { "name", FIELD_TEXT(0), REQUIRED, "" }, { "size", FIELD_FIGURE, REQUIRED, "" }, { 0 } };
static const struct field need_row[] = { { "id", FIELD_ID("group need"), REQUIRED, "" }, { "claim", FIELD_ID("claim"), REQUIRED, "its reasons" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "group", FIELD_TEXT(0), REQUIRED, "" },
  { "kind", FIELD_WORD(kinds), REQUIRED, "" }, { "direction", FIELD_WORD(directions), REQUIRED, "" }, { "since", FIELD_DAY, REQUIRED, "" }, { "size", FIELD_FIGURE, REQUIRED, "of the topic that moved most" },
  { "low", FIELD_FIGURE, REQUIRED, "95 % interval" }, { "high", FIELD_FIGURE, REQUIRED, "" }, { "topics", FIELD_LIST(topic_row), REQUIRED, "that broke together" }, { "ask", FIELD_TEXT(0), REQUIRED, "what to ask the group next" },
  { "status", FIELD_WORD(statuses), REQUIRED, "" }, { "proposal", FIELD_ID("proposal"), REQUIRED | NULLABLE, "" }, { "proposal_state", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { 0 } };
#define DAYS_FIELDS { "period", FIELD_TEXT(0), REQUIRED, "week, month …" }, { "days", FIELD_TEXTS, REQUIRED, "first day of each period" }
static const struct field list_out[] = { DAYS_FIELDS, { "groups", FIELD_LIST(group_row), REQUIRED, "the company, departments, teams" }, { "needs", FIELD_LIST(need_row), REQUIRED, "dips and peaks that stand" },
  { "promises", FIELD_LIST(promise_out), REQUIRED, "you said, we did" }, { "heard", FIELD_BOOL, REQUIRED, "pulse.csv was imported" }, { 0 } };
static const struct field show_out[] = { DAYS_FIELDS, GROUP_FIELDS, { "comments", FIELD_TEXTS, REQUIRED, "of the last three months, by the alphabet" },
  { "comments_withheld", FIELD_TEXT(0), REQUIRED | NULLABLE, "why there are none" }, { "promises", FIELD_LIST(promise_out), REQUIRED, "" }, { "needs", FIELD_LIST(need_row), REQUIRED, "" }, { 0 } };
static const struct field show_in[] = { { "group", FIELD_ID("group"), REQUIRED | IN_PATH, "a team, a department, or \"the company\"" }, { 0 } };
#define LIMIT_FIELDS \
  { "group", FIELD_TEXT(0), REQUIRED, "" }, { "kind", FIELD_WORD(kinds), REQUIRED, "" }, { "department", FIELD_TEXT(0), REQUIRED | NULLABLE, "of a team" }, \
  { "people", FIELD_COUNT, REQUIRED | NULLABLE, "today; null: fewer than five" }, { "refused", FIELD_BOOL, REQUIRED, "nothing is shown to anybody" }, \
  { "shown", FIELD_COUNT, REQUIRED, "figures that may be shown" }, { "all", FIELD_COUNT, REQUIRED, "topics times periods" }, { "comments", FIELD_BOOL, REQUIRED, "may be shown" }
static const struct field limits_out[] = { LIMIT_FIELDS, { 0 } };
static const struct field limits_list[] = { { "groups", FIELD_LIST(limits_out), REQUIRED, "the company, departments, teams" }, { 0 } };
static const struct field promise_in[] = { { "group", FIELD_ID("group"), REQUIRED | IN_PATH, "to whom" }, { "text", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "what will be done" }, { "due", FIELD_DAY, REQUIRED, "by when" },
  { "owner", FIELD_TEXT(LIMIT_ID), 0, "employee number of who does it; default yourself" }, { "topics", FIELD_TEXTS, 0, "what it is about" }, { "need", FIELD_TEXT(LIMIT_ID), 0, "the dip that it answers" }, { 0 } };
static const struct field keep_in[] = { { "id", FIELD_ID("promise"), REQUIRED | IN_PATH, "the promise" }, { "done", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "what was done" }, { 0 } };

const struct op listening_ops[] = {
  { "listening list", GET, "/listening", MAY_READ_LISTENING, NULL, list_out, listening_list, "Where experience dips or peaks, and what was promised", "listening" },
  { "listening show", GET, "/listening/{group}", MAY_READ_LISTENING, show_in, show_out, listening_show, "What one group says, and what it was promised", "listening" },
  { "listening limits", GET, "/privacy/groups", MAY_AUDIT, NULL, limits_list, listening_limits, "Of which groups answers may be shown, and of which not; no figure", "data protection" },
  { "listening ask", GET, "/privacy/groups/{group}", MAY_AUDIT, show_in, limits_out, listening_ask, "Ask for a group as a page would: what may be shown of it, or the refusal; no figure", "data protection" },
  { "listening promise", POST, "/listening/{group}/promises", MAY_PROMISE, promise_in, promise_out, listening_promise, "Promise a group what will be done, by when and by whom", "listening" },
  { "listening keep", POST, "/promises/{id}/kept", MAY_PROMISE, keep_in, promise_out, listening_keep, "Say that a promise was kept, and what was done", "listening" },
  { 0 } };
