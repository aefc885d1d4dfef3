/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What was put before people. Each person sees the own inbox and answers it; everybody else sees counts of groups at or above
 * the threshold. A no needs no reason and has no consequence but that no more of it comes.
 *
 * The own rows are read from the database: an answer does not make the shared snapshot old, so a click costs no load of the
 * whole company; agents and counts see it with the next one. */
#include "ops/tables.h"
#include "runtime/outbox.h"
#include <math.h>
#include <string.h>

static int self(const struct op_call *call, const struct company *company) {
  return call->caller.person ? company_person(company, call->caller.person) : -1;
}

/* ---- inbox ------------------------------------------------------------------------------------------------------ */

static int asset_named(const struct company *company, const char *id) {
  for (int i = 0; i < company->assets.count; i++)
    if (strcmp(company->assets.at[i].id, id) == 0) return i;
  return -1;
}

/* One of the caller's own deliveries; texts are borrowed from the row. */
static struct delivery read_delivery(struct query *q, const struct company *company, int32_t today) {
  struct delivery delivery = { .id = query_text(q, 0), .asset = asset_named(company, query_text(q, 1)), .block = query_text(q, 2), .channel = query_text(q, 4),
    .title = query_text(q, 5), .reason = query_text(q, 6), .minutes = query_double(q, 7), .at = query_integer(q, 8), .expires = (int32_t)query_integer(q, 9) };
  for (int state = 0; state < DELIVERY_STATES; state++)
    if (strcmp(delivery_state_names[state], query_text(q, 10)) == 0) delivery.state = (enum delivery_state)state;
  int of = delivery.asset >= 0 ? company->assets.at[delivery.asset].intervention : -1;
  bool over = delivery.expires < today || (of >= 0 && company->interventions.at[of].state == INTERVENTION_STOPPED);
  if (over && delivery.state <= DELIVERY_OPENED) delivery.state = DELIVERY_EXPIRED;
  return delivery;
}

/* Does the block come in a delivery of its own, now or later? The snapshot knows what the agent has planned so far. */
static bool is_apart(const struct company *company, int asset, int person, const char *block) {
  for (int i = 0; i < company->deliveries.count; i++) {
    const struct delivery *other = &company->deliveries.at[i];
    if (other->asset == asset && other->person == person && strcmp(other->block, block) == 0) return true;
  }
  return false;
}

/* The blocks of the asset that this delivery carries: the one that it names, else all that come in no delivery of their own. */
static void write_blocks(struct json_writer *out, const struct company *company, const struct delivery *delivery, int person) {
  const struct asset *asset = &company->assets.at[delivery->asset];
  g_autoptr(json_doc_auto) doc = json_parse(asset->body, strlen(asset->body), NULL);
  struct json_iter it = json_iter(json_get(json_root(doc), "blocks"));
  json_open_array(out, "blocks");
  while (json_next(&it)) {
    const char *id = json_string(json_get(it.value, "id"));
    bool mine = *delivery->block ? id && strcmp(id, delivery->block) == 0 : !id || !is_apart(company, delivery->asset, person, id);
    if (mine) json_put_value(out, NULL, it.value);
  }
  json_close_array(out);
  json_put_value(out, "sources", json_get(json_root(doc), "sources"));
}

static void write_delivery(struct json_writer *out, const struct company *company, const struct delivery *delivery, int person) {
  const struct asset *asset = &company->assets.at[delivery->asset];
  json_put_string(out, "id", delivery->id);
  json_put_string(out, "kind", "delivery");
  json_put_string(out, "title", delivery->title);
  json_put_string(out, "text", delivery->reason);
  put_time(out, "at", delivery->at);
  put_day(out, "expires", delivery->expires);
  json_put_number(out, "minutes", delivery->minutes);
  json_put_string(out, "state", delivery_state_names[delivery->state]);
  json_put_string(out, "modality", asset->modality);
  json_put_string(out, "goal", asset->goal >= 0 ? company->goals.at[asset->goal].name : NULL);
  write_blocks(out, company, delivery, person);
}

