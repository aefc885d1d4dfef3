/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Nodes in words, through the disclosure threshold. A node is told by its noun: its title from the snapshot or its own row, its
 * state from the newest event about it by the moment asked about, so that "as of" needs no table of its own.
 *
 * Who sees what follows the pages: what a page would not show to the caller is a kind and nothing else here. Deliveries, notes
 * and what the outbox did with them are about single persons: they are told to that person, and to everybody else counted,
 * from five people on. */
#include "ops/lineage.h"
#include "ledger/claims.h"
#include "ops/outcomes.h"
#include <string.h>

#define COUNT_MOST 1000  /* deliveries that are counted; more are "more" */
#define LOOK_BACK 50     /* events of a subject */

struct telling {
  struct op_call *call;
  struct view *view;
  struct db *db;
  int64_t as_of;
  GHashTable *needs, *outcomes; /* ids that a confined manager sees; NULL: not confined */
  bool own;                     /* the walk begins at what was put before the caller, who may see what that was made of */
};

/* ---- nouns ------------------------------------------------------------------------------------------------------ */

enum told_by { BY_NOTHING, BY_GOAL, BY_SUBJECT, BY_CLAIM, BY_PROPOSAL, BY_INTERVENTION, BY_ASSET, BY_BLOCK, BY_SOURCE, BY_IMPORT, BY_DECISION, BY_SHOWING, BY_PERSON, BY_PRIVATE };
static const struct noun { const char *name; enum permission may; enum told_by by; } nouns[] = {
  { "claim", MAY_WHY, BY_CLAIM }, { "proposal", MAY_READ_APPROVALS, BY_PROPOSAL }, { "intervention", MAY_READ_IMPACT, BY_INTERVENTION }, { "asset", MAY_READ_STUDIO, BY_ASSET },
  { "import", MAY_WHY, BY_IMPORT }, { "goal", MAY_READ_GOALS, BY_GOAL }, { "source", MAY_READ_STUDIO, BY_SOURCE }, { "decision", MAY_WHY, BY_DECISION },
  { "block", MAY_READ_STUDIO, BY_BLOCK }, { "showing", MAY_READ_IMPACT, BY_SHOWING }, { "file", MAY_WHY, BY_NOTHING }, { "rules", MAY_WHY, BY_NOTHING },
  { "person", MAY_WHY, BY_PERSON }, { "account", MAY_WHY, BY_PERSON },
  { "delivery", MAY_SEE_OWN, BY_PRIVATE }, { "note", MAY_SEE_OWN, BY_PRIVATE }, { "action", MAY_SEE_OWN, BY_PRIVATE },
  { "need", MAY_READ_NEEDS, BY_SUBJECT }, { "effect", MAY_READ_IMPACT, BY_SUBJECT }, { "what-works", MAY_READ_IMPACT, BY_SUBJECT }, { "draft", MAY_READ_STUDIO, BY_SUBJECT },
  { "content-plan", MAY_READ_STUDIO, BY_SUBJECT }, { "skill-model", MAY_READ_SKILLS, BY_SUBJECT }, { "skill-stale", MAY_READ_SKILLS, BY_SUBJECT },
  { "coverage-thin", MAY_READ_SKILLS, BY_SUBJECT }, { "calibration", MAY_READ_SKILLS, BY_SUBJECT }, { "pulse-change", MAY_READ_LISTENING, BY_SUBJECT },
  { "group-need", MAY_READ_LISTENING, BY_SUBJECT }, { "shortage", MAY_READ_WORKFORCE, BY_SUBJECT }, { "future-need", MAY_READ_WORKFORCE, BY_SUBJECT },
  { "programme", MAY_READ_PROGRAMMES, BY_NOTHING }, { "promise", MAY_READ_LISTENING, BY_NOTHING },
};
static const struct noun other = { "other", MAY_READ_NEEDS, BY_NOTHING }; /* of these only the kind is told */

static const struct noun *noun_of(const char *node) {
  size_t length = strcspn(node, ":");
  for (size_t i = 0; i < G_N_ELEMENTS(nouns); i++)
    if (strlen(nouns[i].name) == length && strncmp(nouns[i].name, node, length) == 0) return &nouns[i];
  return &other;
}

static const char *id_of(const char *node) {
  const char *colon = strchr(node, ':');
  return colon ? colon + 1 : node;
}

static bool may(const struct telling *t, enum permission permission) { return access_allows(t->call->caller.roles, permission); }

