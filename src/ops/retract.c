/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Retracting a source: what rests on a document or an import, and a proposal to take it back with all that can be taken back.
 *
 * What rests on it is read from the lineage, forward, exactly (ledger/lineage.h). The person who asks proposes; another one
 * decides, as the decision rules say of "roll back". An import that is taken back brings its own rows down with it (the tables
 * are folded without it); on top of that, the claims that rest on it are retracted, open proposals withdrawn, and assets with a
 * part made from its documents withdrawn: nobody is shown them any more. The agents then look again and state what still holds.
 *
 * What cannot be taken back is said before anybody decides: people's decisions, interventions that run (a person ends those,
 * and may well not want to), what was shown, what was sent.
 *
 * How it can be wrong: a claim rests on a file as a whole (runtime/links.c), so the reach of an import is an upper bound; what
 * did not in truth rest on it is stated again at the agents' next turn. */
#include "intake/import.h"
#include "ops/follow-up.h"
#include "ops/lineage.h"
#include <math.h>
#include <string.h>

/* ---- the reach --------------------------------------------------------------------------------------------------- */

struct reach {
  GHashTable *nodes;                 /* id → earliest event */
  GHashTable *people;                /* recipients of what was shown */
  int claims, open, decided, decisions, running, assets, blocks, effects, notes, shown;
  GPtrArray *live, *waiting, *made;  /* subjects: claims (ids) that are held, proposals (ids) that are open, assets (ids) that are out */
};

static void reach_clear(struct reach *reach) {
  g_clear_pointer(&reach->nodes, g_hash_table_unref);
  g_clear_pointer(&reach->people, g_hash_table_unref);
  g_clear_pointer(&reach->live, g_ptr_array_unref);
  g_clear_pointer(&reach->waiting, g_ptr_array_unref);
  g_clear_pointer(&reach->made, g_ptr_array_unref);
}
typedef struct reach reach_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(reach_auto, reach_clear)

static bool has_prefix(const char *node, const char *noun, const char **ret_id) {
  size_t length = strlen(noun);
  if (strncmp(node, noun, length) != 0 || node[length] != ':') return false;
  *ret_id = node + length + 1;
  return true;
}

static bool count_claim(struct db *db, const char *id, struct reach *reach, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "ledger.claim", "t", id);
  int got = query_next(query, error);
  if (got != 1) return got == 0;
  if (strcmp(query_text(query, 9), "live") != 0) return true;
  reach->effects += strcmp(query_text(query, 1), "effect") == 0;
  reach->claims++;
  g_ptr_array_add(reach->live, g_strdup(id));
  return true;
}

static bool count_proposal(struct db *db, const char *id, struct reach *reach, GError **error) {
  g_autoptr(gate_proposal_auto) proposal = NULL;
  int got = gate_find(db, id, &proposal, error);
  if (got != 1) return got == 0;
  bool waits = gate_is_open(proposal) || strcmp(proposal->state, "withheld") == 0 || strcmp(proposal->state, "changes requested") == 0;
  reach->open += waits;
  reach->decided += strcmp(proposal->state, "accepted") == 0;
  if (waits) g_ptr_array_add(reach->waiting, g_strdup(id));
  return true;
}

static bool count_delivery(struct db *db, const char *id, int64_t now, struct reach *reach, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.delivery", "t", id);
  int got = query_next(query, error);
  if (got == 1 && query_integer(query, 8) <= now) {
    reach->shown++;
    g_hash_table_add(reach->people, g_strdup(query_text(query, 3)));
  }
  return got >= 0;
}

static bool count_node(struct db *db, const struct company *company, const char *node, int64_t now, struct reach *reach, GError **error) {
  const char *id;
  if (has_prefix(node, "claim", &id)) return count_claim(db, id, reach, error);
  if (has_prefix(node, "proposal", &id)) return count_proposal(db, id, reach, error);
  if (has_prefix(node, "delivery", &id)) return count_delivery(db, id, now, reach, error);
  reach->decisions += has_prefix(node, "decision", &id);
  reach->blocks += has_prefix(node, "block", &id);
  reach->notes += has_prefix(node, "note", &id);
  for (int i = 0; has_prefix(node, "intervention", &id) && i < company->interventions.count; i++)
    reach->running += strcmp(company->interventions.at[i].id, id) == 0 && company->interventions.at[i].state == INTERVENTION_RUNNING;
  for (int i = 0; has_prefix(node, "asset", &id) && i < company->assets.count; i++)
    if (strcmp(company->assets.at[i].id, id) == 0 && !company->assets.at[i].withdrawn) {
      reach->assets++;
      g_ptr_array_add(reach->made, g_strdup(id));
    }
  return true;
}

