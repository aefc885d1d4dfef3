/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Proposals as the pages and the command line show them: the row of the queue, and the whole with what an approver needs
 * to judge it: the questions, the risk and why, the rule in words, the evidence in sentences, and what changed since the
 * one before.
 *
 * Evidence that rests on fewer people than the disclosure threshold is told as such and not in its own words: a sentence
 * about four people would be a figure about four people.
 *
 * How it can be wrong: "what changed" compares the members of two bodies by their canonical text; it says which member
 * differs and from what to what where both are short, not why. */
#include "gate/disclosure.h"
#include "gate/proposals-private.h"
#include <string.h>

#define SHORT 60 /* bytes of a value that a difference quotes */

static char *called(const struct gate_view *view, const char *actor) { return view->name ? view->name(view->data, actor) : g_strdup(actor); }

void gate_write_row(const struct gate_view *view, const struct gate_proposal *p, struct json_writer *out) {
  char when[CLOCK_TEXT];
  unsigned waits = gate_waits_for(view->rules, p);
  bool mine = view->person && waits & view->person->roles && gate_may(view->rules, p, view->person, view->confirmer, view->now, NULL);
  json_put_string(out, "id", p->id);
  json_put_string(out, "kind", p->kind);
  json_put_string(out, "title", p->title);
  json_put_integer(out, "tier", p->tier);
  json_put_string(out, "state", p->state);
  json_put_string(out, "made", clock_format_time(p->made, when));
  json_put_string(out, "expires", clock_format_time(p->expires, when));
  json_put_string(out, "need", g_str_has_prefix(p->subject, "need:") ? p->subject + strlen("need:") : NULL);
  json_open_array(out, "waits_for");
  for (int i = 0; i < ROLE_COUNT; i++)
    if (waits & 1u << i) json_put_string(out, NULL, access_roles[i].title);
  json_close_array(out);
  json_put_bool(out, "mine", mine);
}

static void write_why(struct json input, struct json_writer *out) {
  json_open_array(out, "why");
  struct json_iter it = json_iter(json_get(json_get(input, "rests_on"), "evidence"));
  while (json_next(&it)) {
    int64_t people = 0;
    json_integer(json_get(it.value, "people"), &people);
    const char *sentence = json_string(json_get(it.value, "sentence"));
    const char *about = json_string(json_get(it.value, "about")), *source = json_string(json_get(it.value, "source"));
    g_autofree char *text = NULL;
    if (people > 0 && people < DISCLOSURE_SCORES) text = g_strdup_printf("%s: withheld, fewer than %d people stand behind it", source, DISCLOSURE_SCORES);
    else if (json_true(json_get(it.value, "against"))) text = g_strdup_printf("against %s: %s", about ? about : "it", sentence ? sentence : source);
    else text = about ? g_strdup_printf("for %s: %s", about, sentence ? sentence : source) : g_strdup(sentence ? sentence : source);
    json_put_string(out, NULL, text);
  }
  json_close_array(out);
}

int gate_write_strongest(const struct gate_proposal *p, int most, struct json_writer *out, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(p->input, strlen(p->input), error);
  if (!doc) return -1;
  int written = 0;
  struct json_iter it = json_iter(json_get(json_get(json_root(doc), "rests_on"), "evidence"));
  while (written < most && json_next(&it)) {
    int64_t people = 0;
    json_integer(json_get(it.value, "people"), &people);
    const char *sentence = json_string(json_get(it.value, "sentence"));
    if (!sentence || json_true(json_get(it.value, "against")) || (people > 0 && people < DISCLOSURE_SCORES)) continue;
    json_put_string(out, NULL, sentence);
    written++;
  }
  return written;
}

static void write_decisions(const struct gate_view *view, const struct gate_proposal *p, struct json_writer *out) {
  char when[CLOCK_TEXT];
  json_open_array(out, "decisions");
  for (guint i = 0; i < p->approvals->len; i++) {
    const struct gate_approval *a = p->approvals->pdata[i];
    g_autofree char *by = called(view, a->actor), *instead_of = a->instead_of ? called(view, a->instead_of) : NULL;
    g_autofree char *reason = seal_reveal(view->seal, a->reason, a->event, "reason", NULL, NULL);
    json_open_object(out, NULL);
    json_put_string(out, "by", by);
    json_put_string(out, "instead_of", instead_of);
    json_put_string(out, "role", a->role);
    json_put_string(out, "decision", a->decision);
    json_put_string(out, "reason", reason);
    json_put_string(out, "at", clock_format_time(a->at, when));
    json_close_object(out);
  }
  json_close_array(out);
}

