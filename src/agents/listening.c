/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Listening: where does a group's experience dip or peak, and what did we promise to do about it?
 *
 * Inputs. Pulse answers, their questions, and who belongs to which team: nothing else of a company's files. No result, no
 * objective, no pay, no KPI; a respondent is a token and stays one. Beside that, the promises that people made to groups.
 *
 * Method. company/voices.h makes series per group (the company, departments, teams), topic and period of five or more
 * respondents, and finds where they break (stats/changepoint.h). A break is held to be one if it lasts to this day, is at least
 * half a point of five (LEAST_SIZE), and is sure enough after all the series at which one has looked are paid for (Bonferroni).
 * Then what is one thing is said once:
 *   - what most departments show is the company's, and theirs no more; what one department shows is not the company's;
 *   - what a department shows is not repeated for its teams;
 *   - topics of one group that broke within ALIKE_DAYS in the same direction are one need.
 *
 * Claims, the subject of which stays the same as long as group, topic and month of the onset do:
 *
 *   pulse change   {group {kind, name}, topic, name, direction (dip, peak), since, before, after, size, interval, people, answers}
 *   group need     {title, group {kind, name}, teams, topics [{topic, name, size, interval}], direction, since, size, interval (of
 *                  the largest), people (in the group), ask, status}
 *
 * A dip that began within NEED_DAYS proposes "answer a group": what would be said to the group and what would be done. A
 * person decides, and says it: this agent writes to nobody. Where somebody has promised the group something since the
 * dip began, there is nothing more to propose. A peak proposes nothing; its question is what others could learn from it.
 *
 * How it can be wrong. Who is unhappy may stop answering: the dip is then smaller than it is. A dip in one team that is large
 * in a small department is told of the department. A slow decline is dated at its steepest place. Departments with few
 * answers a period stay silent, whatever they feel. An onset whose date moves by a month as answers come in makes a new need.
 * What changepoint.c and voices.c say of their errors holds here too; how often all this is right stands in
 * docs/listening.md.
 *
 * References: those of the two files; E. W. Morrison, "Employee voice behavior" (Academy of Management Annals 5, 2011), on why
 * silence after speaking up ends it. */
#include "agents/agent.h"
#include "base/id.h"
#include "company/voices.h"
#include "stats/normal.h"
#include <math.h>
#include <string.h>

#define LEAST_SIZE 0.5         /* points of five: less is not worth a promise … */
#define LEAST_BESIDE 0.3       /* … but so much is worth a word beside a larger one of the same group, */
#define Z_BESIDE 3.0           /* and needs to be so sure: the larger one has paid for the looking */
#define ALPHA 0.05             /* chance of saying anything where nothing is, over all series */
#define PLACES 20              /* at which one would have taken a series to break */
#define ALIKE_DAYS 62          /* between onsets that are one event */
#define NEST_DAYS 183          /* the same between a group and its parent: a team may be first */
#define MOST_DEPARTMENTS 0.5   /* share of those that speak, above which it is the company's */
#define CLAIM_DAYS 365         /* since the onset: older, it is how things are */
#define NEED_DAYS 182
#define SILENT_DAYS 100        /* since the last answer: then nobody knows how things are */
#define VALID_DAYS 92
#define OPEN_DAYS 28           /* of a proposal */
#define SURE 0.99

/* A break that lasts. */
struct finding { int group, line; struct voice_change change; bool sure, told; double confidence; };

struct view {
  const struct company *company;
  struct voices *voices;
  int32_t today;
  GArray *findings;            /* struct finding; by group and line */
  GPtrArray *texts;            /* everything that was said, until the turn has copied it */
  struct turn *out;
};

static const char *say(const struct view *view, const char *format, ...) G_GNUC_PRINTF(2, 3);
static const char *say(const struct view *view, const char *format, ...)
{
  va_list arguments;
  va_start(arguments, format);
  char *text = g_strdup_vprintf(format, arguments);
  va_end(arguments);
  g_ptr_array_add(view->texts, text);
  return text;
}

static struct finding *finding_at(const struct view *view, guint i)
{
  return &g_array_index(view->findings, struct finding, i);
}

static int32_t onset_of(const struct view *view, const struct finding *f)
{
  return view->voices->from[f->change.period];
}

