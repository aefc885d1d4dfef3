/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A company answers a plan: the same world is run again from its first week, with the plan's responses and to a later day,
 * and its files are written anew. Because every draw comes from a named stream, what was there before comes out the same;
 * a plan can only reach into weeks that no file has told of. What was already answered is read from truth.json, where it
 * stands in the shape of a plan, and goes on; so a company may be carried on as often as one likes, and the steps in which
 * that happens make no difference.
 *
 * A plan comes from outside: every member is checked before anything is written, and the first that is wrong is named.
 *
 * How it can be wrong: somebody who edits truth.json gets another company. */
#include "base/json.h"
#include "sim/files.h"
#include <string.h>

#define MOST_INTERVENTIONS 500
#define MOST_WORDS 20
#define MOST_WEEKS 520 /* in an estimand */

/* Where in a plan: what refusals name, and which days it may speak of. `end`: the first day that no file knows. */
struct place { const char *what; size_t index; const char *id; bool past; int32_t end; };

static bool refuse(GError **error, const struct place *place, const char *format, ...) G_GNUC_PRINTF(3, 4);
static bool refuse(GError **error, const struct place *place, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  g_autofree char *why = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  return fail(error, MENO_ERROR_BAD_INPUT, "%s cannot be followed: interventions[%zu]%s%s%s %s", place->what, place->index,
              place->id != NULL ? " (\"" : "", place->id != NULL ? place->id : "", place->id != NULL ? "\")" : "", why);
}

/* ---- one intervention ------------------------------------------------------------------------------------------- */

static bool read_goal(const struct world *world, struct json value, const struct place *place, struct response *response, GError **error)
{
  g_autoptr(GString) known = g_string_new(NULL);
  const char *id = json_string(value);
  if (id == NULL)
    return refuse(error, place, "has no goal; give the goal_id of goals.csv as \"goal\"");
  for (unsigned g = 0; g < world->goals_count; g++) {
    if (strcmp(world->goals[g].row->id, id) == 0) {
      response->goal = g;
      return true;
    }
    g_string_append_printf(known, "%s%s", g > 0 ? ", " : "", world->goals[g].row->id);
  }
  return refuse(error, place, "names the goal \"%s\", which this company does not have; its goals are %s", id, known->str);
}

static bool read_cause(struct json value, const struct place *place, struct response *response, GError **error)
{
  const char *name = json_string(value);
  response->cause = -1;
  if (name != NULL && strcmp(name, "cannot tell") == 0)
    return true;
  for (int i = 0; name != NULL && i < CAUSE_COUNT; i++)
    if (strcmp(sim_cause_ids[i], name) == 0) {
      response->cause = i;
      return true;
    }
  return refuse(error, place, "%s%s%s; give as \"cause\" one of skill, tool, process, incentive, clarity, capacity, outside, cannot tell",
                name != NULL ? "names the cause \"" : "has no cause", name != NULL ? name : "", name != NULL ? "\"" : "");
}

/* A word, several between commas, or a list of words. */
static bool read_remedy(struct json value, const struct place *place, struct response *response, GError **error)
{
  g_autoptr(GStrvBuilder) words = g_strv_builder_new();
  bool list = json_type(value) == JSON_ARRAY;
  size_t count = list ? json_count(value) : 1, found = 0;
  for (size_t i = 0; i < count && i <= MOST_WORDS; i++) {
    const char *text = json_string(list ? json_at(value, i) : value);
    if (text == NULL)
      return refuse(error, place, "has no remedy that can be read; give a word or a list of words as \"remedy\"");
    g_auto(GStrv) parts = g_strsplit_set(text, ",;", MOST_WORDS + 2);
    for (size_t p = 0; parts[p] != NULL; p++)
      if (*g_strstrip(parts[p]) != '\0') {
        double does;
        int programme;
        sim_remedy_teaches(parts[p], &does, &programme);
        if (programme == -2)
          return refuse(error, place, "names the programme \"%s\", which programmes.csv does not have", parts[p]);
        g_strv_builder_add(words, parts[p]);
        found++;
      }
  }
  if (found == 0 || found > MOST_WORDS)
    return refuse(error, place, "has %s; give one to %d words as \"remedy\"", found == 0 ? "no remedy" : "too long a remedy", MOST_WORDS);
  response->remedy = g_strv_builder_end(words);
  return true;
}

static enum skill_index skill_named(const char *name)
{
  for (unsigned i = 0; name != NULL && i < SKILL_COUNT; i++)
    if (strcmp(sim_skills[i].id, name) == 0 || strcmp(sim_skills[i].name, name) == 0)
      return (enum skill_index)i;
  return SKILL_NONE;
}