static bool write_notes(struct op_call *call, struct json_writer *out, struct db *db, const char *person, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.notes_of", "t", person);
  int got;
  while ((got = query_next(query, error)) == 1) {
    g_autofree char *title = ops_reveal(call, query, 1, 5, "title"), *text = ops_reveal(call, query, 2, 5, "text");
    json_open_object(out, NULL);
    json_put_string(out, "id", query_text(query, 0));
    json_put_string(out, "kind", "note");
    json_put_string(out, "title", title);
    json_put_string(out, "text", text);
    put_time(out, "at", query_integer(query, 3));
    static const char *const none[] = { "expires", "minutes", "state", "modality", "goal", "sources" };
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) json_put_null(out, none[i]);
    json_open_array(out, "blocks");
    json_close_array(out);
    json_close_object(out);
  }
  return got == 0;
}

static bool write_deliveries(struct op_call *call, struct json_writer *out, struct db *db, const struct company *company, int person, int64_t now, GError **error) {
  g_autoptr(query_auto) query = db_query(db, error, "company.deliveries_of", "t", company->people.at[person].id);
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct delivery delivery = read_delivery(query, company, clock_day(now));
    if (delivery.at > now || delivery.asset < 0) continue;
    g_autofree char *reason = ops_reveal(call, query, 6, 13, "reason");
    delivery.reason = reason;
    json_open_object(out, NULL);
    write_delivery(out, company, &delivery, person);
    json_close_object(out);
  }
  return got == 0;
}

static bool inbox(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  if (!db) return false;
  int person = self(call, view->company);
  json_open_array(out, "items");
  bool fine = person < 0 || (write_deliveries(call, out, db, view->company, person, call->now, error) && write_notes(call, out, db, view->company->people.at[person].id, error));
  json_close_array(out);
  return fine;
}

/* ---- answering -------------------------------------------------------------------------------------------------- */

static bool record_answer(struct op_call *call, const char *id, enum delivery_state state, GError **error) {
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "reason", op_text(call, "reason"));
  json_put_string(&body, "state", delivery_state_names[state]);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("delivery:", id, NULL);
  return ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = "delivery.answered", .subject = subject, .actor = call->caller.actor,
    .taint = op_text(call, "reason") ? TAINT_EMPLOYEE_TEXT : 0, .body = text }, error) > 0;
}

/* 1 the caller's own delivery, read into `ret` with its texts borrowed from `query`; 0 there is none. */
static int own_delivery(struct op_call *call, struct query *query, const struct company *company, struct delivery *ret, GError **error) {
  int got = query_next(query, error), person = self(call, company);
  bool own = got == 1 && person >= 0 && strcmp(query_text(query, 3), company->people.at[person].id) == 0;
  if (own) *ret = read_delivery(query, company, clock_day(call->now));
  if (own || got < 0) return got;
  fail(error, MENO_ERROR_NOT_FOUND, "nothing called \"%s\" was delivered to you", op_text(call, "id"));
  return 0;
}

static bool answer(struct op_call *call, struct json_writer *out, enum delivery_state state, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autoptr(db_auto) db = view ? store_read(system_store(call->system), error) : NULL;
  g_autoptr(query_auto) query = db ? db_query(db, error, "company.delivery", "t", op_text(call, "id")) : NULL;
  struct delivery delivery;
  if (!query || own_delivery(call, query, view->company, &delivery, error) != 1) return false;
  bool lapsed = delivery.state == DELIVERY_EXPIRED;
  if (lapsed && state != DELIVERY_OPENED) return fail(error, MENO_ERROR_CONFLICT, "\"%s\" has lapsed; you may still read it", delivery.title);
  bool stays = lapsed || delivery.state >= state; /* opening what is done leaves it done */
  if (!stays && !record_answer(call, delivery.id, state, error)) return false;
  json_put_string(out, "id", delivery.id);
  json_put_string(out, "state", delivery_state_names[stays ? delivery.state : state]);
  return true;
}

