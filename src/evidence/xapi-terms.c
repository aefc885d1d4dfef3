/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a statement is about, as terms with roles: what a store puts into its index so that each filter of GET statements is one
 * range (xAPI-Communication 2.1.3).
 *
 * One walk over the statement meets every Activity and every person with the role of the place; a SubStatement's places are all
 * one role, since only the related_ filters look there. Members of a group count as the group does: the specification has a
 * filter for an Agent match the groups that the Agent is in. Terms are sorted and merged, so a term in five places is one row.
 *
 * Not followed here: StatementRefs (the store knows the other statement, this one does not), and the SHA-1 of a mailbox (a store
 * may match it, none must). */
#include "evidence/xapi-private.h"

/* ---- keys ---- */

static void append_lower(GString *out, const char *text, size_t length) {
  size_t start = out->len;
  g_string_append_len(out, text, (gssize)length);
  for (char *p = out->str + start; *p; p++) *p = g_ascii_tolower(*p);
}

void xapi_uuid_key(struct json uuid, GString *out) {
  struct xapi_text text = xapi_text(uuid);
  if (text.p) append_lower(out, text.p, text.n);
}

bool xapi_agent_key(struct json agent, GString *out) {
  for (struct json_iter it = json_iter(agent); json_type(agent) == JSON_OBJECT && json_next(&it);) {
    struct xapi_text text = xapi_text(it.value);
    if (strcmp(it.key, "mbox") == 0 && text.p) {
      const char *at = memchr(text.p, '@', text.n);
      size_t local = at ? (size_t)(at - text.p) : text.n;
      g_string_append_len(out, text.p, (gssize)local);
      append_lower(out, text.p + local, text.n - local);
      return true;
    }
    if (strcmp(it.key, "mbox_sha1sum") == 0 && text.p) {
      append_lower(g_string_append(out, "mbox_sha1sum:"), text.p, text.n);
      return true;
    }
    if (strcmp(it.key, "openid") == 0 && text.p) {
      g_string_append_len(g_string_append(out, "openid:"), text.p, (gssize)text.n);
      return true;
    }
    if (strcmp(it.key, "account") == 0) {
      struct xapi_text home = xapi_text(json_get(it.value, "homePage")), name = xapi_text(json_get(it.value, "name"));
      if (!home.p || !name.p) return false;
      g_string_append_len(g_string_append(out, "account:"), home.p, (gssize)home.n);
      g_string_append_len(g_string_append_c(out, '|'), name.p, (gssize)name.n);
      return true;
    }
  }
  return false;
}

/* ---- the walk ---- */

struct walk { xapi_visitor activity, person; void *data; bool inner; };

static unsigned role(const struct walk *walk, unsigned of_place) { return walk->inner ? XAPI_ROLE_INNER : of_place; }

static void walk_activity(const struct walk *walk, struct json value, unsigned place) {
  if (walk->activity && json_type(value) == JSON_OBJECT) walk->activity(value, role(walk, place), walk->data);
}

static void walk_person(const struct walk *walk, struct json value, unsigned place) {
  if (!walk->person || json_type(value) != JSON_OBJECT) return;
  walk->person(value, role(walk, place), walk->data);
  struct json members = json_get(value, "member");
  if (json_type(members) != JSON_ARRAY) return;
  for (struct json_iter it = json_iter(members); json_next(&it);)
    if (json_type(it.value) == JSON_OBJECT) walk->person(it.value, role(walk, place), walk->data);
}

static void walk_context(const struct walk *walk, struct json context) {
  if (json_type(context) != JSON_OBJECT) return;
  for (struct json_iter it = json_iter(context); json_next(&it);) {
    bool agents = strcmp(it.key, "contextAgents") == 0;
    if (strcmp(it.key, "contextActivities") == 0)
      for (struct json_iter kind = json_iter(it.value); json_next(&kind);) {
        walk_activity(walk, kind.value, XAPI_ROLE_CONTEXT);
        if (json_type(kind.value) != JSON_ARRAY) continue;
        for (struct json_iter each = json_iter(kind.value); json_next(&each);) walk_activity(walk, each.value, XAPI_ROLE_CONTEXT);
      }
    else if (strcmp(it.key, "instructor") == 0 || strcmp(it.key, "team") == 0) walk_person(walk, it.value, XAPI_ROLE_CONTEXT);
    else if (agents || strcmp(it.key, "contextGroups") == 0)
      for (struct json_iter each = json_iter(it.value); json_next(&each);)
        walk_person(walk, json_get(each.value, agents ? "agent" : "group"), XAPI_ROLE_CONTEXT);
  }
}

