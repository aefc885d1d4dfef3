/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What if: history without an agent, and proposals under other rules. Both only read. */
#include "agents/agent.h"
#include "ops/tables.h"
#include "runtime/again.h"
#include <math.h>
#include <string.h>

/* ---- without an agent --------------------------------------------------------------------------------------------- */

/* What became of a slot (a kind of proposal about a subject) after the cut, in one of the histories. */
struct slot { const struct gate_proposal *newest; int made; bool decided; };

static GHashTable *slots_of(const GPtrArray *proposals, int64_t cut) {
  GHashTable *slots = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
  for (guint i = 0; i < proposals->len; i++) { /* the newest first */
    const struct gate_proposal *proposal = proposals->pdata[i];
    bool decided = false;
    for (guint a = 0; a < proposal->approvals->len; a++) decided |= ((struct gate_approval *)proposal->approvals->pdata[a])->seq > cut;
    if (proposal->seq <= cut && !decided) continue;
    g_autofree char *key = g_strconcat(proposal->kind, "\n", proposal->slot, NULL);
    struct slot *slot = g_hash_table_lookup(slots, key);
    if (!slot) g_hash_table_insert(slots, g_steal_pointer(&key), slot = g_new0(struct slot, 1));
    if (!slot->newest) slot->newest = proposal;
    slot->made++;
    slot->decided |= decided;
  }
  return slots;
}

static int by_key(const void *a, const void *b) { return strcmp(*(const char *const *)a, *(const char *const *)b); }

static const char *difference_of(const struct slot *then, const struct slot *here) {
  if (!here) return "not made";
  if (!then) return "made only then";
  if (then->decided != here->decided || strcmp(then->newest->state, here->newest->state) != 0) return "ends otherwise";
  return strcmp(then->newest->content_hash, here->newest->content_hash) == 0 ? NULL : "says something else";
}

static void write_slot(struct json_writer *out, const struct slot *then, const struct slot *here, const char *what) {
  const struct gate_proposal *any = then ? then->newest : here->newest;
  json_open_object(out, NULL);
  json_put_string(out, "difference", what);
  json_put_string(out, "kind", any->kind);
  json_put_string(out, "title", any->title);
  json_put_string(out, "in_history", then ? then->newest->state : NULL);
  json_put_string(out, "what_if", here ? here->newest->state : NULL);
  json_put_string(out, "proposal", then ? then->newest->id : NULL);
  json_close_object(out);
}

static int write_slots(GHashTable *then, GHashTable *here, struct json_writer *out) {
  g_autoptr(GPtrArray) keys = g_ptr_array_new();
  GHashTableIter it;
  void *key;
  int differ = 0;
  g_hash_table_iter_init(&it, then);
  while (g_hash_table_iter_next(&it, &key, NULL)) g_ptr_array_add(keys, key);
  g_hash_table_iter_init(&it, here);
  while (g_hash_table_iter_next(&it, &key, NULL))
    if (!g_hash_table_contains(then, key)) g_ptr_array_add(keys, key);
  g_ptr_array_sort(keys, by_key);
  json_open_array(out, "proposals");
  for (guint i = 0; i < keys->len; i++) {
    const struct slot *a = g_hash_table_lookup(then, keys->pdata[i]), *b = g_hash_table_lookup(here, keys->pdata[i]);
    const char *what = difference_of(a, b);
    if (!what) continue;
    write_slot(out, a, b, what);
    differ++;
  }
  json_close_array(out);
  return differ;
}

static bool write_lost(struct json_writer *out, struct op_call *call, const struct again *again, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  json_open_array(out, "decisions");
  for (guint i = 0; i < again->lost->len; i++) {
    const struct again_lost *lost = again->lost->pdata[i];
    bool person = strcmp(lost->kind, "delivery.answered") == 0 || g_str_has_prefix(lost->kind, "action."); /* about single persons: counted below */
    if (person) continue;
    g_autofree char *by = ops_actor_name(view->company, lost->actor);
    json_open_object(out, NULL);
    json_put_integer(out, "event", lost->seq);
    json_put_string(out, "what", lost->kind);
    json_put_string(out, "about", lost->subject);
    json_put_string(out, "by", by);
    json_put_string(out, "why", lost->why);
    json_close_object(out);
  }
  json_close_array(out);
  int answers = 0;
  for (guint i = 0; i < again->lost->len; i++) answers += strcmp(((struct again_lost *)again->lost->pdata[i])->kind, "delivery.answered") == 0;
  json_put_integer(out, "answers", answers);
  return true;
}