static bool inbox_open(struct op_call *call, struct json_writer *out, GError **error) { return answer(call, out, DELIVERY_OPENED, error); }
static bool inbox_done(struct op_call *call, struct json_writer *out, GError **error) { return answer(call, out, DELIVERY_DONE, error); }
static bool inbox_decline(struct op_call *call, struct json_writer *out, GError **error) { return answer(call, out, DELIVERY_DECLINED, error); }

/* ---- preferences ------------------------------------------------------------------------------------------------ */

static void put_minute(struct json_writer *out, const char *key, int minute) {
  g_autofree char *text = g_strdup_printf("%02d:%02d", minute / 60, minute % 60);
  json_put_string(out, key, text);
}

static bool parse_minute(const char *text, int *ret_minute) {
  if (!text || strlen(text) != 5 || text[2] != ':') return false;
  for (int i = 0; i < 5; i++)
    if (i != 2 && !g_ascii_isdigit(text[i])) return false;
  int hour = (text[0] - '0') * 10 + text[1] - '0', minute = (text[3] - '0') * 10 + text[4] - '0';
  *ret_minute = hour * 60 + minute;
  return hour < 24 && minute < 60;
}

/* 1 what the person said; 0 nobody, or nothing said: `ret` holds what holds for all. `*ret_channel` is newly allocated. */
static int preference_of(struct op_call *call, const struct company *company, struct preference *ret, char **ret_channel, GError **error) {
  int person = self(call, company);
  *ret = (struct preference){ person, DELIVERY_QUIET_FROM, DELIVERY_QUIET_TO, DELIVERY_WEEKLY_MINUTES, *ret_channel = g_strdup("inbox") };
  if (person < 0) return 0;
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "company.preference_of", "t", company->people.at[person].id) : NULL;
  int got = query_next(query, error);
  if (got != 1) return got;
  g_free(*ret_channel);
  *ret = (struct preference){ person, (int)query_integer(query, 1), (int)query_integer(query, 2), query_double(query, 3), *ret_channel = g_strdup(query_text(query, 4)) };
  return 1;
}

static void write_preference(struct op_call *call, struct json_writer *out, const struct preference *wish, bool own) {
  put_minute(out, "quiet_from", wish->quiet_from);
  put_minute(out, "quiet_to", wish->quiet_to);
  json_put_number(out, "weekly_minutes", wish->weekly_minutes);
  json_put_string(out, "channel", wish->channel);
  json_put_bool(out, "messages", system_messages(call->system) != NULL);
  json_put_bool(out, "own", own);
}

static bool preferences_show(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autofree char *channel = NULL;
  struct preference wish;
  int got = view ? preference_of(call, view->company, &wish, &channel, error) : -1;
  if (got >= 0) write_preference(call, out, &wish, got == 1);
  return got >= 0;
}