static bool read_skills(struct json value, const struct place *place, struct response *response, GError **error)
{
  if (json_type(value) == JSON_ABSENT || json_type(value) == JSON_NULL)
    return true;
  if (json_type(value) != JSON_ARRAY)
    return refuse(error, place, "has skills that are no list; give skill_ids of skills.csv as \"skills\"");
  struct json_iter it = json_iter(value);
  while (json_next(&it)) {
    const char *name = json_string(it.value);
    enum skill_index skill = skill_named(name);
    if (skill == SKILL_NONE)
      return refuse(error, place, "names the skill \"%s\", which skills.csv does not have", name != NULL ? name : "?");
    bool twice = false;
    for (unsigned i = 0; i < response->skills_count; i++)
      twice |= response->skills[i] == skill;
    if (!twice)
      response->skills[response->skills_count++] = skill;
  }
  return true;
}

static bool read_estimand(struct json value, const struct place *place, struct response *response, GError **error)
{
  int64_t from = 0, to = 0;
  if (json_integer(json_get(value, "from_week"), &from) != 1 || json_integer(json_get(value, "to_week"), &to) != 1 || from < 1 || to < from || to > MOST_WEEKS)
    return refuse(error, place, "has no estimand; give \"estimand\" with from_week and to_week, whole numbers from 1 to %d in this order", MOST_WEEKS);
  response->from_week = (int)from;
  response->to_week = (int)to;
  return true;
}

static bool find_team(const struct world *world, const char *name, unsigned *ret_team)
{
  for (unsigned t = 0; t < world->teams_count; t++)
    if (strcmp(world->teams[t].name, name) == 0) {
      *ret_team = t;
      return true;
    }
  return false;
}

static bool read_start(const struct world *world, struct json value, const char *team, const struct place *place, struct response_team *at, GError **error)
{
  const char *text = json_string(value);
  at->start = CLOCK_NO_DAY;
  at->week = SIM_NEVER;
  if (json_type(value) == JSON_ABSENT || json_type(value) == JSON_NULL)
    return true;
  if (text == NULL || !clock_parse_day(text, &at->start))
    return refuse(error, place, "has a start of \"%s\" that is no date; give one like 2026-03-02, or null for comparison only", team);
  if (at->start < world->first_day)
    return refuse(error, place, "lets \"%s\" start on %s, before the company's first day; give a later one", team, text);
  at->week = (at->start - world->first_day + 6) / 7; /* the first week that begins on that day or after */
  return true;
}

static bool read_teams(const struct world *world, struct json value, const struct place *place, struct response *response, GError **error)
{
  if (json_type(value) != JSON_ARRAY)
    return refuse(error, place, "has no teams; give a list of objects with team and start as \"teams\"");
  response->teams = g_new0(struct response_team, json_count(value) + 1);
  struct json_iter it = json_iter(value);
  while (json_next(&it)) {
    const char *name = json_string(json_get(it.value, "team"));
    struct response_team *at = &response->teams[response->teams_count];
    if (name == NULL)
      return refuse(error, place, "has a team without a name; give people.csv's as \"team\"");
    if (!find_team(world, name, &at->team))
      return refuse(error, place, "names the team \"%s\", which people.csv does not have", name);
    for (unsigned i = 0; i < response->teams_count; i++)
      if (response->teams[i].team == at->team)
        return refuse(error, place, "names the team \"%s\" twice; give it once", name);
    if (!read_start(world, json_get(it.value, "start"), name, place, at, error))
      return false;
    at->effects = g_array_new(FALSE, FALSE, sizeof(double));
    response->teams_count++;
  }
  return true;
}

static bool read_intervention(const struct world *world, struct json value, struct place *place, struct response *response, GError **error)
{
  const char *id = json_string(json_get(value, "id"));
  if (json_type(value) != JSON_OBJECT || id == NULL || *id == '\0')
    return refuse(error, place, "has no id; give one as \"id\"");
  response->id = g_strdup(id);
  place->id = response->id;
  return read_goal(world, json_get(value, "goal"), place, response, error) && read_cause(json_get(value, "cause"), place, response, error)
         && read_remedy(json_get(value, "remedy"), place, response, error) && read_skills(json_get(value, "skills"), place, response, error)
         && read_estimand(json_get(value, "estimand"), place, response, error) && read_teams(world, json_get(value, "teams"), place, response, error);
}

/* ---- what is known already -------------------------------------------------------------------------------------- */

static struct response *find_response(const struct world *world, const char *id)
{
  for (unsigned i = 0; i < world->responses_count; i++)
    if (strcmp(world->responses[i].id, id) == 0)
      return &world->responses[i];
  return NULL;
}