static bool count_deliveries(struct store *store, int64_t cut, int64_t *ret_count, GError **error) {
  g_autoptr(db_auto) db = store_read(store, error);
  return db && db_one(db, ret_count, error, "company.deliveries_since", "i", cut) >= 0;
}

static bool tell_whatif(struct op_call *call, const struct again *again, struct json_writer *out, GError **error) {
  g_autoptr(db_auto) past = store_read(system_store(call->system), error), here = past ? store_read(again->store, error) : NULL;
  g_autoptr(GPtrArray) then_rows = here ? gate_proposals(past, true, error) : NULL, here_rows = then_rows ? gate_proposals(here, true, error) : NULL;
  int64_t then_deliveries = 0, here_deliveries = 0;
  if (!here_rows || !count_deliveries(system_store(call->system), again->cut, &then_deliveries, error) || !count_deliveries(again->store, again->cut, &here_deliveries, error)) return false;
  g_autoptr(GHashTable) then_slots = slots_of(then_rows, again->cut), here_slots = slots_of(here_rows, again->cut);
  json_put_integer(out, "events", again->head - again->cut);
  json_put_integer(out, "turns", again->turns);
  json_put_bool(out, "same", again->same);
  json_put_string(out, "first_difference", again->first);
  json_put_string(out, "rules", again->rules);
  json_put_integer(out, "deliveries_in_history", then_deliveries);
  json_put_integer(out, "deliveries_what_if", here_deliveries);
  int differ = write_slots(then_slots, here_slots, out);
  json_put_integer(out, "differ", differ);
  return write_lost(out, call, again, error);
}

static bool whatif(struct op_call *call, struct json_writer *out, GError **error) {
  int32_t day = 0;
  const char *mute = op_text(call, "mute");
  bool known = !mute;
  for (int i = 0; mute && agents[i]; i++) known |= strcmp(agents[i]->id, mute) == 0;
  if (!known) return fail(error, MENO_ERROR_NOT_FOUND, "there is no agent \"%s\"", mute);
  clock_parse_day(op_text(call, "since"), &day);
  struct again_ask ask = { .since = day * CLOCK_DAY, .mute = mute, .progress = call->progress, .data = call->progress_data };
  g_autoptr(again_auto) again = again_run(system_ledger(call->system), system_rules(call->system), &ask, error);
  return again && tell_whatif(call, again, out, error);
}

/* ---- under other rules --------------------------------------------------------------------------------------------- */

struct judged { int differ, automatic, refused, withheld, tier, deciders, invalid; };

static char *who_text(const struct gate_judgement *judged) {
  if (!judged->who) return g_strdup("nobody: the rule alone");
  g_autofree char *of = rules_role_names(judged->who->of, "or"), *with = judged->who->with ? rules_role_names(judged->who->with, "and") : NULL;
  return g_strdup_printf("%d of %s%s%s%s%s%s", judged->who->people, of, with ? ", among them " : "", with ? with : "", judged->who->not_requester ? ", not who asked" : "",
    judged->who->not_confirmer ? ", not who confirmed the cause" : "", judged->who->reason_always ? ", with a reason" : "");
}

static char *outcome_text(const struct gate_judgement *judged) {
  return g_strdup(judged->refused ? "refused" : judged->automatic ? "automatic" : judged->withheld ? "withheld" : "asked");
}

/* Why this word of a person would not have counted under these rules; newly allocated, NULL: it would have. */
static char *invalid_word(const struct gate_judgement *judged, const struct gate_proposal *proposal, const struct gate_approval *approval, const char *confirmer, struct json criteria) {
  unsigned roles = 0;
  const struct rule_who *who = judged->who;
  bool yes = strcmp(approval->decision, "accept") == 0;
  if (judged->refused) return g_strdup("the proposal would have been refused");
  if (!who) return NULL;
  if (!access_parse_roles(approval->role, &roles, NULL) || !(roles & who->of)) return g_strdup_printf("the role %s does not decide it", approval->role);
  if (who->not_requester && g_strcmp0(proposal->requester, approval->actor) == 0) return g_strdup("who asked for it does not decide it");
  if (who->not_confirmer && g_strcmp0(confirmer, approval->actor) == 0) return g_strdup("who confirmed the cause does not decide it");
  if (who->reason_always && !(approval->reason && *approval->reason)) return g_strdup("it has no reason");
  for (int i = 0; yes && i < judged->kind->criterion_count; i++) {
    bool answered = false;
    struct json_iter it = json_iter(criteria);
    while (json_next(&it)) answered |= json_equals(it.value, judged->kind->criteria[i].id);
    if (!answered) return g_strdup_printf("the question “%s” was not answered", judged->kind->criteria[i].question);
  }
  return NULL;
}