static bool is_alike(const struct view *view, const struct finding *a, const struct finding *b, int days)
{
  return (a->change.size < 0) == (b->change.size < 0) && ABS(onset_of(view, a) - onset_of(view, b)) <= days;
}

/* ---- what stands ---- */

/* Series that were long enough to be asked. */
static int series_asked(const struct voices *v)
{
  int count = 0;
  for (int g = 0; g < v->group_count; g++)
    for (int l = 0; l < v->line_count; l++) {
      int shown = 0;
      for (int p = 0; p < v->periods; p++)
        shown += voices_cell(v, g, l, p)->shown;
      count += shown >= 6;
    }
  return count;
}

static void find_breaks(struct view *view)
{
  const struct voices *v = view->voices;
  double looks = (double)MAX(1, series_asked(v)) * PLACES;
  for (int g = 0; g < v->group_count; g++)
    for (int l = 0; l < v->line_count; l++) {
      struct voice_change changes[VOICES_MOST_CHANGES];
      int count = voices_changes(v, g, l, NULL, changes);
      if (count == 0)
        continue;
      struct finding f = { .group = g, .line = l, .change = changes[count - 1] };
      double chance = fmin(1, 2 * normal_cdf(-fabs(f.change.z)) * looks);
      f.confidence = fmin(SURE, 1 - chance);
      bool lasts = view->today - v->from[f.change.until] <= SILENT_DAYS, recent = view->today - onset_of(view, &f) <= CLAIM_DAYS;
      f.sure = chance <= ALPHA && fabs(f.change.size) >= LEAST_SIZE;
      if (lasts && recent && fabs(f.change.size) >= LEAST_BESIDE && (f.sure || fabs(f.change.z) >= Z_BESIDE))
        g_array_append_val(view->findings, f);
    }
}

/* ---- what is one thing is said once ---- */

/* Departments in which the line is heard today, and in which it broke like `f`. */
static bool is_of_most(const struct view *view, const struct finding *f)
{
  const struct voices *v = view->voices;
  int heard = 0, alike = 0;
  for (int g = 0; g < v->group_count; g++) {
    if (v->groups[g].kind != VOICE_DEPARTMENT)
      continue;
    bool speaks = false;
    for (int p = MAX(0, v->periods - 3); p < v->periods; p++)
      speaks |= voices_cell(v, g, f->line, p)->shown;
    heard += speaks;
  }
  for (guint i = 0; i < view->findings->len; i++) {
    const struct finding *other = finding_at(view, i);
    alike += v->groups[other->group].kind == VOICE_DEPARTMENT && other->line == f->line && is_alike(view, f, other, NEST_DAYS);
  }
  return heard < 2 || alike > MOST_DEPARTMENTS * heard || alike == 0;
}

/* Is the same told of a group that this one belongs to? */
static bool is_told_above(const struct view *view, const struct finding *f)
{
  for (int parent = view->voices->groups[f->group].parent; parent >= 0; parent = view->voices->groups[parent].parent)
    for (guint i = 0; i < view->findings->len; i++) {
      const struct finding *above = finding_at(view, i);
      if (above->told && above->group == parent && above->line == f->line && is_alike(view, f, above, NEST_DAYS))
        return true;
    }
  return false;
}

/* Large and sure enough, or beside one that is. */
static bool is_worth(const struct view *view, const struct finding *f)
{
  for (guint i = 0; i < view->findings->len; i++) {
    const struct finding *other = finding_at(view, i);
    if (other->group == f->group && other->sure && is_alike(view, f, other, ALIKE_DAYS))
      return true;
  }
  return false;
}

static void choose(struct view *view)
{
  for (guint i = 0; i < view->findings->len; i++) { /* parents stand before their children */
    struct finding *f = finding_at(view, i);
    f->told = is_worth(view, f) && (f->group == 0 ? is_of_most(view, f) : !is_told_above(view, f));
  }
}

/* ---- words ---- */

static const char *kind_of(const struct voice_group *group)
{
  return group->kind == VOICE_COMPANY ? "company" : group->kind == VOICE_DEPARTMENT ? "department" : "team";
}