/* ---- what changed since the one before ---- */

/* An object or a list in the middle of a sentence is for machines. */
static bool is_plain(struct json value) { return json_type(value) != JSON_OBJECT && json_type(value) != JSON_ARRAY; }

static void write_change(const char *key, struct json before, struct json after, struct json_writer *out) {
  g_autofree char *was = json_canonical(before, NULL), *is = json_canonical(after, NULL);
  if (!g_strcmp0(was, is)) return;
  g_autofree char *text = NULL;
  if (!was) text = g_strdup_printf("%s is new", key);
  else if (!is) text = g_strdup_printf("%s is gone", key);
  else if (is_plain(before) && is_plain(after) && strlen(was) <= SHORT && strlen(is) <= SHORT) text = g_strdup_printf("%s was %s, is %s", key, was, is);
  else text = g_strdup_printf("%s changed", key);
  json_put_string(out, NULL, text);
}

static void write_changes(const struct gate_proposal *p, const struct gate_proposal *previous, struct json input, struct json before,
                          struct json_writer *out) {
  json_open_array(out, "changed");
  if (!gate_is_open(p) && p->why) json_put_string(out, NULL, p->why);
  if (previous) {
    struct json now = json_get(json_get(input, "asks"), "body"), was = json_get(json_get(before, "asks"), "body");
    if (strcmp(p->title, previous->title))
      write_change("the title", json_get(json_get(before, "asks"), "title"), json_get(json_get(input, "asks"), "title"), out);
    struct json_iter it = json_iter(now);
    while (json_next(&it)) write_change(it.key, json_get(was, it.key), it.value, out);
    it = json_iter(was);
    while (json_next(&it))
      if (json_type(json_get(now, it.key)) == JSON_ABSENT) write_change(it.key, it.value, json_get(now, it.key), out);
    if (strcmp(p->evidence_hash, previous->evidence_hash)) json_put_string(out, NULL, "the evidence changed");
    if (strcmp(p->rules, previous->rules)) json_put_string(out, NULL, "the decision rules changed");
  }
  json_close_array(out);
}

bool gate_write_whole(const struct gate_view *view, struct db *db, const struct gate_proposal *p, struct json_writer *out, GError **error) {
  g_autoptr(gate_proposal_auto) previous = NULL;
  if (p->previous && gate_find(db, p->previous, &previous, error) < 0) return false;
  g_autoptr(json_doc_auto) doc = json_parse(p->input, strlen(p->input), error);
  g_autoptr(json_doc_auto) before = doc && previous ? json_parse(previous->input, strlen(previous->input), error) : NULL;
  if (!doc || (previous && !before)) return false;
  struct json input = json_root(doc), was = before ? json_root(before) : (struct json){ 0 };
  gate_write_row(view, p, out);
  json_put_raw(out, "body", p->content, strlen(p->content));
  json_put_string(out, "hash", p->hash);
  write_why(input, out);
  json_put_raw(out, "risk", p->risk, strlen(p->risk));
  json_put_string(out, "rule", p->rule);
  const struct rule_who *who = gate_who(view->rules, p);
  json_put_bool(out, "needs_reason", who && who->reason_always);
  g_autofree char *why_not = NULL;
  if (view->person && gate_is_open(p)) gate_may(view->rules, p, view->person, view->confirmer, view->now, &why_not);
  json_put_string(out, "why_not", why_not);
  json_put_raw(out, "criteria", p->criteria, strlen(p->criteria));
  write_decisions(view, p, out);
  g_autofree char *instead_of = view->person && view->person->instead_of ? called(view, view->person->instead_of) : NULL;
  json_put_string(out, "instead_of", instead_of);
  json_put_bool(out, "stale", !strcmp(p->state, STATE_SUPERSEDED) || (gate_is_open(p) && strcmp(p->rules, view->rules->revision)));
  write_changes(p, previous, input, was, out);
  json_put_string(out, "previous", p->previous);
  return true;
}
