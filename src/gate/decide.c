/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Deciding: a person's word on what was shown to them, exactly once.
 *
 * Compare and set: the caller says which hash was on the screen; within the write transaction the proposal still has to be
 * open, with that hash, under the rules in force. Two clicks, two tabs or sixty-four threads then differ only in who came
 * first: one decision is recorded, the same person's repetition is quietly fine, everybody else learns whose it was.
 *
 * A no ends a proposal whoever says it; a yes ends it when the rule's number of people has accepted this hash, with every
 * role among them that the rule wants. Until all questions are answered with yes, there is no yes: who doubts one of them
 * rejects or requests changes, and says why, so that the agent and the next person can learn from it.
 *
 * A deputy decides with the roles of the person in whose place they stand, and it is recorded so. For the separation of
 * duties they are both: neither's request nor confirmation is theirs to decide, and where one of them has accepted, the
 * other's yes is no second one.
 *
 * How it can be wrong: a person with two accounts counts as two. Accounts belong to people of the company where the
 * administrator links them; separation of duties is as good as that list.
 *
 * Sources: compare-and-set and idempotent repetition as in RFC 9110 section 13.1.1 (If-Match). */
#include "gate/proposals-private.h"
#include "base/limits.h"
#include <string.h>

static const char *const past_words[3] = { "accepted", "rejected", "sent back for changes" };

const struct rule_who *gate_who(const struct rules *rules, const struct gate_proposal *proposal) {
  const struct rule_kind *kind = rules_kind(rules, proposal->kind);
  if (!kind) return NULL;
  const struct rule_who *who = &kind->who[CLAMP(proposal->tier, 0, TIER_HUMAN)];
  return who->automatic ? &kind->who[TIER_ONE] : who;
}

/* Roles of those who have accepted, and how many they are. */
static unsigned accepted_roles(const struct gate_proposal *proposal, int *ret_people) {
  unsigned roles = 0;
  int people = 0;
  for (guint i = 0; i < proposal->approvals->len; i++) {
    const struct gate_approval *a = proposal->approvals->pdata[i];
    unsigned theirs = 0;
    if (a->stale || strcmp(a->decision, gate_words[GATE_ACCEPT]) || !access_parse_roles(a->role, &theirs, NULL)) continue;
    roles |= theirs;
    people++;
  }
  *ret_people = people;
  return roles;
}

static const struct gate_approval *approval_of(const struct gate_proposal *proposal, const char *actor) {
  for (guint i = 0; i < proposal->approvals->len; i++) {
    const struct gate_approval *a = proposal->approvals->pdata[i];
    if (!a->stale && !strcmp(a->actor, actor)) return a;
  }
  return NULL;
}

unsigned gate_waits_for(const struct rules *rules, const struct gate_proposal *proposal) {
  const struct rule_who *who = gate_who(rules, proposal);
  if (!who || !gate_is_open(proposal)) return 0;
  int people, missing = 0;
  unsigned wanted = who->with & ~accepted_roles(proposal, &people);
  for (unsigned bits = wanted; bits; bits &= bits - 1) missing++;
  if (people >= who->people && !wanted) return 0;
  return wanted && missing >= who->people - people ? wanted : who->of;
}

/* ---- refusals ---- */

/* CONFLICT: says what became of it, by whom and when. */
static bool fail_ended(const struct gate_proposal *p, GError **error) {
  char when[CLOCK_TEXT];
  const struct gate_approval *last = p->approvals->len ? p->approvals->pdata[p->approvals->len - 1] : NULL;
  if (!strcmp(p->state, STATE_EXPIRED))
    return fail(error, MENO_ERROR_CONFLICT, "the proposal \"%s\" lapsed on %s; silence is no", p->title,
                clock_format_day(clock_day(p->expires), when));
  if (!strcmp(p->state, STATE_WITHHELD))
    return fail(error, MENO_ERROR_CONFLICT, "the proposal \"%s\" is withheld: %s", p->title, p->why ? p->why : "it waits for room");
  if (!last) return fail(error, MENO_ERROR_CONFLICT, "the proposal \"%s\" is %s already, by the decision rules", p->title, p->state);
  return fail(error, MENO_ERROR_CONFLICT, "the proposal \"%s\" is %s already: %s decided on %s", p->title, p->state, last->actor,
              clock_format_time(last->at, when));
}