static int by_text(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

/* `node` is a source, an import, or a file of it since the event `from`. */
static bool reach_read(struct db *db, const struct company *company, const char *node, int64_t from, int64_t now, struct reach *ret_reach, GError **error) {
  *ret_reach = (struct reach){ .people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), .live = g_ptr_array_new_with_free_func(g_free),
    .waiting = g_ptr_array_new_with_free_func(g_free), .made = g_ptr_array_new_with_free_func(g_free), .nodes = lineage_reach(db, node, from, links_end, error) };
  GHashTableIter it;
  void *other;
  if (!ret_reach->nodes) return false;
  g_hash_table_iter_init(&it, ret_reach->nodes);
  while (g_hash_table_iter_next(&it, &other, NULL))
    if (strcmp(other, node) != 0 && !count_node(db, company, other, now, ret_reach, error)) return false;
  g_ptr_array_sort(ret_reach->live, by_text); /* so that what follows is in one order, whatever the table's */
  g_ptr_array_sort(ret_reach->waiting, by_text);
  g_ptr_array_sort(ret_reach->made, by_text);
  return true;
}

/* ---- what it would do --------------------------------------------------------------------------------------------- */

/* Of the assets within reach, those of which a part was made from a document that goes. */
static GPtrArray *assets_citing(const struct reach *reach) {
  g_autoptr(GPtrArray) assets = g_ptr_array_new_with_free_func(g_free);
  for (guint i = 0; i < reach->made->len; i++) {
    g_autofree char *prefix = g_strconcat("block:", reach->made->pdata[i], "/", NULL);
    GHashTableIter it;
    void *other;
    bool cites = false;
    g_hash_table_iter_init(&it, reach->nodes);
    while (!cites && g_hash_table_iter_next(&it, &other, NULL)) cites = g_str_has_prefix(other, prefix); /* blocks are reached from sources alone */
    if (cites) g_ptr_array_add(assets, g_strdup(reach->made->pdata[i]));
  }
  return g_steal_pointer(&assets);
}

static void stay(GPtrArray *stays, int count, const char *one, const char *many) {
  if (count == 1) g_ptr_array_add(stays, g_strdup_printf("1 %s", one));
  else if (count > 1) g_ptr_array_add(stays, g_strdup_printf("%d %s", count, many));
}

/* What cannot be taken back, in words. */
static GPtrArray *what_stays(const struct reach *reach) {
  GPtrArray *stays = g_ptr_array_new_with_free_func(g_free);
  int people = (int)g_hash_table_size(reach->people);
  stay(stays, reach->decisions, "decision of a person: it stands, and says on what it rested", "decisions of people: they stand, and say on what they rested");
  stay(stays, reach->running, "intervention that runs: end it by hand if it should end", "interventions that run: end them by hand if they should end");
  if (reach->shown && people < OPS_LEAST_PEOPLE) g_ptr_array_add(stays, g_strdup("what was shown to fewer than five people"));
  else if (reach->shown) g_ptr_array_add(stays, g_strdup_printf("%d deliveries that were shown to %d people", reach->shown, people));
  stay(stays, reach->notes, "note that was sent", "notes that were sent");
  stay(stays, reach->effects, "effect that was told: it is told anew from what is left", "effects that were told: they are told anew from what is left");
  return stays;
}

static void write_counts(const struct reach *reach, const GPtrArray *citing, const GPtrArray *stays, struct json_writer *out, const char *key) {
  bool few = reach->shown && g_hash_table_size(reach->people) < OPS_LEAST_PEOPLE;
  json_open_object(out, key);
  json_put_integer(out, "assets", reach->assets);
  json_put_integer(out, "assets_withdrawn", citing->len);
  json_put_integer(out, "blocks", reach->blocks);
  json_put_integer(out, "claims", reach->claims);
  json_put_number(out, "deliveries", few ? NAN : reach->shown);
  json_put_integer(out, "effects", reach->effects);
  json_put_integer(out, "interventions", reach->running);
  json_put_number(out, "people", few ? NAN : (double)g_hash_table_size(reach->people));
  json_put_integer(out, "proposals_decided", reach->decided);
  json_put_integer(out, "proposals_open", reach->open);
  json_open_array(out, "stays");
  for (guint i = 0; i < stays->len; i++) json_put_string(out, NULL, stays->pdata[i]);
  json_close_array(out);
  json_close_object(out);
}

/* ---- proposing ---------------------------------------------------------------------------------------------------- */