static bool preferences_set(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  g_autofree char *channel = NULL;
  struct preference wish;
  if (!view || preference_of(call, view->company, &wish, &channel, error) < 0) return false;
  if (wish.person < 0) return fail(error, MENO_ERROR_NOT_FOUND, "the account \"%s\" is nobody of the company, so nothing is delivered to it", call->caller.account);
  const struct { const char *field; int *minute; } ends[] = { { "quiet_from", &wish.quiet_from }, { "quiet_to", &wish.quiet_to } };
  for (size_t i = 0; i < G_N_ELEMENTS(ends); i++)
    if (op_has(call, ends[i].field) && !parse_minute(op_text(call, ends[i].field), ends[i].minute))
      return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is no time of day like 18:30", ends[i].field);
  wish.weekly_minutes = op_number(call, "weekly_minutes", wish.weekly_minutes);
  if (op_text(call, "channel")) wish.channel = op_text(call, "channel");
  if (strcmp(wish.channel, "message") == 0 && op_text(call, "channel") && !system_messages(call->system))
    return fail(error, MENO_ERROR_BAD_INPUT, "nobody has set up messages here; take inbox or file, or ask an administrator for channels.yaml");
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "channel", wish.channel);
  json_put_integer(&body, "quiet_from", wish.quiet_from);
  json_put_integer(&body, "quiet_to", wish.quiet_to);
  json_put_number(&body, "weekly_minutes", wish.weekly_minutes);
  json_close_object(&body);
  g_autofree char *text = json_writer_steal(&body, NULL), *subject = g_strconcat("person:", view->company->people.at[wish.person].id, NULL);
  if (ledger_record(system_ledger(call->system), call->now, &(struct event){ .kind = "delivery.preferred", .subject = subject, .actor = call->caller.actor, .body = text }, error) <= 0)
    return false;
  write_preference(call, out, &wish, true);
  return true;
}

/* ---- calendar --------------------------------------------------------------------------------------------------- */

/* RFC 5545: text is escaped, lines end with CRLF and are folded before 75 octets, never within a character. */
static void calendar_line(GString *out, const char *name, const char *value, bool text) {
  g_autoptr(GString) line = g_string_new(name);
  g_string_append_c(line, ':');
  for (const char *at = value; *at; at++) {
    if (text && strchr("\\;,", *at)) g_string_append_c(line, '\\');
    if (*at == '\n') g_string_append(line, "\\n");
    else if ((unsigned char)*at >= ' ') g_string_append_c(line, *at);
  }
  for (size_t from = 0, width = 74; from < line->len; width = 73) {
    size_t to = MIN(from + width, line->len);
    while (to < line->len && ((unsigned char)line->str[to] & 0xC0) == 0x80) to--;
    g_string_append_printf(out, "%s%.*s\r\n", from ? " " : "", (int)(to - from), line->str + from);
    from = to;
  }
}

static void calendar_time(GString *out, const char *name, int64_t time) {
  char text[CLOCK_TEXT];
  g_autoptr(GString) compact = g_string_new("");
  for (const char *at = clock_format_time(time, text); *at && *at != '.'; at++)
    if (*at != '-' && *at != ':') g_string_append_c(compact, *at);
  if (!g_str_has_suffix(compact->str, "Z")) g_string_append_c(compact, 'Z');
  calendar_line(out, name, compact->str, false);
}

static void calendar_event(GString *out, const struct delivery *delivery) {
  int64_t minutes = (int64_t)fmax(5, ceil(delivery->minutes));
  g_autofree char *uid = g_strconcat(delivery->id, "@meno", NULL);
  calendar_line(out, "BEGIN", "VEVENT", false);
  calendar_line(out, "UID", uid, true);
  calendar_time(out, "DTSTAMP", delivery->at);
  calendar_time(out, "DTSTART", delivery->at);
  calendar_time(out, "DTEND", delivery->at + minutes * 60 * CLOCK_SECOND);
  calendar_line(out, "SUMMARY", delivery->title, true);
  calendar_line(out, "DESCRIPTION", delivery->reason, true);
  calendar_line(out, "TRANSP", "TRANSPARENT", false);
  calendar_line(out, "STATUS", delivery->state == DELIVERY_DECLINED || delivery->state == DELIVERY_EXPIRED ? "CANCELLED" : "CONFIRMED", false);
  calendar_line(out, "END", "VEVENT", false);
}

static bool calendar_events(GString *out, struct op_call *call, const struct company *company, int person, GError **error) {
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(query_auto) query = db ? db_query(db, error, "company.deliveries_of", "t", company->people.at[person].id) : NULL;
  int got;
  while ((got = query_next(query, error)) == 1) {
    struct delivery delivery = read_delivery(query, company, clock_day(call->now));
    g_autofree char *reason = ops_reveal(call, query, 6, 13, "reason");
    delivery.reason = reason;
    calendar_event(out, &delivery);
  }
  return got == 0;
}

