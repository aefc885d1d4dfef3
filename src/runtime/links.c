/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From events to edges. An edge goes from what was concluded, made, decided or done to what it rests on:
 *
 *   file:kpis.csv, source:NAME, goal:G        → import:I              evidence
 *   claim:C                                   → file:, goal:, other claims    evidence, contradicts, derived
 *   claim:C of an effect                      → intervention:I        measured by
 *   need:N (any claim's subject)              → claim:C               derived
 *   proposal:A                                → claim:C, source:, intervention:, the one before    derived, drafted from, replaces
 *   decision:SEQ (a person's word)            → what it is about, the person, rules:R      decides, by, approved under
 *   intervention:, asset:, note:, a decision that followed → the decisions that accepted it    derived
 *   asset:A → block:A/B → source:NAME                                 covers, drafted from
 *   showing:A, showing:A/B                    → asset:A, block:A/B    covers
 *   delivery:D                                → showing:A/B, person:P derived, delivered to
 *   action:X                                  → delivery:D, note:A, forward:F/S    derived
 *   forward:F/S → forward:F, statement:S      derived; forward:F → the person    by
 *
 * "showing" stands for all deliveries of an asset or a block together: walks forward stop there and count, so that a page about a
 * source never lists who got what, and an asset with a million deliveries is no larger to walk than one with ten.
 *
 * So the way back from an act in the world is one chain: action, delivery, asset, decision, proposal, claim, file, import.
 *
 * A fold knows the tables and its event, nothing else: the decisions that something followed are found by the event of the
 * proposal that it names as its cause. The order of folds matters for that: these come last (src/main.h).
 *
 * How it can be wrong: a claim's evidence is a filter over a file, and which rows of which import the filter took is not
 * recorded. A claim therefore rests on every import that had brought that file by then: an upper bound, never too little. An
 * import that was taken back keeps its edges, because what was concluded from it was; the rows that it had brought do not. */
#include "runtime/links.h"
#include <string.h>

#define GAPS_SHOWN 20

struct linking { struct db *db; const struct event *event; struct json body; GHashTable *said /* sources and edges of this event */; GArray *edges /* of struct lineage_edge */; GStringChunk *texts /* theirs */; GError **error; };

static const char *text(struct json body, const char *key) { return json_string(json_get(body, key)); }

/* Once, however often the event says it. `kind` is a literal. */
static bool put(struct linking *l, const char *source, const char *kind, const char *target) {
  if (!g_hash_table_add(l->said, g_strjoin("\n", source, kind, target, NULL))) return true;
  bool listed = strcmp(source, l->event->subject) != 0 && g_hash_table_add(l->said, g_strdup(source));
  struct lineage_edge edge = { g_string_chunk_insert(l->texts, source), kind, g_string_chunk_insert(l->texts, target), l->event->seq, (int)l->edges->len, listed };
  g_array_append_val(l->edges, edge);
  return true;
}

/* To "noun:id"; nothing where there is no id. */
static bool put_noun(struct linking *l, const char *source, const char *kind, const char *noun, const char *id) {
  g_autofree char *target = id && *id ? g_strconcat(noun, ":", id, NULL) : NULL;
  return !target || put(l, source, kind, target);
}

static bool is_by_person(const struct event *event) { return g_str_has_prefix(event->actor, "person:") || g_str_has_prefix(event->actor, "account:"); }

/* ---- what comes in ---------------------------------------------------------------------------------------------- */

static bool link_import(struct linking *l) {
  struct json_iter it = json_iter(json_get(l->body, "files"));
  while (json_next(&it)) {
    int64_t fresh = 0, changed = 0;
    const char *as = text(it.value, "as");
    json_integer(json_get(it.value, "new"), &fresh);
    json_integer(json_get(it.value, "changed"), &changed);
    g_autofree char *file = as && fresh + changed > 0 ? g_strconcat("file:", as, NULL) : NULL;
    if (file && !put(l, file, "evidence", l->event->subject)) return false;
  }
  return true;
}

static bool link_decision(struct linking *l);

/* A source or a goal: from an import, or set by a person's hand. */
static bool link_row(struct linking *l) {
  if (l->event->batch) return put_noun(l, l->event->subject, "evidence", "import", l->event->batch);
  return !is_by_person(l->event) || link_decision(l);
}

/* ---- claims ----------------------------------------------------------------------------------------------------- */

/* The claim that an agent held of a need when this one was made; the need itself where none is live. */
static bool link_need(struct linking *l, const char *claim, const char *need) {
  if (!need) return true;
  g_autoptr(query_auto) query = db_query(l->db, l->error, "ledger.claims_of_subject", "tt", "need", need);
  int got = query_next(query, l->error);
  if (got < 0) return false;
  return got == 1 ? put_noun(l, claim, "derived", "claim", query_text(query, 0)) : put_noun(l, claim, "derived", "need", need);
}

static bool link_claim(struct linking *l) {
  const char *id = text(l->body, "id"), *predicate = text(l->body, "predicate"), *subject = text(l->body, "subject");
  struct json value = json_get(l->body, "value");
  g_autofree char *claim = g_strconcat("claim:", id, NULL);
  g_autoptr(GHashTable) files = g_hash_table_new(g_str_hash, g_str_equal);
  struct json_iter it = json_iter(json_get(l->body, "evidence"));
  while (json_next(&it)) {
    const char *file = text(it.value, "file"), *kind = json_true(json_get(it.value, "against")) ? "contradicts" : "evidence";
    if (!file || !put_noun(l, claim, kind, "file", file)) return file == NULL;
    g_hash_table_add(files, (void *)(uintptr_t)file);
  }
  it = json_iter(json_get(l->body, "rests_on"));
  while (json_next(&it)) {
    const char *on = json_string(it.value);
    bool told = g_str_has_prefix(on, "file:") && g_hash_table_contains(files, on + 5);
    if (!told && !put(l, claim, "evidence", on)) return false;
  }
  bool effect = g_strcmp0(predicate, "effect") == 0, plan = g_strcmp0(predicate, "content plan") == 0;
  return (!effect || put_noun(l, claim, "measured by", "intervention", subject)) && link_need(l, claim, plan ? subject : text(value, "need")) &&
    (effect || put_noun(l, claim, "derived", "intervention", text(value, "intervention"))) && put(l, l->event->subject, "derived", claim);
}

/* ---- proposals and decisions ------------------------------------------------------------------------------------ */

static bool link_proposal(struct linking *l) {
  struct json input = json_get(l->body, "input"), asks = json_get(input, "asks"), body = json_get(asks, "body");
  const char *claim = text(input, "claim"), *proposal = l->event->subject;
  if (!(claim ? put_noun(l, proposal, "derived", "claim", claim) : put(l, proposal, "derived", text(asks, "subject")))) return false;
  struct json sources = json_get(body, "sources");
  struct json_iter it = json_iter(sources);
  while (json_type(sources) == JSON_ARRAY && json_next(&it))
    if (!put_noun(l, proposal, "drafted from", "source", text(it.value, "name"))) return false;
  bool automatic = g_strcmp0(text(l->body, "state"), "auto-accepted") == 0;
  return put_noun(l, proposal, "derived", "intervention", text(body, "intervention")) && put_noun(l, proposal, "replaces", "proposal", text(l->body, "previous")) &&
    (!automatic || put_noun(l, proposal, "approved under", "rules", l->event->rules));
}

/* From what followed a proposal to the decisions that accepted it; without any (a rule accepted it), to the proposal. */
static bool link_approvals(struct linking *l, const char *source) {
  if (!l->event->cause) return true;
  g_autoptr(query_auto) found = db_query(l->db, l->error, "gate.proposal_at", "i", l->event->cause);
  int got = query_next(found, l->error), yes = 0;
  if (got != 1) return got == 0; /* its cause is no proposal */
  g_autofree char *proposal = g_strdup(query_text(found, 0));
  g_autoptr(query_auto) query = db_query(l->db, l->error, "gate.accepting", "t", proposal);
  while ((got = query_next(query, l->error)) == 1) {
    g_autofree char *decision = g_strdup_printf("decision:%" G_GINT64_FORMAT, query_integer(query, 0));
    if (!put(l, source, "derived", decision)) return false;
    yes++;
  }
  return got == 0 && (yes || put_noun(l, source, "derived", "proposal", proposal));
}

/* A person's word is a node of its own: two people decide on one proposal, one person twice on one need. */
static bool link_decision(struct linking *l) {
  g_autofree char *decision = g_strdup_printf("decision:%" G_GINT64_FORMAT, l->event->seq);
  bool rules = *l->event->rules && put_noun(l, decision, "approved under", "rules", l->event->rules);
  return (rules || !*l->event->rules) && put(l, decision, "decides", l->event->subject) && put(l, decision, "by", l->event->actor) && link_approvals(l, decision);
}

static bool link_rules(struct linking *l) {
  g_autofree char *rules = g_strconcat("rules:", text(l->body, "revision"), NULL);
  return put(l, rules, "by", l->event->actor);
}

/* ---- what follows ----------------------------------------------------------------------------------------------- */

static bool link_intervention(struct linking *l) {
  return link_approvals(l, l->event->subject) && put_noun(l, l->event->subject, "derived", "goal", text(l->body, "goal"));
}

/* Collects the strings of all arrays whose key ends with "spans", however deep. */
static void collect_spans(struct json value, const char *key, GHashTable *spans) {
  if (json_type(value) != JSON_ARRAY && json_type(value) != JSON_OBJECT) return;
  bool here = key && g_str_has_suffix(key, "spans");
  struct json_iter it = json_iter(value);
  while (json_next(&it)) {
    g_autofree char *name = g_strdup(it.key);
    const char *id = here ? json_string(it.value) : NULL;
    if (id) g_hash_table_add(spans, g_strdup(id));
    collect_spans(it.value, name, spans);
  }
}

static bool link_block(struct linking *l, const char *asset, struct json block, GHashTable *sources) {
  const char *id = text(block, "id");
  if (!id) return true;
  g_autofree char *node = g_strconcat("block:", asset, "/", id, NULL);
  g_autoptr(GHashTable) spans = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  collect_spans(block, NULL, spans);
  GHashTableIter it;
  void *span;
  g_hash_table_iter_init(&it, spans);
  while (g_hash_table_iter_next(&it, &span, NULL))
    if (!put_noun(l, node, "drafted from", "source", g_hash_table_lookup(sources, span))) return false;
  g_autofree char *showing = g_strconcat("showing:", asset, "/", id, NULL);
  return put(l, l->event->subject, "covers", node) && put(l, showing, "covers", node) && put(l, showing, "covers", l->event->subject);
}

static bool link_asset(struct linking *l) {
  const char *asset = event_about(l->event);
  g_autoptr(GHashTable) sources = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free); /* span → source's name */
  struct json spans = json_get(l->body, "spans"), blocks = json_get(l->body, "blocks");
  struct json_iter it = json_iter(spans);
  while (json_type(spans) == JSON_ARRAY && json_next(&it))
    if (text(it.value, "id") && text(it.value, "source")) g_hash_table_insert(sources, g_strdup(text(it.value, "id")), g_strdup(text(it.value, "source")));
  it = json_iter(blocks);
  while (json_type(blocks) == JSON_ARRAY && json_next(&it))
    if (!link_block(l, asset, it.value, sources)) return false;
  g_autofree char *showing = g_strconcat("showing:", asset, NULL);
  return put(l, showing, "covers", l->event->subject) && link_approvals(l, l->event->subject) &&
    put_noun(l, l->event->subject, "derived", "intervention", text(l->body, "intervention"));
}

static bool link_delivery(struct linking *l) {
  const char *asset = text(l->body, "asset"), *block = text(l->body, "block");
  g_autofree char *showing = g_strconcat("showing:", asset, block && *block ? "/" : NULL, block, NULL);
  return put(l, l->event->subject, "derived", showing) && put_noun(l, l->event->subject, "delivered to", "person", text(l->body, "person"));
}

static bool link_note(struct linking *l) { return link_approvals(l, l->event->subject) && put_noun(l, l->event->subject, "delivered to", "person", text(l->body, "to")); }

/* What was put aside of a forward rests on that, and on its statement, which came from outside. */
static bool link_action(struct linking *l) {
  const char *subject = text(l->body, "subject"), *slash = g_str_has_prefix(subject, "forward:") ? strchr(subject, '/') : NULL;
  if (!put(l, l->event->subject, "derived", subject) || !slash) return slash == NULL;
  g_autofree char *forward = g_strndup(subject, (size_t)(slash - subject));
  return put(l, subject, "derived", forward) && put_noun(l, subject, "derived", "statement", slash + 1);
}

static bool link_forward(struct linking *l) { return put(l, l->event->subject, "by", l->event->actor); }

/* A promise answers a group's need, and is a person's word. */
static bool link_promise(struct linking *l) { return put_noun(l, l->event->subject, "derived", "group-need", text(l->body, "need")) && link_decision(l); }

/* ---- the table -------------------------------------------------------------------------------------------------- */

#define LINKS(X) \
  X("import.committed", link_import) X("source.added", link_row) X("goal.set", link_row) X("claim.made", link_claim) \
  X("proposal.made", link_proposal) X("proposal.withheld", link_proposal) X("approval.decided", link_decision) X("rules.set", link_rules) \
  X("goal.weighed", link_decision) X("import.undone", link_decision) X("source.withdrawn", link_decision) X("asset.withdrawn", link_decision) X("need.cause_confirmed", link_decision) X("need.marked", link_decision) \
  X("intervention.registered", link_intervention) X("intervention.amended", link_decision) X("intervention.ended", link_decision) \
  X("programme.stopped", link_decision) X("programme.retargeted", link_decision) X("programme.resumed", link_decision) \
  X("promise.made", link_promise) X("promise.kept", link_decision) \
  X("asset.published", link_asset) X("note.sent", link_note) X("delivery.made", link_delivery) X("action.requested", link_action) X("forward.added", link_forward)
#define ROW(kind, link) { kind, link },
#define KIND(kind, link) kind,
static const struct { const char *kind; bool (*link)(struct linking *l); } rows[] = { LINKS(ROW) };
static const char *const kinds[] = { LINKS(KIND) NULL };
static const char *const tables[] = { "edge", NULL };

static bool find_links(struct linking *l) {
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i].kind, l->event->kind) == 0) return rows[i].link(l);
  g_assert_not_reached();
}