/* STALE or CONFLICT, if it is no longer what the person saw. */
static bool check_current(const struct rules *rules, const struct gate_proposal *p, const char *hash, int64_t now, GError **error) {
  char when[CLOCK_TEXT];
  if (!strcmp(p->state, STATE_SUPERSEDED) && p->next)
    return fail(error, MENO_ERROR_STALE, "the proposal \"%s\" was replaced by \"%s\": %s; look at that one", p->title, p->next,
                p->why ? p->why : "it changed");
  if (!strcmp(p->state, STATE_SUPERSEDED))
    return fail(error, MENO_ERROR_STALE, "the proposal \"%s\" was withdrawn: %s", p->title, p->why ? p->why : "it no longer holds");
  if (!gate_is_open(p)) return fail_ended(p, error);
  if (p->expires <= now)
    return fail(error, MENO_ERROR_CONFLICT, "the proposal \"%s\" lapsed on %s; silence is no", p->title,
                clock_format_day(clock_day(p->expires), when));
  if (!hash || strcmp(p->hash, hash))
    return fail(error, MENO_ERROR_STALE, "the proposal \"%s\" is not what was shown; look at it again and decide then", p->title);
  if (strcmp(p->rules, rules->revision))
    return fail(error, MENO_ERROR_STALE, "the decision rules changed since \"%s\" was shown; look at it again and decide then", p->title);
  return true;
}

static bool same_actor(const char *one, const char *other) { return one && other && !strcmp(one, other); }

/* Is it somebody whom this person is, or stands for? */
static bool is_self(const struct gate_person *person, const char *actor) { return same_actor(actor, person->actor) || same_actor(actor, person->instead_of); }

/* CONFLICT: one of the two has accepted already. */
static bool check_once(const struct gate_proposal *p, const struct gate_person *person, enum gate_word word, GError **error) {
  for (guint i = 0; word == GATE_ACCEPT && i < p->approvals->len; i++) {
    const struct gate_approval *a = p->approvals->pdata[i];
    bool own = same_actor(a->actor, person->actor) && !g_strcmp0(a->instead_of, person->instead_of); /* a second word of the same: judged elsewhere */
    if (a->stale || own || strcmp(a->decision, gate_words[GATE_ACCEPT]) || !(is_self(person, a->actor) || is_self(person, a->instead_of))) continue;
    return fail(error, MENO_ERROR_CONFLICT, "%s has accepted \"%s\" already, %s; a deputy and who named them count once, so it waits for somebody else", a->actor, p->title,
                a->instead_of ? "as a deputy" : "in their own right");
  }
  return true;
}

/* FORBIDDEN by role or separation of duties, with the rule's sentence. */
static bool check_person(const struct rules *rules, const struct gate_proposal *p, const struct gate_person *person, const char *confirmer,
                         GError **error) {
  const struct rule_who *who = gate_who(rules, p);
  if (!rules_check_event(rules, "approval.decided", person->actor, error)) return false; /* whatever roles an agent's token has */
  if (!who)
    return fail(error, MENO_ERROR_FORBIDDEN, "the decision rules know no proposal \"%s\", so nobody may decide it; add the kind to rules.yaml",
                p->kind);
  if (!(person->roles & who->of)) return fail(error, MENO_ERROR_FORBIDDEN, "this is not yours to decide. %s", p->rule);
  if (who->not_requester && is_self(person, p->requester))
    return fail(error, MENO_ERROR_FORBIDDEN, person->instead_of ? "you, or whom you stand in for, asked for this, so somebody else decides it. %s" : "you asked for this, so somebody else decides it. %s", p->rule);
  if (who->not_confirmer && is_self(person, confirmer))
    return fail(error, MENO_ERROR_FORBIDDEN, person->instead_of ? "you, or whom you stand in for, confirmed the cause that this rests on, so somebody else decides it. %s" : "you confirmed the cause that this rests on, so somebody else decides it. %s", p->rule);
  return true;
}