static bool calendar(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  int person = self(call, view->company);
  GString *text = g_string_new("");
  calendar_line(text, "BEGIN", "VCALENDAR", false);
  calendar_line(text, "VERSION", "2.0", false);
  calendar_line(text, "PRODID", "-//Meno//Deliveries//EN", false);
  calendar_line(text, "X-WR-CALNAME", "Learning at work", true);
  bool fine = person < 0 || calendar_events(text, call, view->company, person, error);
  calendar_line(text, "END", "VCALENDAR", false);
  call->file_name = g_strdup("learning.ics");
  call->file_type = "text/calendar; charset=utf-8";
  call->file_out = g_string_free_to_bytes(text);
  return fine;
}

/* ---- counts ----------------------------------------------------------------------------------------------------- */

/* Per asset: how many people it reached and what they answered. Fewer than five: no figure. */
static void write_counts(struct json_writer *out, const struct company *company, int asset) {
  g_autoptr(GHashTable) people = g_hash_table_new(g_direct_hash, g_direct_equal);
  int states[DELIVERY_STATES] = { 0 }, made = 0;
  for (int i = 0; i < company->deliveries.count; i++) {
    const struct delivery *delivery = &company->deliveries.at[i];
    if (delivery->asset != asset) continue;
    g_hash_table_add(people, GINT_TO_POINTER(delivery->person + 1));
    states[delivery->state]++;
    made++;
  }
  guint reached = g_hash_table_size(people);
  bool hidden = reached > 0 && reached < OPS_LEAST_PEOPLE;
  json_put_string(out, "asset", company->assets.at[asset].id);
  json_put_string(out, "title", company->assets.at[asset].title);
  json_put_string(out, "modality", company->assets.at[asset].modality);
  json_put_bool(out, "hidden", hidden);
  json_put_number(out, "people", hidden ? NAN : reached);
  json_put_number(out, "deliveries", hidden ? NAN : made);
  for (int state = 0; state < DELIVERY_STATES; state++) {
    /* one answer that differs from all others would tell whose it is */
    bool few = hidden || (states[state] > 0 && states[state] < OPS_LEAST_PEOPLE);
    json_put_number(out, delivery_state_names[state], few ? NAN : states[state]);
  }
}