static bool is_past(const struct response_team *at, int32_t end) { return at->start != CLOCK_NO_DAY && at->start < end; }

/* What began before `end` is history: the files tell of it. */
static bool check_past(const struct world *world, const struct response *known, const struct response_team *at, const struct place *place, GError **error)
{
  const struct response_team *before = NULL;
  char start[CLOCK_TEXT], end[CLOCK_TEXT];
  for (unsigned i = 0; known != NULL && i < known->teams_count; i++)
    if (known->teams[i].team == at->team)
      before = &known->teams[i];
  bool past = is_past(at, place->end), was = before != NULL && is_past(before, place->end);
  if ((!past && !was) || (past && was && at->start == before->start))
    return true;
  clock_format_day(place->end, end);
  if (was)
    return refuse(error, place, "moves the start of \"%s\", which was %s; the files tell of it, up to %s, so leave it as it was",
                  world->teams[at->team].name, clock_format_day(before->start, start), end);
  return refuse(error, place, "lets \"%s\" start on %s, but the files tell of the time before %s already; give that day or a later one",
                world->teams[at->team].name, clock_format_day(at->start, start), end);
}

/* A plan that is printed again holds what is already under way. Its starts to come may have changed, nothing else. */
static bool merge(const struct world *world, struct response *known, struct response *again, const struct place *place, GError **error)
{
  if (known->goal != again->goal || known->cause != again->cause)
    return refuse(error, place, "is already under way for the goal \"%s\" and the cause \"%s\"; give a new intervention another id",
                  world->goals[known->goal].row->id, known->cause < 0 ? "cannot tell" : sim_cause_ids[known->cause]);
  for (unsigned i = 0; i < again->teams_count; i++) {
    const struct response_team *at = &again->teams[i];
    unsigned n = 0;
    while (n < known->teams_count && known->teams[n].team != at->team)
      n++;
    if (n == known->teams_count) {
      known->teams = g_renew(struct response_team, known->teams, ++known->teams_count);
      known->teams[n] = (struct response_team){ .team = at->team, .effects = g_array_new(FALSE, FALSE, sizeof(double)) };
    }
    known->teams[n].start = at->start;
    known->teams[n].week = at->week;
  }
  return true;
}

static bool take(struct world *world, struct response *response, const struct place *place, GError **error)
{
  struct response *known = find_response(world, response->id);
  for (unsigned i = 0; !place->past && i < response->teams_count; i++)
    if (!check_past(world, known, &response->teams[i], place, error))
      return false;
  if (known != NULL)
    return merge(world, known, response, place, error);
  unsigned earlier = 0;
  for (unsigned i = 0; i < world->responses_count; i++)
    earlier += world->responses[i].goal == response->goal && world->responses[i].cause == response->cause;
  sim_response_weigh(world, response, earlier);
  world->responses = g_renew(struct response, world->responses, world->responses_count + 1);
  world->responses[world->responses_count++] = *response;
  *response = (struct response){ 0 };
  return true;
}

/* `list`: an array of interventions. */
static bool take_list(struct world *world, struct json list, struct place place, GError **error)
{
  g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
  if (json_count(list) > MOST_INTERVENTIONS)
    return fail(error, MENO_ERROR_TOO_LARGE, "%s has more than %d interventions; give it in parts", place.what, MOST_INTERVENTIONS);
  struct json_iter it = json_iter(list);
  for (; json_next(&it); place.index++) {
    struct response response = { 0 };
    place.id = NULL;
    bool fine = read_intervention(world, it.value, &place, &response, error);
    if (fine && !g_hash_table_add(seen, g_strdup(response.id)))
      fine = refuse(error, &place, "has an id that another one has; give each its own");
    fine = fine && take(world, &response, &place, error);
    sim_response_clear(&response);
    if (!fine)
      return false;
  }
  return true;
}

static bool take_plan(struct world *world, const char *text, size_t length, int32_t end, GError **error)
{
  g_autoptr(GError) cause = NULL;
  g_autoptr(json_doc_auto) doc = json_parse(text, length, &cause);
  if (doc == NULL)
    return fail(error, MENO_ERROR_BAD_INPUT, "the plan cannot be read: %s; give what `meno interventions --json` prints", cause->message);
  struct json list = json_root(doc);
  if (json_type(list) == JSON_OBJECT)
    list = json_get(list, "interventions");
  if (json_type(list) != JSON_ARRAY)
    return fail(error, MENO_ERROR_BAD_INPUT, "the plan has no list of interventions; give what `meno interventions --json` prints");
  return take_list(world, list, (struct place){ .what = "the plan", .end = end }, error);
}