void told_clear(struct told *told) {
  g_clear_pointer(&told->title, g_free);
  g_clear_pointer(&told->state, g_free);
  g_clear_pointer(&told->by, g_free);
}

/* ---- what a confined manager sees -------------------------------------------------------------------------------- */

static bool read_confined(struct telling *t, GError **error) {
  g_autoptr(GPtrArray) needs = needs_read(t->call, t->view->company, error), outcomes = needs ? outcomes_read(t->call, t->view->company, error) : NULL;
  if (!outcomes) return false;
  t->needs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  t->outcomes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < needs->len; i++) g_hash_table_add(t->needs, g_strdup(((struct need *)needs->pdata[i])->id));
  for (guint i = 0; i < outcomes->len; i++) g_hash_table_add(t->outcomes, g_strdup(((struct outcome *)outcomes->pdata[i])->plan->id));
  return true;
}

/* Is a thing of this noun within what a manager manages? Of what is neither need nor intervention, nothing is. */
static bool within(const struct telling *t, const char *noun, const char *id) {
  if (!t->needs) return true;
  if (strcmp(noun, "need") == 0) return g_hash_table_contains(t->needs, id);
  if (strcmp(noun, "intervention") == 0 || strcmp(noun, "effect") == 0) return g_hash_table_contains(t->outcomes, id);
  return strcmp(noun, "goal") == 0 || strcmp(noun, "file") == 0 || strcmp(noun, "import") == 0 || strcmp(noun, "rules") == 0;
}

struct telling *telling_new(struct op_call *call, struct view *view, struct db *db, int64_t as_of, GError **error) {
  g_autoptr(telling_auto) t = g_new0(struct telling, 1);
  *t = (struct telling){ .call = call, .view = view, .db = db, .as_of = as_of };
  if (ops_is_confined(call) && may(t, MAY_READ_NEEDS) && !read_confined(t, error)) return NULL;
  return g_steal_pointer(&t);
}

void telling_free(struct telling *t) {
  if (!t) return;
  g_clear_pointer(&t->needs, g_hash_table_unref);
  g_clear_pointer(&t->outcomes, g_hash_table_unref);
  g_free(t);
}

const struct op_call *telling_call(const struct telling *t) { return t->call; }
struct db *telling_db(const struct telling *t) { return t->db; }

/* ---- states as of the moment ------------------------------------------------------------------------------------- */

/* Of kinds whose name alone says the state. */
static const char *state_by_kind(const char *kind) {
  static const char *const rows[][2] = { { "proposal.superseded", "superseded" }, { "proposal.expired", "expired" }, { "intervention.registered", "running" }, { "intervention.ended", "stopped" },
    { "asset.published", "published" }, { "asset.withdrawn", "withdrawn" }, { "import.committed", "committed" }, { "import.undone", "taken back" }, { "delivery.made", "shown" }, { "note.sent", "sent" },
    { "action.requested", "requested" }, { "action.done", "done" }, { "action.retried", "requested" }, { "action.failed", "failed" }, { "source.added", "current" },
    { "source.withdrawn", "taken back" }, { "promise.made", "promised" }, { "promise.kept", "kept" } };
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++)
    if (strcmp(rows[i][0], kind) == 0) return rows[i][1];
  return NULL;
}

static bool tell_state(const struct telling *t, const char *node, struct told *told, GError **error) {
  g_auto(about_auto) about = about_subject(t->db, node, t->as_of);
  struct event event;
  int got = 0;
  for (int i = 0; i < LOOK_BACK && (got = about_next(&about, &event, error)) == 1; i++) {
    const char *kind = event.kind, *state = state_by_kind(kind);
    bool own = strcmp(kind, "proposal.made") == 0 || strcmp(kind, "proposal.withheld") == 0 || strcmp(kind, "approval.decided") == 0 || strcmp(kind, "delivery.answered") == 0;
    g_autoptr(json_doc_auto) doc = own ? json_parse(event.body, event.body_length, error) : NULL;
    if (own && !doc) return false;
    if (own) state = json_string(json_get(json_root(doc), "state"));
    if (!state) continue; /* an event that leaves the state as it is */
    told->state = g_strdup(state);
    told->at = event.recorded;
    told->by = ops_actor_name(t->view->company, event.actor);
    break;
  }
  return got >= 0;
}