static bool deliveries_list(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(view_auto) view = system_view(call->system, error);
  if (!view) return false;
  json_open_array(out, "deliveries");
  for (int i = 0; i < view->company->assets.count; i++) {
    json_open_object(out, NULL);
    write_counts(out, view->company, i);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

/* ---- outbox ----------------------------------------------------------------------------------------------------- */

static const char *const action_states[] = { "dead", "uncertain", "requested", "started", "done", "dropped", NULL };

static bool outbox(struct op_call *call, struct json_writer *out, GError **error) {
  const char *state = op_text(call, "state");
  g_autoptr(db_auto) db = store_read(system_store(call->system), error);
  g_autoptr(GPtrArray) actions = db ? outbox_list(db, system_seal(call->system), state ? state : action_states[0], error) : NULL;
  if (!actions) return false;
  json_open_array(out, "actions");
  for (guint i = 0; i < actions->len; i++) {
    const struct action *action = actions->pdata[i];
    json_open_object(out, NULL);
    json_put_string(out, "id", action->id);
    json_put_string(out, "channel", action->channel);
    json_put_string(out, "subject", action->subject);
    json_put_string(out, "state", action->state);
    json_put_integer(out, "attempts", action->attempts);
    put_time(out, "due", action->due);
    json_put_string(out, "why", action->why);
    json_close_object(out);
  }
  json_close_array(out);
  return true;
}

static bool retry(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(call->system), call->now, error);
  if (!write || !outbox_retry(write, op_text(call, "id"), call->caller.actor, error) || !ledger_commit(g_steal_pointer(&write), error) ||
      !system_dispatch(call->system, call->now, error)) return false;
  json_put_string(out, "id", op_text(call, "id"));
  return true;
}

static bool settle(struct op_call *call, struct json_writer *out, GError **error) {
  g_autoptr(ledger_write_auto) write = ledger_write(system_ledger(call->system), call->now, error);
  if (!write || !outbox_settle(write, op_text(call, "id"), op_text(call, "word"), op_text(call, "reason"), call->caller.actor, error) ||
      !ledger_commit(g_steal_pointer(&write), error) || !system_dispatch(call->system, call->now, error)) return false;
  json_put_string(out, "id", op_text(call, "id"));
  return true;
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

static const char *const channel_words[] = { "inbox", "file", "message", NULL };
static const struct field item_row[] = { { "id", FIELD_ID("delivery"), REQUIRED, "" }, { "kind", FIELD_TEXT(0), REQUIRED, "delivery or note" }, { "title", FIELD_TEXT(0), REQUIRED, "" },
  { "text", FIELD_TEXT(0), REQUIRED, "of a delivery: why it came; of a note: its text" }, { "at", FIELD_TIME, REQUIRED, "" }, { "expires", FIELD_DAY, REQUIRED | NULLABLE, "" },
  { "minutes", FIELD_FIGURE, REQUIRED | NULLABLE, "of your attention" }, { "state", FIELD_TEXT(0), REQUIRED | NULLABLE, "shown, opened, done, declined, expired" },
  { "modality", FIELD_TEXT(0), REQUIRED | NULLABLE, "" }, { "goal", FIELD_TEXT(0), REQUIRED | NULLABLE, "the business goal that it serves" },
  { "blocks", FIELD_ANY, REQUIRED, "of the asset, as it was approved" }, { "sources", FIELD_ANY, REQUIRED | NULLABLE, "what it was written from" }, { 0 } };
static const struct field inbox_out[] = { { "items", FIELD_LIST(item_row), REQUIRED, "newest first" }, { 0 } };
static const struct field id_in[] = { { "id", FIELD_ID("delivery"), REQUIRED | IN_PATH, "the delivery" }, { 0 } };
static const struct field decline_in[] = { { "id", FIELD_ID("delivery"), REQUIRED | IN_PATH, "the delivery" }, { "reason", FIELD_TEXT(LIMIT_TEXT), 0, "if you like: why" }, { 0 } };
static const struct field answer_out[] = { { "id", FIELD_ID("delivery"), REQUIRED, "" }, { "state", FIELD_TEXT(0), REQUIRED, "" }, { 0 } };
#define PREFERENCE_FIELDS(needs) { "quiet_from", FIELD_TEXT(5), needs, "no delivery from this time of day, UTC" }, { "quiet_to", FIELD_TEXT(5), needs, "until this one" }, \
  { "weekly_minutes", FIELD_NUMBER(0, 600), needs, "of attention a week; 0: nothing comes" }, { "channel", FIELD_WORD(channel_words), needs, "inbox; or a file for the company's other tools, too; or notes as a message, too" }
static const struct field preference_in[] = { PREFERENCE_FIELDS(0), { 0 } };
static const struct field preference_out[] = { PREFERENCE_FIELDS(REQUIRED), { "messages", FIELD_BOOL, REQUIRED, "the administrator has set them up" }, { "own", FIELD_BOOL, REQUIRED, "false: nobody has changed what holds for all" }, { 0 } };
static const struct field count_row[] = { { "asset", FIELD_ID("asset"), REQUIRED, "" }, { "title", FIELD_TEXT(0), REQUIRED, "" }, { "modality", FIELD_TEXT(0), REQUIRED, "" }, { "hidden", FIELD_BOOL, REQUIRED, "fewer than five people" },
  { "people", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "deliveries", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "shown", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "opened", FIELD_FIGURE, REQUIRED | NULLABLE, "" },
  { "done", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "declined", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { "expired", FIELD_FIGURE, REQUIRED | NULLABLE, "" }, { 0 } };
static const struct field counts_out[] = { { "deliveries", FIELD_LIST(count_row), REQUIRED, "one row per asset" }, { 0 } };
static const struct field outbox_in[] = { { "state", FIELD_WORD(action_states), 0, "dead (default), uncertain, requested, started, done or dropped" }, { 0 } };
static const struct field action_row[] = { { "id", FIELD_ID("action"), REQUIRED, "" }, { "channel", FIELD_TEXT(0), REQUIRED, "" }, { "subject", FIELD_TEXT(0), REQUIRED, "" }, { "state", FIELD_TEXT(0), REQUIRED, "" },
  { "attempts", FIELD_COUNT, REQUIRED, "" }, { "due", FIELD_TIME, REQUIRED | NULLABLE, "" }, { "why", FIELD_TEXT(0), REQUIRED | NULLABLE, "of the last failure" }, { 0 } };
static const struct field outbox_out[] = { { "actions", FIELD_LIST(action_row), REQUIRED, "newest first" }, { 0 } };
static const struct field retry_in[] = { { "id", FIELD_ID("action"), REQUIRED | IN_PATH, "the dead letter" }, { 0 } };
static const struct field settle_in[] = { { "id", FIELD_ID("action"), REQUIRED | IN_PATH, "the uncertain act, or the dead letter" },
  { "word", FIELD_WORD(outbox_words), REQUIRED, "sent: it has arrived; again: send it again; drop: leave it" }, { "reason", FIELD_TEXT(LIMIT_TEXT), 0, "how you know" }, { 0 } };
static const struct field retry_out[] = { { "id", FIELD_ID("action"), REQUIRED, "" }, { 0 } };

const struct op deliveries_ops[] = {
  { "me inbox", GET, "/me/inbox", MAY_SEE_OWN, NULL, inbox_out, inbox, "What was put before me, and why it came", "own data" },
  { "me open", POST, "/me/inbox/{id}/open", MAY_SEE_OWN, id_in, answer_out, inbox_open, "Open a delivery", "own data" },
  { "me done", POST, "/me/inbox/{id}/done", MAY_SEE_OWN, id_in, answer_out, inbox_done, "Say that a delivery is done", "own data" },
  { "me decline", POST, "/me/inbox/{id}/decline", MAY_SEE_OWN, decline_in, answer_out, inbox_decline, "Decline a delivery, and what would follow it", "own data" },
  { "me preferences", GET, "/me/preferences", MAY_SEE_OWN, NULL, preference_out, preferences_show, "Quiet hours, minutes a week and channel of my deliveries", "own data" },
  { "me prefer", POST, "/me/preferences", MAY_SEE_OWN, preference_in, preference_out, preferences_set, "Change quiet hours, minutes a week or channel", "own data" },
  { "me calendar", GET, "/me/calendar", MAY_SEE_OWN, NULL, NULL, calendar, "My deliveries as an iCalendar file", "own data", BODY_FILE_OUT },
  { "deliveries list", GET, "/deliveries", MAY_READ_NEEDS, NULL, counts_out, deliveries_list, "How many people each asset reached, and what they answered", "delivery" },
  { "outbox list", GET, "/outbox", MAY_OPERATE, outbox_in, outbox_out, outbox, "Acts on the outside world: dead letters, or those that wait or are done", "running the system" },
  { "outbox retry", POST, "/outbox/{id}/retry", MAY_OPERATE, retry_in, retry_out, retry, "Send a dead letter again", "running the system" },
  { "outbox settle", POST, "/outbox/{id}/settle", MAY_OPERATE, settle_in, retry_out, settle, "Say what is to become of what may have been sent, or of a dead letter", "running the system" },
  { 0 } };
