/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * delivery: who needs which block now, and through which channel, within what they can bear?
 *
 * Inputs: approved assets with the envelope that people accepted (channels, from, until), the interventions that they serve
 * with each team's start, who works where (people.csv), what has been delivered and how it was answered, what each person
 * wants of deliveries, and skill levels (results.csv), so that nobody is sent what they can do already.
 *
 * Method. An asset comes in parts: first what explains and helps (one delivery), then each check and each practice prompt
 * apart, spaced by days, because what is recalled later stays longer. A part is due when its team has started, the parts
 * before it were not declined, and its gap since the first has passed. Of all that is due for a person the most valuable
 * comes first (the goal's weight × money at stake × the chance that this form of content moves a goal, as effects have told it where the cause
 * was the same: company_weight; without a record even chances), as long as the week's minutes allow; the rest waits. It is shown at the
 * next moment outside the person's quiet hours, never on a weekend.
 *
 * What it never does: deliver to a team that waits or is the comparison; outside the envelope; twice; after a no; to
 * somebody who has left, or whose level is known to be where the job needs it. A person hears why a delivery came, and what came of others in
 * its form. A poor record only puts it behind: leaving a form out is the content agent's business, and holding back what was approved and
 * registered would change what is measured.
 *
 * How it can be wrong: reading time is estimated from words (220 a minute for prose, M. Brysbaert, "How many words do we read
 * per minute?", 2019: 238 for English non-fiction, slower in a second language) and clocks are UTC: a company far from it
 * sets its people's quiet hours accordingly. Spacing in days after N. Cepeda et al., "Spacing effects in learning", 2008:
 * a gap of 10 to 20 % of the time that something shall be remembered for; for a month that is three to six days. */
#include "agents/agent.h"
#include "base/id.h"
#include "company/level.h"
#include <math.h>
#include <string.h>

#define WORDS_A_MINUTE 220.0
#define KNOWN 0.9              /* chance of being at the job's level from which nothing is sent */
#define EVEN_CHANCES 0.5       /* of moving a goal, before anything is known */
#define MOST_A_TURN 20000      /* deliveries of one turn; the rest waits for the next */

/* Which blocks come apart, and how many days after the first part. */
static const struct { const char *kind; int after; } later[] = { { "check", 4 }, { "practice", 8 } };

struct part { const char *block, *title; int after; double minutes; }; /* block "": all that comes at once */

struct offer {                 /* an asset that may be delivered today */
  const struct asset *asset;
  const struct intervention *intervention;
  bool to_managers, file;
  int32_t from, until;
  const struct weight *record; /* of its form, where the cause was this one; NULL: none yet */
  double worth;
  GArray *parts;               /* struct part */
};

struct round {
  const struct snapshot *now;
  const struct company *c;
  int32_t today;
  struct levels *levels;
  GArray *offers;              /* struct offer */
  GHashTable *given;           /* "asset|block|person" → struct delivery */
  double *minutes;             /* per person, within the last seven days */
  const struct preference **wish; /* per person, or NULL */
  GStringChunk *texts;
  struct turn *out;
  int count;
};

static const char *say(struct round *r, const char *format, ...) G_GNUC_PRINTF(2, 3);
static const char *say(struct round *r, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return g_string_chunk_insert(r->texts, text);
}

static int32_t day_of(struct json value, int32_t otherwise)
{
  int32_t day = otherwise;
  const char *text = json_string(value);
  if (text)
    clock_parse_day(text, &day);
  return day;
}

/* ---- what an asset consists of -------------------------------------------------------------------------------------- */

static int words_in(struct json value)
{
  static const char *const read[] = { "ask", "heading", "items", "lead", "options", "questions", "sentences", "stem", "text", NULL };
  int words = 0;
  const char *text = json_string(value);
  if (text != NULL) {
    for (const char *at = text; *at; at++)
      words += !g_ascii_isspace(*at) && (at[1] == 0 || g_ascii_isspace(at[1]));
    return words;
  }
  struct json_iter it = json_iter(value);
  if (json_type(value) != JSON_ARRAY && json_type(value) != JSON_OBJECT)
    return 0;
  while (json_next(&it))
    if (it.key == NULL || g_strv_contains(read, it.key))
      words += words_in(it.value);
  return words;
}

static int days_after(const char *kind)
{
  for (size_t i = 0; kind != NULL && i < G_N_ELEMENTS(later); i++)
    if (strcmp(later[i].kind, kind) == 0)
      return later[i].after;
  return 0;
}

static GArray *parts_of(struct round *r, const struct asset *asset, struct json body)
{
  GArray *parts = g_array_new(FALSE, TRUE, sizeof(struct part));
  struct part first = { .block = "", .title = asset->title };
  struct json_iter it = json_iter(json_get(body, "blocks"));
  g_array_append_val(parts, first);
  while (json_next(&it)) {
    const char *id = json_string(json_get(it.value, "id")), *kind = json_string(json_get(it.value, "kind")), *heading = json_string(json_get(it.value, "heading"));
    struct part part = { .after = days_after(kind), .minutes = words_in(it.value) / WORDS_A_MINUTE };
    if (part.after == 0 || id == NULL) {
      g_array_index(parts, struct part, 0).minutes += part.minutes;
      continue;
    }
    part.block = g_string_chunk_insert_const(r->texts, id);
    part.title = say(r, "%s: %s", asset->title, heading ? heading : part.after < 8 ? "a short check" : "practice");
    part.minutes = fmax(part.minutes, part.after < 8 ? 1 : 5);
    g_array_append_val(parts, part);
  }
  struct part *whole = &g_array_index(parts, struct part, 0);
  whole->minutes = fmax(1, ceil(whole->minutes));
  return parts;
}

static double worth_of(const struct company *c, const struct intervention *intervention)
{
  const struct goal *goal = intervention->goal >= 0 ? &c->goals.at[intervention->goal] : NULL;
  double money = 1;
  for (int i = 0; i < c->needs.count; i++)
    if (strcmp(c->needs.at[i].id, intervention->need) == 0 && isfinite(c->needs.at[i].money))
      money = fmax(1, c->needs.at[i].money);
  return money * (goal && isfinite(goal->weight) ? fmax(goal->weight, 0.01) : 0.5);
}

static bool may_use(struct json channels, const char *channel)
{
  struct json_iter it = json_iter(channels);
  while (json_next(&it))
    if (json_equals(it.value, channel))
      return true;
  return false;
}

/* Without an envelope nothing was allowed, so nothing is delivered. */
static void collect_offer(struct round *r, const struct asset *asset)
{
  const struct intervention *intervention = asset->intervention >= 0 ? &r->c->interventions.at[asset->intervention] : NULL;
  if (asset->withdrawn || intervention == NULL || intervention->state != INTERVENTION_RUNNING || !intervention->training)
    return;
  g_autoptr(json_doc_auto) doc = json_parse(asset->body, strlen(asset->body), NULL);
  if (doc == NULL)
    return;
  struct json envelope = json_get(json_root(doc), "envelope"), channels = json_get(envelope, "channels");
  struct offer offer = { .asset = asset, .intervention = intervention, .from = day_of(json_get(envelope, "from"), asset->published),
    .until = day_of(json_get(envelope, "until"), CLOCK_NO_DAY), .file = may_use(channels, "file"), .worth = worth_of(r->c, intervention),
    .to_managers = strcmp(asset->pattern, "manager brief") == 0 || strcmp(asset->modality, "manager brief") == 0 };
  if (!may_use(channels, "inbox") || offer.until == CLOCK_NO_DAY || r->today < offer.from || r->today > offer.until)
    return;
  offer.record = company_weight(r->c, intervention->cause, "modality", asset->modality);
  offer.worth *= offer.record ? offer.record->mean : EVEN_CHANCES;
  offer.parts = parts_of(r, asset, json_root(doc));
  g_array_append_val(r->offers, offer);
}

static int by_worth(const void *a, const void *b)
{
  const struct offer *x = a, *y = b;
  if (x->worth != y->worth)
    return x->worth < y->worth ? 1 : -1;
  return strcmp(x->asset->id, y->asset->id);
}

/* ---- to whom ---------------------------------------------------------------------------------------------------------- */

/* The team's start in this intervention; CLOCK_NO_DAY: it waits for ever, or is no part of it. */
static int32_t start_of(const struct company *c, const struct intervention *intervention, int team)
{
  for (int i = 0; i < intervention->count; i++) {
    const struct intervention_team *unit = &c->intervention_teams.at[intervention->first + i];
    if (unit->team == team && unit->affected)
      return unit->start;
  }
  return CLOCK_NO_DAY;
}

static double required(const struct company *c, int person, int skill)
{
  int job = c->people.at[person].job;
  double most = 0;
  for (int i = job >= 0 ? c->jobs.at[job].first : 0; job >= 0 && i < c->jobs.at[job].first + c->jobs.at[job].count; i++)
    if (c->job_skills.at[i].skill == skill)
      most = fmax(most, c->job_skills.at[i].level);
  return most;
}

/* Is the first skill that it serves surely there? A person without evidence is not assumed to know. */
static bool can_already(const struct round *r, const struct intervention *intervention, int person)
{
  if (intervention->skill_count == 0 || levels_find(r->levels, person, intervention->skills[0]) == NULL)
    return false;
  double least = required(r->c, person, intervention->skills[0]) / 5;
  return least > 0 && levels_chance(r->levels, person, intervention->skills[0], least) >= KNOWN;
}

static bool is_manager_of(const struct company *c, const struct intervention *intervention, int person, int32_t today, int *ret_team)
{
  for (int i = 0; i < intervention->count; i++) {
    const struct intervention_team *unit = &c->intervention_teams.at[intervention->first + i];
    if (unit->affected && unit->start != CLOCK_NO_DAY && unit->start <= today && c->teams.at[unit->team].manager == person) {
      *ret_team = unit->team;
      return true;
    }
  }
  return false;
}

/* The team through which the offer reaches the person today; -1: not. */
static int reached(const struct round *r, const struct offer *offer, int person)
{
  int team = r->c->people.at[person].team;
  if (offer->to_managers)
    return is_manager_of(r->c, offer->intervention, person, r->today, &team) ? team : -1;
  if (team < 0 || can_already(r, offer->intervention, person))
    return -1;
  int32_t start = start_of(r->c, offer->intervention, team);
  return start != CLOCK_NO_DAY && start <= r->today ? team : -1;
}

static const struct delivery *given(const struct round *r, const struct offer *offer, const char *block, int person)
{
  g_autofree char *key = g_strdup_printf("%s|%s|%d", offer->asset->id, block, person);
  return g_hash_table_lookup(r->given, key);
}

/* The next part that is due; NULL: none now. A no to one part is a no to what follows. */
static const struct part *next_part(const struct round *r, const struct offer *offer, int person)
{
  const struct delivery *first = given(r, offer, "", person);
  if (first == NULL)
    return &g_array_index(offer->parts, struct part, 0);
  for (guint i = 0; i < offer->parts->len; i++) {
    const struct part *part = &g_array_index(offer->parts, struct part, i);
    const struct delivery *already = given(r, offer, part->block, person);
    if (already != NULL && (already->state == DELIVERY_DECLINED || (i == 0 && already->state == DELIVERY_EXPIRED)))
      return NULL;
    if (already == NULL)
      return r->today >= clock_day(first->at) + part->after ? part : NULL;
  }
  return NULL;
}

/* ---- when ------------------------------------------------------------------------------------------------------------- */

static bool is_weekend(int32_t day)
{
  return (((day + 3) % 7) + 7) % 7 >= 5; /* day 0 was a Thursday */
}

static bool is_quiet(int minute, int from, int to)
{
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to;
}

/* The first moment from now on that is neither quiet nor on a weekend. */
static int64_t next_moment(const struct round *r, int person)
{
  const struct preference *wish = r->wish[person];
  int from = wish ? wish->quiet_from : DELIVERY_QUIET_FROM, to = wish ? wish->quiet_to : DELIVERY_QUIET_TO;
  int64_t minute = CLOCK_SECOND * 60, at = r->now->now;
  for (int tries = 0; tries < 9 * 24 * 60; tries++, at = (at / minute + 1) * minute) {
    int32_t day = clock_day(at);
    if (!is_weekend(day) && !is_quiet((int)((at - day * CLOCK_DAY) / minute), from, to))
      return at;
  }
  return 0; /* always quiet: never */
}

/* ---- one person --------------------------------------------------------------------------------------------------------- */

static void hand_over(struct round *r, const struct offer *offer, const struct part *part, int person, int team, int64_t at)
{
  const struct company *c = r->c;
  const struct preference *wish = r->wish[person];
  const struct goal *goal = offer->intervention->goal >= 0 ? &c->goals.at[offer->intervention->goal] : NULL;
  bool file = offer->file && (wish == NULL || strcmp(wish->channel, "file") == 0);
  const char *why = offer->to_managers
    ? say(r, "You lead %s, which has started with “%s”; this helps you to carry it.", c->teams.at[team].name, offer->intervention->title)
    : say(r, "%s works on “%s”; this is what was approved to help with %s. About %.0f minute%s.", c->teams.at[team].name, goal ? goal->name : offer->intervention->title,
          offer->intervention->skill_count ? c->skills.at[offer->intervention->skills[0]].name : "it", part->minutes, part->minutes < 1.5 ? "" : "s");
  const struct weight *record = offer->record;
  int told = record ? record->moved + record->did_not_move : 0;
  if (told > 0)
    why = say(r, "%s Of what came in this form (%s) where the cause was the same, %d of %d moved the goal.", why, record->name, record->moved, told);
  turn_hand_over(r->out, &(struct handover){ .asset = offer->asset->id, .block = part->block, .channel = file ? "file" : "inbox", .title = part->title, .reason = why,
    .person = person, .minutes = part->minutes, .at = at, .expires = offer->until /* with the need: the envelope ends when the intervention is due */ });
  r->minutes[person] += part->minutes;
  r->count++;
}

static void serve_person(struct round *r, int person)
{
  const struct preference *wish = r->wish[person];
  double bearable = wish ? wish->weekly_minutes : DELIVERY_WEEKLY_MINUTES;
  int64_t at = next_moment(r, person);
  if (r->c->people.at[person].status != PERSON_ACTIVE || at == 0)
    return;
  for (guint i = 0; i < r->offers->len && r->count < MOST_A_TURN; i++) {
    const struct offer *offer = &g_array_index(r->offers, struct offer, i);
    int team = reached(r, offer, person);
    const struct part *part = team >= 0 ? next_part(r, offer, person) : NULL;
    /* What alone is longer than the week's minutes may come in a week with nothing else: it would else never come. */
    bool fits = part && (r->minutes[person] + part->minutes <= bearable || (r->minutes[person] <= 0 && bearable > 0));
    if (fits && clock_day(at) <= offer->until)
      hand_over(r, offer, part, person, team, at);
  }
}

/* ---- the turn ------------------------------------------------------------------------------------------------------------ */

static void look_back(struct round *r)
{
  const struct company *c = r->c;
  for (int i = 0; i < c->deliveries.count; i++) {
    const struct delivery *delivery = &c->deliveries.at[i];
    g_hash_table_insert(r->given, g_strdup_printf("%s|%s|%d", c->assets.at[delivery->asset].id, delivery->block, delivery->person), (void *)(uintptr_t)delivery);
    if (clock_day(delivery->at) > r->today - 7 && delivery->state != DELIVERY_DECLINED)
      r->minutes[delivery->person] += delivery->minutes;
  }
  for (int i = 0; i < c->preferences.count; i++)
    r->wish[c->preferences.at[i].person] = &c->preferences.at[i];
}

static bool run(const struct snapshot *now, struct turn *out, GError **error)
{
  const struct company *c = now->company;
  (void)error;
  g_autoptr(GArray) offers = g_array_new(FALSE, TRUE, sizeof(struct offer));
  g_autoptr(GHashTable) given_to = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  g_autofree double *minutes = g_new0(double, (size_t)c->people.count + 1);
  g_autofree const struct preference **wish = g_new0(const struct preference *, (size_t)c->people.count + 1);
  struct round r = { .now = now, .c = c, .today = clock_day(now->now), .offers = offers, .given = given_to, .minutes = minutes, .wish = wish,
    .texts = g_string_chunk_new(4096), .out = out };
  for (int i = 0; i < c->assets.count; i++)
    collect_offer(&r, &c->assets.at[i]);
  if (offers->len > 0) {
    g_array_sort(offers, by_worth);
    g_autoptr(levels_auto) levels = levels_new(c, r.today);
    r.levels = levels;
    look_back(&r);
    for (int p = 0; p < c->people.count; p++)
      serve_person(&r, p);
  }
  for (guint i = 0; i < offers->len; i++)
    g_array_unref(g_array_index(offers, struct offer, i).parts);
  g_string_chunk_free(r.texts);
  return true;
}

static const enum file_id reads[] = { FILE_PEOPLE, FILE_JOBS, FILE_SKILLS, FILE_GOALS, FILE_RESULTS, FILE_COUNT };
static const char *const makes[] = { "delivery", NULL };

extern const struct agent agent_delivery;
const struct agent agent_delivery = {
  .id = "delivery", .title = "Delivery", .question = "Who needs which block now, and through which channel, within what they can bear?",
  .revision = "2", .reads = reads, .makes = makes, .cadence = CADENCE_DAILY, .builds_on_others = true, .run = run };