static bool propose(struct op_call *call, const char *node, const struct reach *reach, const GPtrArray *citing, const GPtrArray *stays, const char *title, struct gate_answer *answer, GError **error) {
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  write_counts(reach, citing, stays, &w, "reach");
  json_put_string(&w, "reason", op_text(call, "reason"));
  json_put_string(&w, "retract", node);
  json_close_object(&w);
  g_autofree char *body = json_writer_steal(&w, NULL);
  g_autofree char *sentence = g_strdup_printf("%d live claims and %d open proposals rest on it, and %u assets have parts made from it", reach->claims, reach->open, citing->len);
  struct gate_evidence evidence = { .source = node, .sentence = sentence, .records = (int)g_hash_table_size(reach->nodes) };
  struct gate_input input = { .kind = "roll back", .subject = node, .title = title, .body = body, .agent = call->caller.actor, .requester = call->caller.actor,
    .factors = { .audience = (int)g_hash_table_size(reach->people), .irreversible = true /* the claims and drafts that go do not come back by themselves */, .confidence = 1 },
    .worth = NAN, .expires = CLOCK_NO_DAY, .evidence = &evidence, .evidence_count = 1 };
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(call->system), call->now, error);
  return write && gate_propose(write, system_rules(call->system), &input, call->now, answer, error) && ledger_commit(g_steal_pointer(&write), error);
}

/* The event by which the import brought this file; 0: it did not. */
static int64_t brought(struct db *db, const char *import, const char *file, GError **error) {
  g_autoptr(GArray) steps = lineage_steps(db, LINEAGE_BACK, file, 0, INT64_MAX, INT64_MAX, error);
  for (guint i = 0; steps && i < steps->len; i++) {
    const struct lineage_step *step = &g_array_index(steps, struct lineage_step, i);
    if (strcmp(step->id, import) == 0) return step->seq;
  }
  return steps ? 0 : -1;
}

/* Where the reach begins: the node itself, or one file of an import. */
static bool begin_of(struct op_call *call, struct db *db, const char *node, char **ret_begin, int64_t *ret_from, GError **error) {
  const char *file = op_text(call, "file");
  *ret_from = 0;
  *ret_begin = file ? g_strconcat("file:", file, NULL) : g_strdup(node);
  if (!file) return true;
  *ret_from = brought(db, node, *ret_begin, error);
  return *ret_from > 0 || (*ret_from == 0 && fail(error, MENO_ERROR_NOT_FOUND, "\"%s\" brought nothing new of \"%s\"; `meno imports list` shows what it brought", node, file));
}

static bool answer_retract(struct op_call *call, struct telling *telling, const char *node, struct view *view, struct db *db, struct json_writer *out, GError **error) {
  g_autofree char *begin = NULL, *title = NULL;
  int64_t from = 0;
  g_auto(reach_auto) reach = { 0 };
  g_auto(told_auto) told = { 0 };
  if (!begin_of(call, db, node, &begin, &from, error) || !reach_read(db, view->company, begin, from, call->now, &reach, error) || !telling_tell(telling, node, &told, error)) return false;
  g_autoptr(GPtrArray) citing = assets_citing(&reach), stays = what_stays(&reach);
  title = g_strdup_printf("Take back %s (%s)", told.title ? told.title : node, told.kind);
  g_auto(gate_answer_auto) answer = { 0 };
  const char *gone = told.state && strcmp(told.state, "taken back") == 0 ? "it has been taken back already" : NULL;
  const char *part = op_text(call, "file") ? "rows of one file cannot be taken back alone: import the mended file, which replaces them, or retract the whole import" : NULL;
  const char *why = gone ? gone : part ? part : op_flag(call, "dry_run") ? "only shown" : NULL;
  if (!why && !propose(call, node, &reach, citing, stays, title, &answer, error)) return false;
  json_put_string(out, "id", node);
  json_put_string(out, "title", title);
  write_counts(&reach, citing, stays, out, "reach");
  json_put_string(out, "proposal", answer.id);
  json_put_string(out, "why_not", why ? why : answer.why);
  return lineage_write_way(telling, begin, from, LINEAGE_FORWARD, out, error);
}

static bool retract(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(telling_auto) telling = db ? telling_new(call, view, db, INT64_MAX, error) : NULL;
  g_autofree char *node = NULL;
  const char *id = op_text(call, "id");
  int got = telling ? telling_find(telling, id, &node, error) : -1;
  if (got == 0) return fail(error, MENO_ERROR_NOT_FOUND, "there is no source and no import \"%s\"", id);
  if (got < 0) return false;
  bool source = g_str_has_prefix(node, "source:"), import = g_str_has_prefix(node, "import:");
  if (!source && !import) return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is neither a source nor an import; only what came in can be retracted", node);
  if (op_has(call, "file") && !import) return fail(error, MENO_ERROR_BAD_INPUT, "a source is one file; leave --file out");
  return answer_retract(call, telling, node, view, db, out, error);
}

/* ---- what follows an accepted one ---------------------------------------------------------------------------------- */

static bool append(const struct decided *decided, const char *kind, const char *noun, const char *id, const char *body, GError **error) {
  g_autofree char *subject = g_strconcat(noun, ":", id, NULL);
  return ledger_append(decided->write, &(struct event){ .id = uuid_of(kind, decided->proposal->id, subject, NULL), .kind = kind, .subject = subject, .actor = decided->call->caller.actor,
    .cause = decided->proposal->seq, .body = body }, NULL, error);
}

