/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lineage as an operation: what a thing rests on, or what rests on it, as of any moment. */
#include "ops/lineage.h"
#include <math.h>
#include <string.h>

#define DEPTH 8     /* from an act back to the file it all began with are eight steps */
#define BREADTH 8
#define MOST 120    /* nodes of one answer */

/* Walks forward do not go through a showing: who got what is nobody's to list. */
static bool ends_forward(const char *id) { return links_end(id) || g_str_has_prefix(id, "showing:"); }

int64_t lineage_time(const struct op_call *call) {
  int64_t time = 0;
  const char *text = op_text(call, "as_of");
  return text && clock_parse_time(text, &time) ? time : 0;
}

int64_t lineage_moment(const struct op_call *call, struct db *db, GError **error) {
  return op_has(call, "as_of") ? lineage_seq_at(db, lineage_time(call), error) : INT64_MAX;
}

static void write_node(const struct lineage_node *node, const struct told *told, int parent, struct json_writer *out) {
  bool hidden = told->hidden, person = strcmp(told->kind, "person") == 0 || strcmp(told->kind, "account") == 0;
  json_open_object(out, NULL);
  json_put_string(out, "id", hidden || person || strcmp(told->kind, "showing") == 0 ? NULL : node->id);
  json_put_string(out, "kind", told->kind);
  json_put_string(out, "title", hidden ? NULL : told->title);
  json_put_string(out, "state", hidden ? NULL : told->state);
  put_time(out, "at", hidden ? 0 : told->at);
  json_put_string(out, "by", hidden ? NULL : told->by);
  json_put_string(out, "link", node->link);
  json_put_integer(out, "depth", node->depth);
  if (parent < 0) json_put_null(out, "parent");
  else json_put_integer(out, "parent", parent);
  json_put_number(out, "count", told->count < 0 ? NAN : (double)told->count);
  json_put_number(out, "people", told->people < 0 ? NAN : (double)told->people);
  json_put_bool(out, "hidden", hidden);
  json_put_bool(out, "again", node->again);
  json_put_bool(out, "more", node->more);
  json_close_object(out);
}

/* In the order of a tree that is read from the top: each node directly above what it leads to. */
static bool write_below(struct telling *telling, const GPtrArray *nodes, int index, int parent, int *place, struct json_writer *out, GError **error) {
  const struct lineage_node *node = nodes->pdata[index];
  g_auto(told_auto) told = { 0 };
  if (!telling_tell(telling, node->id, &told, error)) return false;
  if (told.count == 0) return true; /* a part that nobody was sent alone */
  told.hidden |= g_strcmp0(node->link, "delivered to") == 0; /* whoever decided is named, whoever got it is not */
  int mine = (*place)++;
  write_node(node, &told, parent, out);
  for (guint i = (guint)index + 1; i < nodes->len; i++)
    if (((struct lineage_node *)nodes->pdata[i])->parent == index && !write_below(telling, nodes, (int)i, mine, place, out, error)) return false;
  return true;
}

static bool write_walk(struct telling *telling, const char *node, const struct lineage_ask *ask, struct json_writer *out, GError **error) {
  g_autoptr(GPtrArray) nodes = lineage_walk(telling_db(telling), node, ask, error);
  int place = 0;
  if (!nodes) return false;
  json_open_array(out, "lineage");
  bool fine = write_below(telling, nodes, 0, -1, &place, out, error);
  json_close_array(out);
  return fine;
}

bool lineage_write_way(struct telling *telling, const char *node, int64_t from, enum lineage_way way, struct json_writer *out, GError **error) {
  struct lineage_ask ask = { .way = way, .as_of = INT64_MAX, .from = from, .depth = DEPTH, .breadth = BREADTH, .most = MOST, .ends = way == LINEAGE_FORWARD ? ends_forward : links_end };
  return write_walk(telling, node, &ask, out, error);
}

bool lineage_write(struct telling *telling, const char *node, int64_t as_of, struct json_writer *out, GError **error) {
  const struct op_call *call = telling_call(telling);
  bool forward = op_flag(call, "forward");
  struct lineage_ask ask = { .way = forward ? LINEAGE_FORWARD : LINEAGE_BACK, .as_of = as_of, .depth = (int)op_number(call, "depth", DEPTH), .breadth = BREADTH, .most = MOST,
    .ends = forward ? ends_forward : links_end };
  return write_walk(telling, node, &ask, out, error);
}