static bool fold_links(struct db *db, const struct event *event, struct json body, GError **error) {
  struct linking linking = { db, event, body, g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL), g_array_new(FALSE, FALSE, sizeof(struct lineage_edge)),
    g_string_chunk_new(512), error };
  bool fine = find_links(&linking) && lineage_put(db, (const struct lineage_edge *)(const void *)linking.edges->data, linking.edges->len, error);
  g_hash_table_destroy(linking.said);
  g_array_unref(linking.edges);
  g_string_chunk_free(linking.texts);
  return fine;
}

const struct fold link_folds[] = { { "lineage", kinds, tables, fold_links, .of_undone = true }, { 0 } };

bool links_end(const char *id) { return g_str_has_prefix(id, "person:") || g_str_has_prefix(id, "account:") || g_str_has_prefix(id, "rules:") || strcmp(id, "system") == 0; }

/* ---- the promise ------------------------------------------------------------------------------------------------ */

enum { SIGNAL = 1, PERSON = 2, BOTH = 3 };

struct checking { struct db *db; GHashTable *known; /* "node@seq" → what is reached from there */ };
static unsigned meaning(const char *id) {
  if (g_str_has_prefix(id, "import:") || g_str_has_prefix(id, "statement:")) return SIGNAL;
  return links_end(id) && strcmp(id, "system") != 0 ? PERSON : 0;
}