/* Who confirmed the cause of the need, before that moment; newly allocated, NULL nobody. */
static bool confirmer_before(struct db *db, const struct gate_proposal *proposal, int64_t seq, char **ret_confirmer, GError **error) {
  *ret_confirmer = NULL;
  if (!g_str_has_prefix(proposal->subject, "need:")) return true;
  g_autoptr(query_auto) query = db_query(db, error, "company.need_words", "t", proposal->subject + 5);
  int got;
  while ((got = query_next(query, error)) == 1) {
    if (strcmp(query_text(query, 0), "cause") != 0 || query_integer(query, 6) > seq) continue;
    g_free(*ret_confirmer);
    *ret_confirmer = g_strdup(query_text(query, 4));
  }
  return got == 0;
}

/* Adds what is wrong with the decisions on it under these rules. */
static bool judge_words(struct db *db, const struct gate_judgement *judged, const struct gate_proposal *proposal, GPtrArray *changes, GError **error) {
  int people = 0;
  unsigned roles = 0;
  guint before = changes->len;
  g_autoptr(query_auto) query = db_query(db, error, "gate.approvals", "t", proposal->id);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct gate_approval word = { .actor = (char *)(uintptr_t)query_text(query, 0), .role = (char *)(uintptr_t)query_text(query, 1), .decision = (char *)(uintptr_t)query_text(query, 2),
      .reason = (char *)(uintptr_t)query_text(query, 3), .seq = query_integer(query, 8) };
    const char *answered = query_text(query, 4);
    unsigned theirs = 0;
    if (query_integer(query, 6)) continue; /* stale: it counts for nothing already */
    g_autoptr(json_doc_auto) criteria = json_parse(answered, strlen(answered), error);
    g_autofree char *confirmer = NULL;
    if (!criteria || !confirmer_before(db, proposal, word.seq, &confirmer, error)) return false;
    g_autofree char *why = invalid_word(judged, proposal, &word, confirmer, json_root(criteria));
    if (why) g_ptr_array_add(changes, g_strdup_printf("its decision (%s, event %" G_GINT64_FORMAT ") would be invalid: %s", word.decision, word.seq, why));
    else if (strcmp(word.decision, "accept") == 0 && access_parse_roles(word.role, &theirs, NULL)) people++, roles |= theirs;
  }
  bool accepted = strcmp(proposal->state, "accepted") == 0 && judged->who && changes->len == before;
  if (accepted && people < judged->who->people) g_ptr_array_add(changes, g_strdup_printf("it would still wait: %d of %d people have accepted", people, judged->who->people));
  else if (accepted && (judged->who->with & ~roles)) g_ptr_array_add(changes, g_strdup("it would still wait for a role that has to be among those who accept"));
  return got == 0;
}

static bool same_who(const struct rule_who *a, const struct rule_who *b) {
  return (!a && !b) || (a && b && a->people == b->people && a->of == b->of && a->with == b->with && a->not_requester == b->not_requester && a->not_confirmer == b->not_confirmer &&
    a->reason_always == b->reason_always);
}