/* Live from the event that made it to the next that made another of the same subject, or took it back. */
static bool tell_claim_state(const struct telling *t, const char *subject, const char *id, struct told *told, GError **error) {
  g_auto(about_auto) about = about_subject(t->db, subject, t->as_of);
  const char *state = "live";
  struct event event;
  int got = 0;
  for (int i = 0; i < LOOK_BACK && (got = about_next(&about, &event, error)) == 1; i++) {
    bool made = strcmp(event.kind, "claim.made") == 0;
    if (!made && strcmp(event.kind, "claim.retracted") != 0) continue;
    g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, error);
    if (!doc) return false;
    bool mine = json_equals(json_get(json_root(doc), "id"), id);
    if (mine && made) {
      told->at = event.recorded;
      told->by = ops_actor_name(t->view->company, event.actor);
      break;
    }
    if (strcmp(state, "live") == 0) state = mine ? "retracted" : made ? "superseded" : state;
  }
  told->state = g_strdup(state);
  return got >= 0;
}

/* ---- telling by noun --------------------------------------------------------------------------------------------- */

/* Is the evidence about somebody, and about fewer than five? */
static bool few_behind(struct json evidence) {
  struct json_iter it = json_iter(evidence);
  while (json_next(&it)) {
    int64_t people = 0;
    json_integer(json_get(it.value, "people"), &people);
    if (people > 0 && people < OPS_LEAST_PEOPLE) return true;
  }
  return false;
}

static bool tell_claim(struct telling *t, const char *id, struct told *told, GError **error) {
  g_autoptr(query_auto) query = db_query(t->db, error, "ledger.claim", "t", id);
  int got = query_next(query, error);
  if (got != 1) return got == 0;
  struct claim_row row;
  claim_read(query, &row);
  g_autofree char *noun = g_strdelimit(g_strdup(row.predicate), " ", '-'), *subject = g_strconcat(noun, ":", row.subject, NULL);
  g_autoptr(json_doc_auto) value = json_parse(row.value, strlen(row.value), error), evidence = value ? json_parse(row.evidence, strlen(row.evidence), error) : NULL;
  if (!evidence) return false;
  told->hidden |= !may(t, noun_of(subject)->may) || !within(t, noun, row.subject) || few_behind(json_root(evidence));
  if (told->hidden) return true;
  const char *title = json_string(json_get(json_root(value), "title"));
  told->title = title ? g_strdup_printf("%s: %s", row.predicate, title) : g_strdup_printf("%s of %s", row.predicate, row.subject);
  return tell_claim_state(t, subject, id, told, error);
}

/* What claims are about: as the newest of them calls it. */
static bool tell_subject(struct telling *t, const char *node, struct told *told, GError **error) {
  g_autofree char *predicate = g_strdelimit(g_strndup(node, strcspn(node, ":")), "-", ' ');
  g_autoptr(query_auto) query = db_query(t->db, error, "ledger.newest_claim", "tt", predicate, id_of(node));
  int got = query_next(query, error);
  if (got != 1) return got == 0;
  struct claim_row row;
  claim_read(query, &row);
  g_autofree char *id = g_strdup(row.id);
  struct told claim = { 0 };
  query_done(g_steal_pointer(&query));
  if (!tell_claim(t, id, &claim, error)) return false;
  told->hidden |= claim.hidden;
  told->title = g_steal_pointer(&claim.title);
  told_clear(&claim);
  return true;
}

static bool tell_proposal(struct telling *t, const char *node, struct told *told, GError **error) {
  g_autoptr(gate_proposal_auto) proposal = NULL;
  if (gate_find(t->db, id_of(node), &proposal, error) < 0) return false;
  if (proposal) told->title = g_strdup(proposal->title);
  return tell_state(t, node, told, error);
}

static bool tell_import(struct telling *t, const char *node, struct told *told, GError **error) {
  g_autoptr(query_auto) query = db_query(t->db, error, "ledger.import", "t", id_of(node));
  int got = query_next(query, error);
  if (got < 0) return false;
  g_autoptr(json_doc_auto) doc = got == 1 ? json_parse(query_text(query, 4), strlen(query_text(query, 4)), error) : NULL;
  g_autoptr(GString) names = g_string_new("");
  struct json_iter it = json_iter(json_get(json_root(doc), "files"));
  int files = 0;
  while (doc && json_next(&it) && files++ < 4) g_string_append_printf(names, "%s%s", names->len ? ", " : "", files == 4 ? "…" : json_string(json_get(it.value, "name")));
  told->title = g_strdup(names->str);
  return (got == 0 || doc) && tell_state(t, node, told, error);
}

