/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The envelope is held here, apart from the agent: an agent that is wrong, or was changed by a practitioner, still cannot
 * reach a team that waits, a person who has left, or a day that nobody approved. */
#include "runtime/deliver.h"
#include "base/id.h"
#include "company/load.h"
#include "runtime/outbox.h"
#include <string.h>

static const struct asset *asset_named(const struct company *company, const char *id) {
  for (int i = 0; i < company->assets.count; i++)
    if (strcmp(company->assets.at[i].id, id) == 0) return &company->assets.at[i];
  return NULL;
}

static bool allows_channel(struct json envelope, const char *channel) {
  struct json_iter it = json_iter(json_get(envelope, "channels"));
  while (json_next(&it))
    if (json_equals(it.value, channel)) return true;
  return false;
}

/* Has a team that this person works in, or leads, started? */
static bool has_started(const struct company *company, const struct intervention *intervention, int person, int32_t day) {
  for (int i = 0; i < intervention->count; i++) {
    const struct intervention_team *unit = &company->intervention_teams.at[intervention->first + i];
    bool theirs = company->people.at[person].team == unit->team || company->teams.at[unit->team].manager == person;
    if (theirs && unit->affected && unit->start != CLOCK_NO_DAY && unit->start <= day) return true;
  }
  return false;
}

static bool within_envelope(const struct company *company, const struct asset *asset, const struct handover *handover, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(asset->body, strlen(asset->body), NULL);
  struct json envelope = json_get(json_root(doc), "envelope");
  int32_t day = clock_day(handover->at), from = asset->published, until = CLOCK_NO_DAY;
  const char *first = json_string(json_get(envelope, "from")), *last = json_string(json_get(envelope, "until"));
  if (first) clock_parse_day(first, &from);
  if (last) clock_parse_day(last, &until);
  if (day < from || day > until || handover->expires > until)
    return fail(error, MENO_ERROR_FORBIDDEN, "the envelope of \"%s\" does not hold that day", asset->title);
  return allows_channel(envelope, handover->channel) || fail(error, MENO_ERROR_FORBIDDEN, "the envelope of \"%s\" does not allow the channel \"%s\"", asset->title, handover->channel);
}

static bool allowed(const struct company *company, const struct asset *asset, const struct handover *handover, GError **error) {
  const struct intervention *intervention = asset->intervention >= 0 ? &company->interventions.at[asset->intervention] : NULL;
  if (!intervention || intervention->state != INTERVENTION_RUNNING)
    return fail(error, MENO_ERROR_FORBIDDEN, "\"%s\" serves no intervention that runs", asset->title);
  if (company->people.at[handover->person].status != PERSON_ACTIVE) return fail(error, MENO_ERROR_FORBIDDEN, "the person does not work here now");
  if (!has_started(company, intervention, handover->person, clock_day(handover->at)))
    return fail(error, MENO_ERROR_FORBIDDEN, "the person's team has not started with \"%s\"", intervention->title);
  return within_envelope(company, asset, handover, error);
}

static bool record(struct ledger_write *write, const char *id, const char *person, const struct handover *handover, const char *actor, GError **error) {
  g_autofree char *subject = g_strconcat("delivery:", id, NULL);
  char text[CLOCK_TEXT];
  struct json_writer body;
  json_writer_init(&body);
  json_open_object(&body, NULL);
  json_put_string(&body, "asset", handover->asset);
  json_put_string(&body, "at", clock_format_time(handover->at, text));
  json_put_string(&body, "block", handover->block);
  json_put_string(&body, "channel", handover->channel);
  json_put_string(&body, "expires", clock_format_day(handover->expires, text));
  json_put_number(&body, "minutes", handover->minutes);
  json_put_string(&body, "person", person);
  json_put_string(&body, "reason", handover->reason);
  json_put_string(&body, "title", handover->title);
  json_close_object(&body);
  g_autofree char *json = json_writer_steal(&body, NULL);
  return ledger_append(write, &(struct event){ .id = uuid_of("delivery.made", id, NULL), .kind = "delivery.made", .subject = subject, .actor = actor, .body = json }, NULL, error) &&
    (strcmp(handover->channel, "inbox") == 0 || outbox_request(write, handover->channel, subject, person, handover->at, error));
}

bool deliver(struct ledger_write *write, const struct company *company, const struct handover *handover, const char *actor, GError **error) {
  const struct asset *asset = asset_named(company, handover->asset);
  if (!asset) return fail(error, MENO_ERROR_FORBIDDEN, "nobody approved an asset \"%s\"", handover->asset);
  if (asset->withdrawn) return fail(error, MENO_ERROR_FORBIDDEN, "\"%s\" was withdrawn: what it was made from was taken back", asset->title);
  if (!allowed(company, asset, handover, error)) return false;
  const char *person = company->people.at[handover->person].id;
  g_autofree char *id = id_short("d", handover->asset, handover->block, person, NULL);
  return record(write, id, person, handover, actor, error);
}