static const char *month_of(const struct view *view, int32_t day)
{
  static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
  int year, month, mday;
  clock_civil(day, &year, &month, &mday);
  return say(view, "%s %d", months[month - 1], year);
}

static const char *direction_of(const struct finding *f)
{
  return f->change.size < 0 ? "dip" : "peak";
}

static const char *line_name(const struct view *view, const struct finding *f)
{
  const struct voice_line *line = &view->voices->lines[f->line];
  return line->question >= 0 ? say(view, "\"%s\"", line->name) : line->name;
}

/* "support and engagement" */
static const char *names_of(const struct view *view, struct finding *const *members, int count)
{
  const char *text = line_name(view, members[0]);
  for (int i = 1; i < count; i++)
    text = say(view, "%s%s%s", text, i + 1 == count ? " and " : ", ", line_name(view, members[i]));
  return text;
}

/* What to ask the group next, by the topic that moved most. */
static const char *question_for(const struct finding *f, enum topic topic)
{
  static const char *const dip[TOPIC_COUNT] = {
    [TOPIC_NONE] = "What has changed for you here, and what would you change first?",
    [TOPIC_TOOL] = "Which tool gets in your way most often, and in doing what?",
    [TOPIC_CLARITY] = "Of what is asked of you, what contradicts or is left open?",
    [TOPIC_CAPACITY] = "What would you drop first if you had half a day less a week, and who would have to agree?",
    [TOPIC_PROCESS] = "At which step do you wait, for whom, and how long?",
    [TOPIC_INCENTIVE] = "What counts here that should not, and what should count that does not?",
    [TOPIC_SUPPORT] = "When did you last need help and not get it, and from whom would it have had to come?",
    [TOPIC_ENGAGEMENT] = "What made a good week a good one, and when was the last?",
    [TOPIC_CONFIDENCE] = "For which task would you most like somebody beside you?",
  };
  return f->change.size < 0 ? dip[topic] : "What has become better here, and what could others take from it?";
}

/* ---- claims ---- */

static void put_rounded(struct json_writer *w, const char *key, double value)
{
  json_put_number(w, key, round(value * 100) / 100);
}

static void put_day(struct json_writer *w, const char *key, int32_t day)
{
  char text[CLOCK_TEXT];
  json_put_string(w, key, clock_format_day(day, text));
}

static void put_interval(struct json_writer *w, const struct voice_change *change)
{
  json_open_array(w, "interval");
  put_rounded(w, NULL, change->low);
  put_rounded(w, NULL, change->high);
  json_close_array(w);
}

static void put_group(struct json_writer *w, const struct voice_group *group)
{
  json_open_object(w, "group");
  json_put_string(w, "kind", kind_of(group));
  json_put_string(w, "name", group->name);
  json_close_object(w);
}

/* A claim's value so far; newly allocated text that the view owns. */
static const char *finish(const struct view *view, struct json_writer *w)
{
  json_close_object(w);
  char *text = json_writer_steal(w, NULL);
  g_ptr_array_add(view->texts, text);
  return text;
}

static struct evidence evidence_of(const struct view *view, const struct finding *f)
{
  const struct voice_change *c = &f->change;
  const struct voice_group *group = &view->voices->groups[f->group];
  return (struct evidence){ .file = FILE_PULSE, .strength = 0, .count = c->answers, .people = c->people, .goal = -1, .skill = -1, .person = -1,
    .team = group->kind == VOICE_TEAM ? group->index : -1, .from = onset_of(view, f), .to = view->voices->from[c->until] - 1,
    .sentence = say(view, "answers about %s in %s stand at %.1f of 5 since %s, %.1f %s than before (95 %% interval %.1f to %.1f)", line_name(view, f), group->name,
      c->after, month_of(view, onset_of(view, f)), fabs(c->size), c->size < 0 ? "lower" : "higher", fmin(fabs(c->low), fabs(c->high)), fmax(fabs(c->low), fabs(c->high))) };
}