static bool lineage(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  int64_t as_of = db ? lineage_moment(call, db, error) : -1;
  g_autoptr(telling_auto) telling = as_of >= 0 ? telling_new(call, view, db, as_of, error) : NULL;
  g_autofree char *node = NULL;
  const char *id = op_text(call, "id");
  int got = telling ? telling_find(telling, id, &node, error) : -1;
  if (got == 0) return fail(error, MENO_ERROR_NOT_FOUND, "nothing that you may see has the id \"%s\"", id);
  if (got < 0) return false;
  json_put_string(out, "id", node);
  json_put_bool(out, "forward", op_flag(call, "forward"));
  put_time(out, "as_of", as_of == INT64_MAX ? call->now : lineage_time(call));
  return lineage_write(telling, node, as_of, out, error);
}

/* ---- the promise ------------------------------------------------------------------------------------------------ */

static bool lineage_check(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_auto(links_report_auto) report = { 0 };
  if (!db || !links_check(db, &report, error)) return false;
  json_put_integer(out, "actions", report.actions);
  json_put_integer(out, "gaps", report.gaps);
  json_open_array(out, "first");
  for (guint i = 0; i < report.first->len; i++) {
    const struct links_gap *gap = report.first->pdata[i];
    g_autofree char *text = links_gap_text(gap);
    json_open_object(out, NULL);
    json_put_string(out, "id", gap->action);
    json_put_integer(out, "event", gap->seq);
    json_put_bool(out, "signal", !gap->signal);
    json_put_bool(out, "decision", !gap->person);
    json_put_string(out, "text", text);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

const struct field lineage_row[] = { { "depth", FIELD_COUNT, REQUIRED, "steps from the beginning" }, { "id", FIELD_ID("thing"), REQUIRED | NULLABLE, "null: not to be opened" }, { "kind", FIELD_TEXT(0), REQUIRED, "what it is" }, { "title", FIELD_TEXT(0), REQUIRED | NULLABLE, "null: withheld" },
  { "state", FIELD_TEXT(0), REQUIRED | NULLABLE, "by the moment asked about" }, { "at", FIELD_TIME, REQUIRED | NULLABLE, "of its last change by then" }, { "by", FIELD_TEXT(0), REQUIRED | NULLABLE, "" },
  { "link", FIELD_TEXT(0), REQUIRED | NULLABLE, "how it hangs on the node above: evidence, contradicts, derived, drafted from, covers, decides, by, approved under, measured by, replaces" },
  { "parent", FIELD_COUNT, REQUIRED | NULLABLE, "place in this list" }, { "count", FIELD_COUNT, REQUIRED | NULLABLE, "of deliveries" },
  { "people", FIELD_COUNT, REQUIRED | NULLABLE, "from five on" }, { "hidden", FIELD_BOOL, REQUIRED, "only its kind is told" }, { "again", FIELD_BOOL, REQUIRED, "it stands further up already" },
  { "more", FIELD_BOOL, REQUIRED, "there is more than is listed" }, { 0 } };
static const struct field lineage_in[] = { { "id", FIELD_ID("thing"), REQUIRED | IN_PATH, "anything that has an id; with its noun (\"import:i-…\") where two things share one" }, LINEAGE_IN_FIELDS, { 0 } };
static const struct field lineage_out[] = { { "id", FIELD_ID("thing"), REQUIRED, "with its noun" }, { "forward", FIELD_BOOL, REQUIRED, "" }, { "as_of", FIELD_TIME, REQUIRED, "" },
  { "lineage", FIELD_LIST(lineage_row), REQUIRED, "a tree from the top" }, { 0 } };

static const struct field gap_row[] = { { "id", FIELD_ID("thing"), REQUIRED, "the action" }, { "event", FIELD_COUNT, REQUIRED, "that says it was done" }, { "signal", FIELD_BOOL, REQUIRED, "it reaches a signal from outside" },
  { "decision", FIELD_BOOL, REQUIRED, "it reaches a person's decision or a revision of the rules" }, { "text", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
static const struct field check_out[] = { { "actions", FIELD_COUNT, REQUIRED, "that were done" }, { "gaps", FIELD_COUNT, REQUIRED, "of these, without a reason" }, { "first", FIELD_LIST(gap_row), REQUIRED, "the first of them" }, { 0 } };

const struct op lineage_ops[] = {
  { "lineage check", GET, "/lineage", MAY_OPERATE, NULL, check_out, lineage_check, "Does every act reach a signal, and a person's decision or a revision of the rules?", "running the system" },
  { "lineage", GET, "/lineage/{id}", MAY_WHY, lineage_in, lineage_out, lineage, "What a thing rests on, or what rests on it, as of any moment", "reasons" },
  { 0 } };