/* What is reached from `id` by edges up to `seq`, into `ret_bits`. Depth-first, and no further than both. */
static bool reached(struct checking *checking, const char *id, int64_t seq, unsigned *ret_bits, GError **error) {
  g_autofree char *key = g_strdup_printf("%s@%" G_GINT64_FORMAT, id, seq);
  void *known;
  if (g_hash_table_lookup_extended(checking->known, key, NULL, &known)) {
    *ret_bits |= GPOINTER_TO_UINT(known);
    return true;
  }
  unsigned bits = meaning(id);
  g_hash_table_insert(checking->known, g_strdup(key), GUINT_TO_POINTER(bits)); /* so that a circle ends */
  g_autoptr(GArray) steps = links_end(id) ? NULL : lineage_steps(checking->db, LINEAGE_BACK, id, 0, seq, INT64_MAX, error);
  if (!steps && !links_end(id)) return false;
  for (guint i = 0; steps && i < steps->len && bits != BOTH; i++) {
    const struct lineage_step *step = &g_array_index(steps, struct lineage_step, i);
    bool reason = strcmp(step->kind, "delivered to") != 0 && strcmp(step->kind, "replaces") != 0;
    if (reason && !reached(checking, step->id, step->seq, &bits, error)) return false;
  }
  g_hash_table_insert(checking->known, g_steal_pointer(&key), GUINT_TO_POINTER(bits));
  *ret_bits |= bits;
  return true;
}