static void state_change(const struct view *view, const struct finding *f)
{
  const struct voice_group *group = &view->voices->groups[f->group];
  const struct voice_line *line = &view->voices->lines[f->line];
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  put_group(&w, group);
  json_put_string(&w, "topic", line->id);
  json_put_string(&w, "name", line->name);
  json_put_string(&w, "direction", direction_of(f));
  put_day(&w, "since", onset_of(view, f));
  put_rounded(&w, "before", f->change.before);
  put_rounded(&w, "after", f->change.after);
  put_rounded(&w, "size", f->change.size);
  put_interval(&w, &f->change);
  json_put_integer(&w, "people", f->change.people);
  json_put_integer(&w, "answers", f->change.answers);
  struct evidence evidence = evidence_of(view, f);
  struct claim claim = { .predicate = "pulse change", .subject = say(view, "%s %s: %s since %s", kind_of(group), group->name, line->id, month_of(view, onset_of(view, f))),
    .value = finish(view, &w), .confidence = f->confidence, .valid_from = view->today, .valid_to = view->today + VALID_DAYS, .evidence = &evidence, .evidence_count = 1 };
  turn_claim(view->out, &claim);
}

/* ---- needs and proposals ---- */

/* Is the promise about one of these topics? One that names none, and no need, is about whatever the group said. */
static bool is_about(const struct view *view, const struct promise *promise, const char *subject, struct finding *const *members, int count)
{
  if (strcmp(promise->need, subject) == 0 || (*promise->need == '\0' && *promise->topics == '\0'))
    return true;
  g_auto(GStrv) topics = g_strsplit(promise->topics, ";", -1);
  for (int i = 0; i < count; i++)
    if (g_strv_contains((const char *const *)topics, view->voices->lines[members[i]->line].id))
      return true;
  return false;
}

/* Has somebody promised this group something about it since it began? */
static bool is_promised(const struct view *view, const char *subject, struct finding *const *members, int count, int32_t since)
{
  const char *group = view->voices->groups[members[0]->group].name;
  for (int i = 0; i < view->company->promises.count; i++) {
    const struct promise *promise = &view->company->promises.at[i];
    if (strcmp(promise->group, group) == 0 && promise->made >= since && is_about(view, promise, subject, members, count))
      return true;
  }
  return false;
}

static void put_teams(const struct view *view, struct json_writer *w, int group)
{
  const struct voices *v = view->voices;
  json_open_array(w, "teams");
  for (int g = 0; g < v->group_count; g++)
    if (v->groups[g].kind == VOICE_TEAM && v->groups[g].size >= VOICES_LEAST && (g == group || (v->groups[group].kind == VOICE_DEPARTMENT && v->groups[g].parent == group)))
      json_put_string(w, NULL, v->groups[g].name);
  json_close_array(w);
}

static void put_topics(const struct view *view, struct json_writer *w, struct finding *const *members, int count)
{
  json_open_array(w, "topics");
  for (int i = 0; i < count; i++) {
    json_open_object(w, NULL);
    json_put_string(w, "topic", view->voices->lines[members[i]->line].id);
    json_put_string(w, "name", view->voices->lines[members[i]->line].name);
    put_rounded(w, "size", members[i]->change.size);
    put_interval(w, &members[i]->change);
    json_close_object(w);
  }
  json_close_array(w);
}

static void propose(const struct view *view, const char *subject, struct finding *const *members, int count, int32_t since, const char *ask)
{
  const struct voice_group *group = &view->voices->groups[members[0]->group];
  const char *names = names_of(view, members, count);
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  put_group(&w, group);
  put_topics(view, &w, members, count);
  put_day(&w, "since", since);
  json_put_string(&w, "said", say(view, "You said it: %s in %s %s lower since %s. We have read it, and we will tell you what is done about it.", names, group->name,
    count == 1 ? "stands" : "stand", month_of(view, since)));
  json_put_string(&w, "asks", ask);
  json_put_string(&w, "done", "One person takes it on, asks the group this question, promises by a date what is done and what is not, and says so to the group when it is done.");
  struct proposal proposal = { .kind = "answer a group", .subject = subject, .title = say(view, "Answer %s about %s", group->name, names), .body = finish(view, &w),
    .audience = group->size, .confidence = members[0]->confidence, .expires = view->today + OPEN_DAYS };
  turn_propose(view->out, &proposal);
}