/* BAD_INPUT: a reason is missing, an answer is to no question, or a question has no yes. */
static bool check_words(const struct rules *rules, const struct gate_proposal *p, const struct gate_decision *d, GError **error) {
  const struct rule_kind *kind = rules_kind(rules, p->kind);
  static const char *const none[] = { NULL };
  const char *const *yes = d->criteria ? d->criteria : none;
  size_t length = d->reason ? strlen(d->reason) : 0;
  bool has_reason = length && strspn(d->reason, " \t\r\n") < length;
  if (length > LIMIT_TEXT) return fail(error, MENO_ERROR_TOO_LARGE, "the reason has %zu bytes; keep it below %d", length, LIMIT_TEXT);
  if (length && !g_utf8_validate(d->reason, -1, NULL)) return fail(error, MENO_ERROR_BAD_INPUT, "the reason is not UTF-8; write it again");
  if (!has_reason && (d->word != GATE_ACCEPT || gate_who(rules, p)->reason_always))
    return fail(error, MENO_ERROR_BAD_INPUT, "to %s \"%s\" needs a reason; say in a sentence why", gate_words[d->word], p->title);
  for (const char *const *id = yes; *id; id++) {
    bool known = false;
    for (int i = 0; i < kind->criterion_count; i++) known |= !strcmp(kind->criteria[i].id, *id);
    if (!known) return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is none of the questions asked of \"%s\"; leave it out", *id, kind->name);
  }
  for (int i = 0; d->word == GATE_ACCEPT && i < kind->criterion_count; i++)
    if (!g_strv_contains(yes, kind->criteria[i].id))
      return fail(error, MENO_ERROR_BAD_INPUT, "the question \"%s\" (%s) is not answered with yes; answer it, or request changes",
                  kind->criteria[i].question, kind->criteria[i].id);
  return true;
}

/* ---- deciding ---- */

/* The state after this decision. */
static const char *state_after(const struct rule_who *who, const struct gate_proposal *p, const struct gate_person *person, enum gate_word word) {
  if (word == GATE_REJECT) return STATE_REJECTED;
  if (word == GATE_REQUEST_CHANGES) return STATE_CHANGES;
  int people;
  unsigned roles = accepted_roles(p, &people) | (person->roles & who->of);
  return people + 1 >= who->people && !(who->with & ~roles) ? STATE_ACCEPTED : STATE_IN_APPROVAL;
}

static bool record(struct ledger_write *write, const struct rules *rules, const struct gate_proposal *p, const struct gate_person *person,
                   const struct gate_decision *d, GError **error) {
  const struct rule_who *who = gate_who(rules, p);
  g_autofree char *role = rules_role_names(person->roles & who->of, NULL);
  g_auto(json_writer_auto) w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "proposal", p->id);
  json_put_string(&w, "decision", gate_words[d->word]);
  if (person->instead_of) json_put_string(&w, "instead_of", person->instead_of);
  json_put_string(&w, "role", role);
  json_put_string(&w, "reason", d->reason && *d->reason ? d->reason : NULL);
  json_open_array(&w, "criteria");
  for (const char *const *id = d->criteria; id && *id; id++) json_put_string(&w, NULL, *id);
  json_close_array(&w);
  json_put_string(&w, "content_hash", p->content_hash);
  json_put_string(&w, "hash", p->hash);
  json_put_string(&w, "state", state_after(who, p, person, d->word));
  return gate_append(write, "approval.decided", p->id, person->actor, 0, rules->revision,
                     uuid_of("approval.decided", p->id, person->actor, gate_words[d->word], p->hash, NULL), &w, error);
}

bool gate_decide(struct ledger_write *write, const struct rules *rules, const struct gate_person *person, const struct gate_decision *decision,
                 int64_t now, GError **error) {
  g_autoptr(gate_proposal_auto) p = NULL;
  int found = gate_find(ledger_write_db(write), decision->proposal, &p, error);
  if (found < 0) return false;
  if (!found) return fail(error, MENO_ERROR_NOT_FOUND, "there is no proposal \"%s\"; list them with approvals", decision->proposal);
  const struct gate_approval *mine = approval_of(p, person->actor);
  if (mine && !g_strcmp0(p->hash, decision->hash) && !strcmp(mine->decision, gate_words[decision->word])) return true; /* a second click */
  return check_current(rules, p, decision->hash, now, error) && check_person(rules, p, person, decision->confirmer, error) &&
         check_once(p, person, decision->word, error) && check_words(rules, p, decision, error) && record(write, rules, p, person, decision, error);
}

bool gate_may(const struct rules *rules, const struct gate_proposal *proposal, const struct gate_person *person, const char *confirmer, int64_t now,
              char **ret_why) {
  g_autoptr(GError) why = NULL;
  const struct gate_approval *mine = approval_of(proposal, person->actor);
  bool fine = check_current(rules, proposal, proposal->hash, now, &why) && check_person(rules, proposal, person, confirmer, &why) &&
    check_once(proposal, person, GATE_ACCEPT, &why);
  if (fine && mine)
    fine = fail(&why, MENO_ERROR_CONFLICT, "you have %s it already; it waits for somebody else",
                past_words[!strcmp(mine->decision, gate_words[GATE_ACCEPT]) ? 0 : 1]);
  if (ret_why) *ret_why = fine ? NULL : g_strdup(why->message);
  return fine;
}
