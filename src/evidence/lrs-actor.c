/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Who a statement says that its actor is: for the people who have to say whose account it is. It stands nowhere but in the
 * statement itself, sealed; so it is opened from there each time. */
#include "evidence/lrs-private.h"
#include <string.h>

static char *told_as(struct json actor) {
  const char *openid = json_string(json_get(actor, "openid")), *mailbox = json_string(json_get(actor, "mbox")), *sum = json_string(json_get(actor, "mbox_sha1sum"));
  struct json account = json_get(actor, "account");
  const char *home = json_string(json_get(account, "homePage")), *name = json_string(json_get(account, "name"));
  if (mailbox) return g_strdup(g_str_has_prefix(mailbox, "mailto:") ? mailbox + 7 : mailbox);
  if (sum) return g_strdup_printf("SHA-1 of a mailbox, %s", sum);
  if (openid) return g_strdup(openid);
  return home && name ? g_strdup_printf("%s at %s", name, home) : NULL;
}

/* A file's statement stands in its event's body. */
static char *text_of_file(struct lrs *lrs, struct db *db, int64_t seq) {
  struct event event;
  enum seal_state state;
  bool json;
  if (ledger_find(db, seq, &event, NULL) != 1) return NULL;
  g_autoptr(json_doc_auto) doc = json_parse(event.body, event.body_length, NULL);
  struct json told = json_get(doc ? json_root(doc) : (struct json){ 0 }, "statement");
  size_t length = 0;
  char *text = NULL;
  if (json_type(told) == JSON_STRING) {
    text = seal_reveal(ledger_seal(lrs->ledger), json_string(told), event.id, "statement", &state, &json);
    if (state != SEAL_OPEN) g_clear_pointer(&text, g_free);
  } else if (json_type(told) == JSON_OBJECT) {
    const char *raw = json_raw(told, &length);
    text = g_strndup(raw, length);
  }
  event_clear(&event);
  return text;
}

int lrs_actor_at(struct lrs *lrs, struct db *db, int64_t seq, struct lrs_actor *ret_actor, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "evidence.statement_at", "i", seq);
  size_t length;
  int got = query_next(query, error);
  if (got != 1) return got;
  bool of_file = query_null(query, 2);
  g_autofree char *row = of_file ? NULL : lrs_row_text(lrs, db, query, &length);
  query_done(g_steal_pointer(&query));
  g_autofree char *text = of_file ? text_of_file(lrs, db, seq) : g_steal_pointer(&row);
  g_autoptr(json_doc_auto) doc = text ? json_parse(text, strlen(text), NULL) : NULL;
  struct json actor = json_get(doc ? json_root(doc) : (struct json){ 0 }, "actor"), account = json_get(actor, "account");
  char *told = doc ? told_as(actor) : NULL;
  if (!told) return 0;
  *ret_actor = (struct lrs_actor){ told, g_strdup(json_string(json_get(actor, "name"))), g_strdup(json_string(json_get(account, "name"))),
    g_strdup(json_string(json_get(actor, "mbox"))) };
  return 1;
}

void lrs_actor_clear(struct lrs_actor *actor) {
  g_clear_pointer(&actor->told, g_free);
  g_clear_pointer(&actor->name, g_free);
  g_clear_pointer(&actor->account, g_free);
  g_clear_pointer(&actor->mailbox, g_free);
}