static void compare_judgements(const struct gate_judgement *old, const struct gate_judgement *new, GPtrArray *changes, struct judged *sums) {
  if (!old->refused != !new->refused) {
    g_ptr_array_add(changes, new->refused ? g_strdup_printf("refused: %s", new->refused) : g_strdup_printf("not refused any more (was: %s)", old->refused));
    sums->refused += new->refused != NULL;
    return;
  }
  if (new->refused) return;
  if (old->tier != new->tier) g_ptr_array_add(changes, g_strdup_printf("risk tier %d instead of %d", new->tier, old->tier)), sums->tier++;
  if (old->automatic != new->automatic) g_ptr_array_add(changes, g_strdup(new->automatic ? "accepted by the rule alone" : "asked of people instead of accepted by the rule alone")), sums->automatic += new->automatic;
  if (!old->withheld != !new->withheld) g_ptr_array_add(changes, new->withheld ? g_strdup_printf("withheld: %s", new->withheld) : g_strdup("not withheld for what it is worth")), sums->withheld += new->withheld != NULL;
  if (same_who(old->who, new->who)) return;
  g_autofree char *was = who_text(old), *is = who_text(new);
  g_ptr_array_add(changes, g_strdup_printf("decided by %s instead of %s", is, was));
  sums->deciders++;
}

static void write_judged(struct json_writer *out, const struct gate_proposal *proposal, const struct gate_judgement *old, const struct gate_judgement *new, const GPtrArray *changes) {
  g_autofree char *was = outcome_text(old), *is = outcome_text(new);
  g_autoptr(GString) text = g_string_new("");
  for (guint i = 0; i < changes->len; i++) g_string_append_printf(text, "%s%s", i ? "; " : "", (const char *)changes->pdata[i]);
  json_open_object(out, NULL);
  json_put_string(out, "kind", proposal->kind);
  json_put_string(out, "title", proposal->title);
  json_put_string(out, "old", was);
  json_put_string(out, "new", is);
  json_put_string(out, "change", text->str);
  json_put_string(out, "proposal", proposal->id);
  json_put_string(out, "state", proposal->state);
  json_close_object(out);
}

static bool judge_one(struct db *db, const struct rules *old, const struct rules *new, const struct gate_proposal *proposal, struct judged *sums, struct json_writer *out, GError **error) {
  g_auto(gate_judgement_auto) was = { 0 }, is = { 0 };
  g_autoptr(GPtrArray) changes = g_ptr_array_new_with_free_func(g_free), before = g_ptr_array_new_with_free_func(g_free);
  if (!gate_judge(old, proposal, &was, error) || !gate_judge(new, proposal, &is, error)) return false;
  compare_judgements(&was, &is, changes, sums);
  guint judged = changes->len;
  if (!judge_words(db, &was, proposal, before, error) || (before->len == 0 && !judge_words(db, &is, proposal, changes, error))) return false;
  sums->invalid += changes->len > judged;
  sums->differ += changes->len > 0;
  if (changes->len) write_judged(out, proposal, &was, &is, changes);
  return true;
}

static struct rules *rules_given(struct op_call *call, const char *field, GError **error) {
  const char *text = op_text(call, field);
  return rules_parse(field, text, strlen(text), error);
}

static bool rules_diff(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(rules_auto) old = rules_given(call, "old", error), new = old ? rules_given(call, "new", error) : NULL;
  g_autoptr(db_auto) db = new ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(GPtrArray) proposals = db ? gate_proposals(db, true, error) : NULL;
  int32_t day = 0;
  int count = 0;
  struct judged sums = { 0 };
  if (!proposals) return false;
  clock_parse_day(op_text(call, "since"), &day);
  json_put_string(out, "old", old->revision);
  json_put_string(out, "new", new->revision);
  json_open_array(out, "proposals");
  for (guint i = proposals->len; i-- > 0;) { /* the oldest first */
    const struct gate_proposal *proposal = proposals->pdata[i];
    if (proposal->made < day * CLOCK_DAY) continue;
    if (!judge_one(db, old, new, proposal, &sums, out, error) || !op_progress(call, "judging", (double)(proposals->len - i) / proposals->len, error)) return false;
    count++;
  }
  json_close_array(out);
  json_put_integer(out, "judged", count);
  json_put_integer(out, "differ", sums.differ);
  json_put_integer(out, "automatic", sums.automatic);
  json_put_integer(out, "refused", sums.refused);
  json_put_integer(out, "withheld", sums.withheld);
  json_put_integer(out, "other_tier", sums.tier);
  json_put_integer(out, "other_deciders", sums.deciders);
  json_put_integer(out, "invalid_decisions", sums.invalid);
  return true;
}

/* ---- the table ------------------------------------------------------------------------------------------------------ */