/* ---- the company as it stands ----------------------------------------------------------------------------------- */

typedef struct standing { char *text; struct json_doc *doc; struct sim_options options; int32_t end; } standing_auto;

static void standing_clear(standing_auto *standing)
{
  json_doc_free(standing->doc);
  g_free(standing->text);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(standing_auto, standing_clear)

static bool read_day(struct json value, int32_t *ret_day)
{
  const char *text = json_string(value);
  return text != NULL && clock_parse_day(text, ret_day);
}

static bool read_standing(const char *dir, struct standing *standing, GError **error)
{
  g_autofree char *path = g_build_filename(dir, "truth.json", NULL);
  g_autoptr(GError) cause = NULL;
  size_t length = 0;
  if (!g_file_get_contents(path, &standing->text, &length, &cause))
    return fail(error, MENO_ERROR_NOT_FOUND, "the company in \"%s\" cannot be carried on: %s; give a directory that `meno simulate` wrote", dir, cause->message);
  standing->doc = json_parse(standing->text, length, &cause);
  struct json root = standing->doc != NULL ? json_root(standing->doc) : (struct json){ 0 }, options = json_get(root, "options");
  const char *seed = json_string(json_get(options, "seed"));
  int64_t people = 0, weeks = 0, version = 0;
  bool known = json_integer(json_get(options, "people"), &people) == 1 && json_integer(json_get(options, "weeks"), &weeks) == 1
               && json_integer(json_get(root, "version"), &version) == 1 && version == SIM_TRUTH_VERSION && seed != NULL
               && g_ascii_string_to_unsigned(seed, 10, 0, UINT64_MAX, &standing->options.seed, NULL) && read_day(json_get(options, "until"), &standing->options.until);
  standing->end = standing->options.until;
  if (known && json_type(json_get(root, "grown_until")) != JSON_ABSENT)
    known = read_day(json_get(root, "grown_until"), &standing->end) && standing->end > standing->options.until && sim_monday(standing->end) == standing->end;
  if (!known)
    return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is not what `meno simulate` of this version wrote; simulate the company anew", path);
  standing->options.people = (int)CLAMP(people, INT_MIN, INT_MAX);
  standing->options.weeks = (int)CLAMP(weeks, INT_MIN, INT_MAX);
  return sim_options_check(&standing->options, error);
}

static bool check_until(const struct standing *standing, int32_t until, GError **error)
{
  char text[CLOCK_TEXT], other[CLOCK_TEXT];
  int32_t last = standing->options.until + 7 * SIM_GROWTH_WEEKS_MAX;
  if (until <= standing->end)
    return fail(error, MENO_ERROR_BAD_INPUT, "the company cannot be carried on to a day before %s, where its files end; give %s or a later one",
                clock_format_day(standing->end, text), clock_format_day(standing->end + 7, other));
  if (until > last)
    return fail(error, MENO_ERROR_BAD_INPUT, "the company cannot be carried on beyond %s, %d weeks after its history; give an earlier day",
                clock_format_day(last, text), SIM_GROWTH_WEEKS_MAX);
  if (sim_monday(until) != until)
    return fail(error, MENO_ERROR_BAD_INPUT, "the company cannot be carried on to %s, which is no Monday; give %s",
                clock_format_day(until, text), clock_format_day(sim_monday(until), other));
  return true;
}

bool sim_respond(const char *dir, const char *plan_json, size_t length, int32_t until,
                 void (*progress)(void *data, const char *what, double share), void *data, GError **error)
{
  g_auto(standing_auto) standing = { 0 };
  if (!read_standing(dir, &standing, error) || !check_until(&standing, until, error))
    return false;
  int weeks = standing.options.weeks + (until - standing.options.until) / 7;
  g_autoptr(sim_world_auto) world = sim_world_new(&standing.options, weeks);
  struct json past = json_get(json_root(standing.doc), "responses");
  struct place told = { .what = "what stands in truth.json", .past = true, .end = standing.end };
  if (!take_list(world, past, told, error) || !take_plan(world, plan_json, length, standing.end, error))
    return false;
  struct files files;
  sim_files_init(&files);
  sim_run(world, &files, progress, data);
  if (progress != NULL)
    progress(data, "writing the files", 0.9);
  size_t truth_length = 0;
  g_autofree char *truth = sim_finish(world, &files, &truth_length);
  /* truth.json last: until it is there, the same call can be made again and gives the same. */
  bool written = sim_files_save(&files, dir, error) && sheet_save_text(dir, "truth.json", truth, truth_length, error);
  sim_files_clear(&files);
  if (written && progress != NULL)
    progress(data, "writing the files", 1);
  return written;
}