static bool retract_claim(const struct decided *decided, const char *id, GError **error) {
  g_autoptr(query_auto) query = db_query(ledger_write_db(decided->write), error, "ledger.claim", "t", id);
  int got = query_next(query, error);
  if (got != 1 || strcmp(query_text(query, 9), "live") != 0) return got >= 0;
  g_autofree char *noun = g_strdelimit(g_strdup(query_text(query, 1)), " ", '-'), *subject = g_strdup(query_text(query, 2)), *body = g_strconcat("{\"id\":\"", id, "\"}", NULL);
  query_done(g_steal_pointer(&query));
  return append(decided, "claim.retracted", noun, subject, body, error);
}

bool retract_decided(const struct decided *decided, GError **error) {
  const char *node = json_string(json_get(decided->body, "retract")), *id = node ? strchr(node, ':') : NULL;
  struct db *db = ledger_write_db(decided->write);
  g_auto(reach_auto) reach = { 0 };
  if (!decided->accepted) return true;
  if (!id) return fail(error, MENO_ERROR_BAD_INPUT, "the proposal \"%s\" names nothing to take back", decided->proposal->title);
  if (!reach_read(db, decided->company, node, 0, decided->call->now, &reach, error)) return false; /* as it is now, not when it was asked */
  g_autoptr(GPtrArray) citing = assets_citing(&reach);
  g_autofree char *body = g_strdup_printf("{\"proposal\":\"%s\",\"reason\":\"taken back\"}", decided->proposal->id);
  bool import = g_str_has_prefix(node, "import:");
  bool fine = import ? import_take_back(decided->write, id + 1, decided->call->caller.actor, decided->proposal->seq, error) : append(decided, "source.withdrawn", "source", id + 1, body, error);
  for (guint i = 0; fine && i < citing->len; i++) fine = append(decided, "asset.withdrawn", "asset", citing->pdata[i], body, error);
  for (guint i = 0; fine && i < reach.live->len; i++) fine = retract_claim(decided, reach.live->pdata[i], error);
  for (guint i = 0; fine && i < reach.waiting->len; i++)
    fine = gate_withdraw_one(decided->write, reach.waiting->pdata[i], "what it rested on was taken back", decided->call->caller.actor, error);
  return fine;
}

/* ---- the table ---------------------------------------------------------------------------------------------------- */

static const struct field reach_fields[] = { { "claims", FIELD_COUNT, REQUIRED, "that are held now" }, { "proposals_open", FIELD_COUNT, REQUIRED, "" }, { "proposals_decided", FIELD_COUNT, REQUIRED, "accepted" },
  { "interventions", FIELD_COUNT, REQUIRED, "that run" }, { "assets", FIELD_COUNT, REQUIRED, "that are out" }, { "assets_withdrawn", FIELD_COUNT, REQUIRED, "of these, with a part made from it: put before nobody any more" },
  { "blocks", FIELD_COUNT, REQUIRED, "made from it" }, { "deliveries", FIELD_COUNT, REQUIRED | NULLABLE, "that were shown" }, { "people", FIELD_COUNT, REQUIRED | NULLABLE, "whom they were shown to; null: fewer than five" },
  { "effects", FIELD_COUNT, REQUIRED, "" }, { "stays", FIELD_TEXTS, REQUIRED, "what cannot be taken back" }, { 0 } };
static const struct field retract_in[] = { { "id", FIELD_ID("thing"), REQUIRED | IN_PATH, "a source's name or an import's id" }, { "reason", FIELD_TEXT(LIMIT_TEXT), REQUIRED, "what is wrong with it; kept with the proposal" },
  { "file", FIELD_TEXT(LIMIT_ID), 0, "of an import, only this file's rows: shown, not proposed" }, { "dry_run", FIELD_BOOL, 0, "only show what rests on it" }, { 0 } };
static const struct field retract_out[] = { { "id", FIELD_ID("thing"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "reach", FIELD_OBJECT(reach_fields), REQUIRED, "" },
  { "proposal", FIELD_ID("proposal"), REQUIRED | NULLABLE, "where the roll-back waits for a decision" }, { "why_not", FIELD_TEXT(0), REQUIRED | NULLABLE, "why nothing was proposed" },
  { "lineage", FIELD_LIST(lineage_row), REQUIRED, "what rests on it: a tree from the top" }, { 0 } };

const struct op retract_ops[] = {
  { "retract", POST, "/lineage/{id}/retract", MAY_IMPORT, retract_in, retract_out, retract, "Show what rests on a source or an import, and propose to take it back", "reasons" },
  { 0 } };