/* One need of topics that broke together, the largest first. */
static void state_need(const struct view *view, struct finding *const *members, int count)
{
  const struct finding *first = members[0];
  const struct voice_group *group = &view->voices->groups[first->group];
  int32_t since = onset_of(view, first);
  for (int i = 1; i < count; i++)
    since = MIN(since, onset_of(view, members[i]));
  const char *names = names_of(view, members, count), *ask = question_for(first, view->voices->lines[first->line].topic);
  g_autofree char *subject = id_short("g", kind_of(group), group->name, direction_of(first), view->voices->lines[first->line].id, month_of(view, since), NULL);
  struct json_writer w;
  json_writer_init(&w);
  json_open_object(&w, NULL);
  json_put_string(&w, "title", say(view, "%s in %s since %s: %s", first->change.size < 0 ? "Lower" : "Higher", group->name, month_of(view, since), names));
  put_group(&w, group);
  put_teams(view, &w, first->group);
  put_topics(view, &w, members, count);
  json_put_string(&w, "direction", direction_of(first));
  put_day(&w, "since", since);
  put_rounded(&w, "size", first->change.size);
  put_interval(&w, &first->change);
  json_put_integer(&w, "people", group->size);
  json_put_string(&w, "ask", ask);
  bool promised = is_promised(view, subject, members, count, since);
  json_put_string(&w, "status", promised ? "promised" : "open");
  g_autofree struct evidence *evidence = g_new(struct evidence, (size_t)count);
  for (int i = 0; i < count; i++)
    evidence[i] = evidence_of(view, members[i]);
  struct claim claim = { .predicate = "group need", .subject = subject, .value = finish(view, &w), .confidence = first->confidence, .valid_from = view->today,
    .valid_to = view->today + VALID_DAYS, .evidence = evidence, .evidence_count = count };
  turn_claim(view->out, &claim);
  if (first->change.size < 0 && !promised && view->today - since <= NEED_DAYS)
    propose(view, subject, members, count, since, ask);
}

static int by_size(const void *a, const void *b)
{
  const struct finding *x = *(struct finding *const *)a, *y = *(struct finding *const *)b;
  if (x->group != y->group)
    return x->group - y->group;
  double d = fabs(y->change.size) - fabs(x->change.size);
  return d != 0 ? (d > 0 ? 1 : -1) : x->line - y->line;
}

/* Groups of findings that are one event: each of the largest not yet taken, with all of its group that are like it. */
static void state_needs(const struct view *view)
{
  g_autoptr(GPtrArray) open = g_ptr_array_new();
  for (guint i = 0; i < view->findings->len; i++)
    if (finding_at(view, i)->told)
      g_ptr_array_add(open, finding_at(view, i));
  g_ptr_array_sort(open, by_size);
  while (open->len > 0) {
    g_autoptr(GPtrArray) members = g_ptr_array_new();
    struct finding *first = open->pdata[0];
    for (guint i = 0; i < open->len;) {
      struct finding *f = open->pdata[i];
      if (f->group == first->group && is_alike(view, first, f, ALIKE_DAYS)) {
        g_ptr_array_add(members, f);
        g_ptr_array_remove_index(open, i);
      } else i++;
    }
    state_need(view, (struct finding *const *)members->pdata, (int)members->len);
  }
}

static bool run(const struct snapshot *now, struct turn *out, GError **error)
{
  (void)error;
  g_autoptr(GArray) findings = g_array_new(FALSE, FALSE, sizeof(struct finding));
  g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);
  struct view view = { .company = now->company, .voices = voices_new(now->company), .today = clock_day(now->now), .findings = findings, .texts = texts, .out = out };
  find_breaks(&view);
  choose(&view);
  for (guint i = 0; i < findings->len; i++)
    if (finding_at(&view, i)->told)
      state_change(&view, finding_at(&view, i));
  state_needs(&view);
  voices_free(view.voices);
  return true;
}

static const enum file_id reads[] = { FILE_PULSE, FILE_QUESTIONS, FILE_PEOPLE, FILE_COUNT };
static const char *const makes[] = { "pulse change", "group need", "answer a group", NULL };

extern const struct agent agent_listening;
const struct agent agent_listening = {
  .id = "listening", .title = "Listening", .question = "Where does a group's experience dip or peak, and what did we promise to do about it?",
  .revision = "1", .reads = reads, .makes = makes, .cadence = CADENCE_NEWS, .builds_on_others = true, .run = run };