static void walk_statement(struct walk *walk, struct json statement) {
  struct json object = json_get(statement, "object"), type = json_get(object, "objectType");
  walk_person(walk, json_get(statement, "actor"), XAPI_ROLE_ACTOR);
  if (json_equals(type, "Agent") || json_equals(type, "Group")) walk_person(walk, object, XAPI_ROLE_OBJECT);
  else if (json_type(type) == JSON_ABSENT || json_equals(type, "Activity")) walk_activity(walk, object, XAPI_ROLE_OBJECT);
  else if (json_equals(type, "SubStatement") && !walk->inner) {
    walk->inner = true;
    walk_statement(walk, object);
    walk->inner = false;
  }
  walk_context(walk, json_get(statement, "context"));
  walk_person(walk, json_get(statement, "authority"), XAPI_ROLE_AUTHORITY);
}

void xapi_visit_activities(struct json statement, xapi_visitor visit, void *data) {
  struct walk walk = { .activity = visit, .data = data };
  walk_statement(&walk, statement);
}

void xapi_visit_agents(struct json statement, xapi_visitor visit, void *data) {
  struct walk walk = { .person = visit, .data = data };
  walk_statement(&walk, statement);
}

/* ---- terms ---- */

/* While keys are still being added their text may move: a term first holds its offset. */
static void add(struct xapi_terms *terms, enum xapi_term_kind kind, unsigned roles, size_t start) {
  struct xapi_term term = { kind, roles, (const char *)(uintptr_t)start };
  g_string_append_c(terms->keys, '\0');
  g_array_append_val(terms->found, term);
}

static void add_activity(struct json activity, unsigned roles, void *data) {
  struct xapi_terms *terms = data;
  struct xapi_text id = xapi_text(json_get(activity, "id"));
  size_t start = terms->keys->len;
  if (!id.p) return;
  g_string_append_len(terms->keys, id.p, (gssize)id.n);
  add(terms, XAPI_ACTIVITY, roles, start);
}

static void add_person(struct json person, unsigned roles, void *data) {
  struct xapi_terms *terms = data;
  size_t start = terms->keys->len;
  if (xapi_agent_key(person, terms->keys)) add(terms, XAPI_AGENT, roles, start);
}

static void add_uuid(struct xapi_terms *terms, struct json uuid, enum xapi_term_kind kind, unsigned roles) {
  size_t start = terms->keys->len;
  if (json_type(uuid) != JSON_STRING) return;
  xapi_uuid_key(uuid, terms->keys);
  add(terms, kind, roles, start);
}

static int compare_terms(const void *a, const void *b) {
  const struct xapi_term *x = a, *y = b;
  return x->kind != y->kind ? (x->kind > y->kind) - (x->kind < y->kind) : strcmp(x->key, y->key);
}

void xapi_terms_init(struct xapi_terms *terms) {
  *terms = (struct xapi_terms){ .found = g_array_new(FALSE, FALSE, sizeof(struct xapi_term)), .keys = g_string_sized_new(1024) };
}

void xapi_terms_clear(struct xapi_terms *terms) {
  if (terms->found) g_array_free(terms->found, TRUE);
  if (terms->keys) g_string_free(terms->keys, TRUE);
  *terms = (struct xapi_terms){ 0 };
}

void xapi_terms_read(struct xapi_terms *terms, struct json statement) {
  g_array_set_size(terms->found, 0);
  g_string_truncate(terms->keys, 0);
  struct json object = json_get(statement, "object"), context = json_get(statement, "context");
  struct json verb = json_get(json_get(statement, "verb"), "id");
  struct xapi_text text = xapi_text(verb);
  if (text.p) {
    g_string_append_len(terms->keys, text.p, (gssize)text.n);
    add(terms, XAPI_VERB, XAPI_ROLE_VERB, 0);
  }
  if (json_equals(json_get(object, "objectType"), "StatementRef"))
    add_uuid(terms, json_get(object, "id"), XAPI_STATEMENT, XAPI_ROLE_OBJECT | (json_equals(verb, XAPI_VOIDED) ? XAPI_ROLE_VOIDED : 0));
  add_uuid(terms, json_get(context, "registration"), XAPI_REGISTRATION, XAPI_ROLE_CONTEXT);
  add_uuid(terms, json_get(json_get(context, "statement"), "id"), XAPI_STATEMENT, XAPI_ROLE_CONTEXT_REF);
  struct walk walk = { add_activity, add_person, terms, false };
  walk_statement(&walk, statement);
  terms->items = &g_array_index(terms->found, struct xapi_term, 0);
  terms->count = 0;
  for (unsigned i = 0; i < terms->found->len; i++) terms->items[i].key = terms->keys->str + (uintptr_t)terms->items[i].key;
  if (terms->found->len > 1) qsort(terms->items, terms->found->len, sizeof *terms->items, compare_terms);
  for (unsigned i = 0; i < terms->found->len; i++) {
    struct xapi_term *last = terms->count > 0 ? &terms->items[terms->count - 1] : NULL;
    if (last && compare_terms(last, &terms->items[i]) == 0) last->roles |= terms->items[i].roles;
    else terms->items[terms->count++] = terms->items[i];
  }
}