static bool tell_decision(struct telling *t, const char *node, struct told *told, GError **error) {
  struct event event;
  int64_t seq = g_ascii_strtoll(id_of(node), NULL, 10);
  int got = ledger_find(t->db, seq, &event, error);
  if (got != 1) return got == 0;
  g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, error);
  const struct noun *about = noun_of(event.subject);
  told->hidden |= !may(t, about->may) || !within(t, about->name, id_of(event.subject));
  told->at = event.recorded;
  if (doc && !told->hidden) {
    struct json body = json_root(doc);
    const char *cause = json_string(json_get(body, "cause")), *word = json_string(json_get(body, "word")), *decision = json_string(json_get(body, "decision"));
    g_autofree char *kind = g_strdelimit(g_strdup(event.kind), "._", ' ');
    told->title = decision ? g_strdup(decision) : strcmp(event.kind, "need.cause_confirmed") == 0 ? g_strdup_printf("confirmed the cause “%s”", cause)
      : strcmp(event.kind, "need.marked") == 0 ? g_strdup_printf("marked as %s", word) : g_strdup(kind);
    told->by = ops_actor_name(t->view->company, event.actor);
  }
  event_clear(&event);
  return doc != NULL;
}

/* How many deliveries, to how many people. */
static bool tell_showing(struct telling *t, const char *node, struct told *told, GError **error) {
  g_autoptr(GHashTable) people = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_auto(mentions_auto) mentions = { .db = t->db, .thing = node, .first = MENTION_TARGET, .last = MENTION_TARGET, .to = t->as_of };
  int64_t seq, count = 0;
  int got = 0;
  while (count < COUNT_MOST && (got = mentions_next(&mentions, &seq, error)) == 1) {
    g_autoptr(query_auto) query = db_query(t->db, error, "runtime.showing", "it", seq, node);
    if ((got = query_next(query, error)) < 0) return false;
    if (got == 0) continue;
    count++;
    g_hash_table_add(people, g_strdup(query_text(query, 0)));
  }
  bool few = count > 0 && g_hash_table_size(people) < OPS_LEAST_PEOPLE;
  told->count = few ? -1 : count;
  told->people = few ? -1 : (int64_t)g_hash_table_size(people);
  told->title = few ? g_strdup("withheld: to fewer than five people") : g_strdup_printf("%s%" G_GINT64_FORMAT " deliveries to %" G_GINT64_FORMAT " people", count == COUNT_MOST ? "more than " : "", count, told->people);
  return got >= 0;
}

static const struct asset *asset_of(const struct telling *t, const char *id, size_t length) {
  for (int i = 0; i < t->view->company->assets.count; i++)
    if (strlen(t->view->company->assets.at[i].id) == length && strncmp(t->view->company->assets.at[i].id, id, length) == 0) return &t->view->company->assets.at[i];
  return NULL;
}

static void tell_plain(struct telling *t, const struct noun *noun, const char *node, struct told *told) {
  const struct company *company = t->view->company;
  const char *id = id_of(node);
  const struct asset *asset = noun->by == BY_ASSET || noun->by == BY_BLOCK ? asset_of(t, id, strcspn(id, "/")) : NULL;
  int goal = noun->by == BY_GOAL ? company_goal(company, id) : -1;
  if (goal >= 0) told->title = g_strdup(company->goals.at[goal].name);
  if (asset) told->title = noun->by == BY_ASSET ? g_strdup(asset->title) : g_strdup_printf("%s, part “%s”", asset->title, strchr(id, '/') ? strchr(id, '/') + 1 : "");
  for (int i = 0; noun->by == BY_INTERVENTION && i < company->interventions.count; i++)
    if (strcmp(company->interventions.at[i].id, id) == 0) told->title = g_strdup(company->interventions.at[i].title);
  if (noun->by == BY_PERSON) told->title = ops_actor_name(company, node);
  if (!told->title) told->title = g_strdup(id);
}