static void gap_free(void *data) {
  g_free(((struct links_gap *)data)->action);
  g_free(data);
}

void links_report_clear(struct links_report *report) { g_clear_pointer(&report->first, g_ptr_array_unref); }

bool links_check(struct db *db, struct links_report *ret_report, GError **error) {
  g_autoptr(GHashTable) known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  struct checking checking = { db, known };
  g_auto(links_report_auto) report = { .first = g_ptr_array_new_with_free_func(gap_free) };
  g_autoptr(query_auto) query = db_query(db, error, "ledger.of_kind", "t", "action.done");
  int got;
  while ((got = query_next(query, error)) == 1) {
    unsigned bits = 0;
    int64_t seq = query_integer(query, 0);
    g_autofree char *action = g_strdup(query_text(query, 1));
    if (!reached(&checking, action, seq, &bits, error)) return false;
    report.actions++;
    if (bits == BOTH) continue;
    if (report.gaps++ < GAPS_SHOWN) {
      struct links_gap *gap = g_new0(struct links_gap, 1);
      *gap = (struct links_gap){ g_steal_pointer(&action), seq, !(bits & SIGNAL), !(bits & PERSON) };
      g_ptr_array_add(report.first, gap);
    }
  }
  if (got < 0) return false;
  *ret_report = report;
  report.first = NULL;
  return true;
}

char *links_gap_text(const struct links_gap *gap) {
  return g_strdup_printf("%s (done by event %" G_GINT64_FORMAT ") reaches %s%s%s", gap->action, gap->seq, gap->signal ? "no signal from outside" : "",
    gap->signal && gap->person ? " and " : "", gap->person ? "no person's decision and no revision of the rules" : "");
}