static const struct field whatif_in[] = { { "since", FIELD_DAY, REQUIRED, "history up to this day is taken as it is" }, { "mute", FIELD_ID("agent"), 0, "the agent that says nothing from then on; without it history is taken again as it was" }, { 0 } };
static const struct field slot_row[] = { { "difference", FIELD_TEXT(0), REQUIRED, "not made, made only then, ends otherwise, says something else" }, { "kind", FIELD_TEXT(0), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" },
  { "in_history", FIELD_TEXT(0), REQUIRED | NULLABLE, "its state" }, { "what_if", FIELD_TEXT(0), REQUIRED | NULLABLE, "its state" }, { "proposal", FIELD_ID("proposal"), REQUIRED | NULLABLE, "of history" }, { 0 } };
static const struct field lost_row[] = { { "what", FIELD_TEXT(0), REQUIRED, "kind of event" }, { "about", FIELD_TEXT(0), REQUIRED, "" }, { "by", FIELD_TEXT(0), REQUIRED, "" }, { "why", FIELD_TEXT(0), REQUIRED, "" },
  { "event", FIELD_COUNT, REQUIRED, "" }, { 0 } };
static const struct field whatif_out[] = { { "events", FIELD_COUNT, REQUIRED, "since that day" }, { "turns", FIELD_COUNT, REQUIRED, "taken again" }, { "same", FIELD_BOOL, REQUIRED, "the very same events came out" },
  { "first_difference", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "rules", FIELD_TEXT(0), REQUIRED | NULLABLE, "a revision that history had in between, and that was not followed" },
  { "deliveries_in_history", FIELD_COUNT, REQUIRED, "" }, { "deliveries_what_if", FIELD_COUNT, REQUIRED, "" }, { "proposals", FIELD_LIST(slot_row), REQUIRED, "that differ" }, { "differ", FIELD_COUNT, REQUIRED, "" },
  { "decisions", FIELD_LIST(lost_row), REQUIRED, "of people that would have found nothing to decide, and what followed them" }, { "answers", FIELD_COUNT, REQUIRED, "of people to deliveries that would not have come" }, { 0 } };
static const struct field diff_in[] = { { "old", FIELD_TEXT(LIMIT_MAPPING_BYTES), REQUIRED | IN_PATH | FROM_FILE, "decision rules, as YAML" }, { "new", FIELD_TEXT(LIMIT_MAPPING_BYTES), REQUIRED | IN_PATH | FROM_FILE, "those to compare with" },
  { "since", FIELD_DAY, REQUIRED, "proposals made on or after this day" }, { 0 } };
static const struct field judged_row[] = { { "kind", FIELD_TEXT(0), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "old", FIELD_TEXT(0), REQUIRED, "asked, automatic, withheld, refused" }, { "new", FIELD_TEXT(0), REQUIRED, "" },
  { "change", FIELD_TEXT(0), REQUIRED, "in words" }, { "proposal", FIELD_ID("proposal"), REQUIRED, "" }, { "state", FIELD_TEXT(0), REQUIRED, "what became of it" }, { 0 } };
static const struct field diff_out[] = { { "old", FIELD_TEXT(0), REQUIRED, "revision" }, { "new", FIELD_TEXT(0), REQUIRED, "revision" }, { "judged", FIELD_COUNT, REQUIRED, "proposals" }, { "differ", FIELD_COUNT, REQUIRED, "" },
  { "automatic", FIELD_COUNT, REQUIRED, "would be accepted by the rule alone" }, { "refused", FIELD_COUNT, REQUIRED, "" }, { "withheld", FIELD_COUNT, REQUIRED, "for what they are worth" }, { "other_tier", FIELD_COUNT, REQUIRED, "" },
  { "other_deciders", FIELD_COUNT, REQUIRED, "" }, { "invalid_decisions", FIELD_COUNT, REQUIRED, "proposals whose decisions would not have counted, or not sufficed" }, { "proposals", FIELD_LIST(judged_row), REQUIRED, "that differ, the oldest first" }, { 0 } };

const struct op whatif_ops[] = {
  { "whatif", POST, "/whatif", MAY_STEER, whatif_in, whatif_out, whatif, "Take history again without an agent, and tell what would differ; nothing is recorded", "reasons", BODY_JSON, true },
  { "rules diff", POST, "/rules/diff", MAY_READ_APPROVALS, diff_in, diff_out, rules_diff, "Judge past proposals under other decision rules; nothing is recorded", "deciding" },
  { 0 } };