bool telling_tell(struct telling *t, const char *node, struct told *ret_told, GError **error) {
  const struct noun *noun = noun_of(node);
  g_auto(told_auto) told = { .kind = noun->name, .count = -1, .people = -1 };
  bool brought = may(t, MAY_IMPORT) && (noun->by == BY_IMPORT || noun->by == BY_SOURCE || strcmp(noun->name, "file") == 0); /* who brings files in sees them here */
  bool received = t->own && (noun->by == BY_ASSET || noun->by == BY_BLOCK || noun->by == BY_SOURCE || noun->by == BY_GOAL || noun->by == BY_PRIVATE);
  bool person = noun->by == BY_PERSON, private = noun->by == BY_PRIVATE;
  told.hidden = noun == &other || (!received && !brought && (private || !may(t, noun->may) || (t->needs && !person && noun->by != BY_CLAIM && noun->by != BY_DECISION && !within(t, noun->name, id_of(node)))));
  bool fine = true;
  if (!told.hidden) {
    switch (noun->by) {
    case BY_CLAIM: fine = tell_claim(t, id_of(node), &told, error); break;
    case BY_SUBJECT: fine = tell_subject(t, node, &told, error); break;
    case BY_PROPOSAL: fine = tell_proposal(t, node, &told, error); break;
    case BY_IMPORT: fine = tell_import(t, node, &told, error); break;
    case BY_DECISION: fine = tell_decision(t, node, &told, error); break;
    case BY_SHOWING: fine = tell_showing(t, node, &told, error); break;
    default: tell_plain(t, noun, node, &told); fine = person || tell_state(t, node, &told, error);
    }
  }
  if (!fine) return false;
  *ret_told = told;
  told = (struct told){ 0 };
  return true;
}

/* ---- finding ----------------------------------------------------------------------------------------------------- */

static bool is_known(struct telling *t, const char *node, GError **error) {
  g_auto(about_auto) about = about_subject(t->db, node, INT64_MAX);
  struct event event;
  if (about_next(&about, &event, error) == 1) return true;
  for (enum lineage_way way = LINEAGE_BACK; way <= LINEAGE_FORWARD; way++) {
    g_autoptr(GArray) steps = lineage_steps(t->db, way, node, 0, INT64_MAX, 1, error);
    if (steps && steps->len) return true;
  }
  return false;
}

/* May a walk begin here? What is about single persons only at their own; a showing at none. Sets `own`. */
static int may_begin(struct telling *t, const char *node, GError **error) {
  const struct noun *noun = noun_of(node);
  if (noun == &other || noun->by == BY_PERSON || noun->by == BY_SHOWING) return 0;
  if (noun->by == BY_PRIVATE) {
    g_autoptr(query_auto) query = db_query(t->db, error, "runtime.recipient", "tt", noun->name, id_of(node));
    int got = query_next(query, error);
    if (got < 0) return -1;
    t->own = got == 1 && g_strcmp0(t->call->caller.person, query_text(query, 0)) == 0;
    return t->own || (strcmp(noun->name, "action") == 0 && may(t, MAY_OPERATE));
  }
  g_auto(told_auto) told = { 0 };
  if (!telling_tell(t, node, &told, error)) return -1;
  return !told.hidden;
}

/* A person's word is a node of its own; another event is where its subject is, if that is one of ours and nobody's person, else
 * where its import is: a row of a file names people and respondents. */
static int node_of_event(struct telling *t, const char *number, char **ret_node, GError **error) {
  struct event event;
  int got = ledger_find(t->db, g_ascii_strtoll(number, NULL, 10), &event, error);
  if (got != 1) return got;
  g_autofree char *decision = g_strdup_printf("decision:%" G_GINT64_FORMAT, event.seq), *subject = g_strdup(event.subject);
  g_autofree char *import = event.batch ? g_strconcat("import:", event.batch, NULL) : NULL;
  event_clear(&event);
  const struct noun *noun = noun_of(subject);
  bool ours = noun != &other && noun->by != BY_PERSON;
  *ret_node = g_strdup(is_known(t, decision, error) ? decision : import && !(ours && is_known(t, subject, error)) ? import : subject);
  return 1;
}

int telling_find(struct telling *t, const char *id, char **ret_node, GError **error) {
  g_autofree char *node = NULL;
  int got = 1;
  if (g_str_has_prefix(id, "event:")) got = node_of_event(t, id + 6, &node, error);
  else if (strchr(id, ':') && noun_of(id) != &other) node = g_strdup(id);
  if (got != 1) return got;
  g_autoptr(GError) problem = NULL;
  for (size_t i = 0; !node && !problem && i < G_N_ELEMENTS(nouns); i++) {
    g_autofree char *typed = g_strconcat(nouns[i].name, ":", id, NULL);
    if (is_known(t, typed, &problem)) node = g_steal_pointer(&typed);
  }
  if (problem) return g_propagate_error(error, g_steal_pointer(&problem)), -1;
  int fine = node && is_known(t, node, error) ? may_begin(t, node, error) : 0;
  if (fine == 1) *ret_node = g_steal_pointer(&node);
  return fine;
}
