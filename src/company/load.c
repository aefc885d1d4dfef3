/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One pass over each table, names turned into indices by hash tables that live only while loading (those of people, teams,
 * skills and goals are kept for look-ups). A team, skill or person that only some file names is added with what is known:
 * a KPI of an unknown team must not be lost, and has no members. What becomes of statements: load-statements.c. */
#include "company/load-private.h"
#include "company/fold.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *load_keep(struct loading *load, const char *text) { return text ? g_string_chunk_insert_const(load->to->texts, text) : NULL; }

int load_find(GHashTable *table, const char *name) { return name ? GPOINTER_TO_INT(g_hash_table_lookup(table, name)) - 1 : -1; }

/* The index of `name` in the table, `next` if it is new. */
static int intern(struct loading *load, GHashTable *table, const char *name, int next) {
  int index = load_find(table, name);
  if (index >= 0) return index;
  g_hash_table_insert(table, (void *)(uintptr_t)load_keep(load, name), GINT_TO_POINTER(next + 1));
  return next;
}

static int intern_department(struct loading *load, const char *name) {
  if (!name || !*name) return -1;
  int index = intern(load, load->to->departments, name, (int)load->department->len);
  struct department department = { .name = load_keep(load, name) };
  if (index == (int)load->department->len) g_array_append_val(load->department, department);
  return index;
}

int load_intern_team(struct loading *load, const char *name) {
  if (!name || !*name) return -1;
  int index = intern(load, load->to->teams, name, (int)load->team->len);
  struct team team = { .name = load_keep(load, name), .department = -1, .manager = -1 };
  if (index == (int)load->team->len) g_array_append_val(load->team, team);
  return index;
}

int load_intern_skill(struct loading *load, const char *id) {
  if (!id || !*id) return -1;
  int index = intern(load, load->to->skills, id, (int)load->skill->len);
  struct skill skill = { .id = load_keep(load, id), .name = load_keep(load, id), .broader = -1 };
  if (index == (int)load->skill->len) g_array_append_val(load->skill, skill);
  return index;
}

static int intern_job(struct loading *load, const char *title) {
  if (!title || !*title) return -1;
  int index = intern(load, load->jobs, title, (int)load->job->len);
  struct job job = { .title = load_keep(load, title) };
  if (index == (int)load->job->len) g_array_append_val(load->job, job);
  return index;
}

/* "a;b" as indices into the skills. */
const int *load_skill_list(struct loading *load, const char *text, int *ret_count, int (*index_of)(struct loading *, const char *)) {
  g_auto(GStrv) names = g_strsplit(text ? text : "", ";", -1);
  int count = 0, *list = g_new(int, g_strv_length(names) + 1);
  for (size_t i = 0; names[i]; i++)
    if (*g_strstrip(names[i])) list[count++] = index_of(load, names[i]);
  *ret_count = count;
  return list;
}

const char *load_reveal(struct loading *load, struct query *query, int column, int id_column, const char *field) {
  g_autofree char *text = ledger_reveal(load->seal, query, column, id_column, field, NULL);
  return load_keep(load, text);
}

const char *load_reveal_or_none(struct loading *load, struct query *query, int column, int id_column, const char *field) {
  enum seal_state state;
  g_autofree char *text = ledger_reveal(load->seal, query, column, id_column, field, &state);
  return state == SEAL_OPEN || state == SEAL_CLEAR ? load_keep(load, text) : NULL;
}

int32_t load_day_or_none(struct query *query, int column) { return query_null(query, column) ? CLOCK_NO_DAY : (int32_t)query_integer(query, column); }
double load_number_or(struct query *query, int column, double otherwise) { return query_null(query, column) ? otherwise : query_double(query, column); }

static void seen(struct loading *load, int32_t day) {
  if (day == CLOCK_NO_DAY) return;
  load->company->first_day = MIN(load->company->first_day, day);
  load->company->last_day = MAX(load->company->last_day, day);
}

int load_word_index(const char *const *words, int count, const char *word, int otherwise) {
  for (int i = 0; word && i < count; i++)
    if (strcmp(words[i], word) == 0) return i;
  return otherwise;
}

/* Runs `row` for every row of a named query. */
static bool each(struct loading *load, const char *name, void (*row)(struct loading *, struct query *), GError **error) {
  g_autoptr(query_auto) query = db_query(load->db, error, name, "");
  int got;
  while ((got = query_next(query, error)) == 1) row(load, query);
  return got == 0;
}

/* ---- people ----------------------------------------------------------------------------------------------------- */

static void read_person(struct loading *load, struct query *q) {
  static const char *const states[] = { "active", "leave", "terminated", "erased" };
  enum { ID = 10 };
  int status = load_word_index(states, G_N_ELEMENTS(states), query_text(q, 6), PERSON_ACTIVE);
  bool erased = status > PERSON_LEFT;
  struct person person = { .id = load_keep(load, query_text(q, 0)), .employee_number = erased ? "" : load_reveal(load, q, 1, ID, "employee_number"),
    .first_name = load_reveal_or_none(load, q, 2, ID, "first_name"), .last_name = erased ? "(erased)" : load_reveal(load, q, 3, ID, "last_name"),
    .email = load_reveal_or_none(load, q, 4, ID, "work_email"), .location = load_reveal_or_none(load, q, 5, ID, "location"),
    .status = (enum person_status)MIN(status, PERSON_LEFT), .start = load_day_or_none(q, 7), .end = load_day_or_none(q, 8),
    .fte = 1, .team = -1, .department = -1, .job = -1, .manager = -1 };
  if (person.end != CLOCK_NO_DAY && person.end <= load->day) person.status = PERSON_LEFT;
  g_hash_table_insert(load->to->people, (void *)(uintptr_t)person.id, GINT_TO_POINTER((int)load->person->len + 1));
  g_array_append_val(load->person, person);
}

static void read_membership(struct loading *load, struct query *q) {
  int person = load_find(load->to->people, query_text(q, 0));
  if (person < 0) return;
  struct person *of = &g_array_index(load->person, struct person, person);
  struct membership membership = { .person = person, .team = load_intern_team(load, query_text(q, 1)), .from = load_day_or_none(q, 2), .to = load_day_or_none(q, 3),
    .job = intern_job(load, query_text(q, 5)), .manager = load_find(load->to->people, query_text(q, 6)), .fte = load_number_or(q, 7, 1), .primary = query_integer(q, 8) };
  int department = intern_department(load, query_text(q, 4));
  bool open = (membership.to == CLOCK_NO_DAY || membership.to > load->day) && of->status != PERSON_LEFT;
  if (membership.team >= 0) {
    struct team *team = &g_array_index(load->team, struct team, membership.team);
    if (team->department < 0 || open) team->department = department;
    team->size += open;
  }
  /* Rows come by start: a later one replaces an earlier one unless that is the primary one and still open. */
  bool better = of->team < 0 || membership.primary || open;
  if (better) {
    of->team = membership.team;
    of->department = department;
    of->job = membership.job;
    of->manager = membership.manager;
    of->fte = membership.fte;
  }
  g_array_append_val(load->membership, membership);
}

static bool membership_open(const struct loading *load, const struct membership *membership) {
  const struct person *person = &g_array_index(load->person, struct person, membership->person);
  return person->status != PERSON_LEFT && (membership->to == CLOCK_NO_DAY || membership->to > load->day);
}

/* The primary open membership wins; department sizes count people once; a team's manager is the one most members name. */
static void settle_people(struct loading *load) {
  for (guint i = 0; i < load->membership->len; i++) {
    struct membership *membership = &g_array_index(load->membership, struct membership, i);
    if (!membership->primary || !membership_open(load, membership)) continue;
    struct person *person = &g_array_index(load->person, struct person, membership->person);
    person->team = membership->team;
    person->job = membership->job;
    person->manager = membership->manager;
    person->fte = membership->fte;
    if (membership->team >= 0) person->department = g_array_index(load->team, struct team, membership->team).department;
  }
  g_autofree int *votes = g_new0(int, load->team->len + 1); /* Boyer and Moore's majority vote */
  for (guint i = 0; i < load->person->len; i++) {
    struct person *person = &g_array_index(load->person, struct person, i);
    if (person->status == PERSON_LEFT) continue;
    if (person->department >= 0) g_array_index(load->department, struct department, person->department).size++;
    if (person->team < 0 || person->manager < 0) continue;
    struct team *team = &g_array_index(load->team, struct team, person->team);
    int *vote = &votes[person->team];
    if (*vote == 0) team->manager = person->manager;
    *vote += team->manager == person->manager ? 1 : -1;
  }
}

/* ---- skills, jobs, goals ---------------------------------------------------------------------------------------- */

static void read_skill(struct loading *load, struct query *q) {
  int index = load_intern_skill(load, query_text(q, 0));
  int broader = load_intern_skill(load, query_text(q, 2));
  struct skill *skill = &g_array_index(load->skill, struct skill, index);
  skill->name = load_keep(load, query_text(q, 1));
  skill->broader = broader;
  skill->aliases = load_keep(load, query_text(q, 4));
  skill->half_life_days = load_number_or(q, 5, 0) * 30.4375;
}

static void read_job_skill(struct loading *load, struct query *q) {
  struct job_skill row = { .job = intern_job(load, query_text(q, 0)), .skill = load_intern_skill(load, query_text(q, 1)), .level = query_double(q, 2), .importance = load_number_or(q, 3, 1) };
  if (row.job < 0) return; /* a title that is empty is nobody's */
  struct job *job = &g_array_index(load->job, struct job, row.job);
  if (!job->count++) job->first = (int)load->job_skill->len; /* rows come by title */
  g_array_append_val(load->job_skill, row);
}

static void read_goal(struct loading *load, struct query *q) {
  struct goal goal = { .id = load_keep(load, query_text(q, 0)), .name = load_keep(load, query_text(q, 1)), .unit = load_keep(load, query_text(q, 2)),
    .direction = g_strcmp0(query_text(q, 3), "down") == 0 ? GOAL_DOWN : GOAL_UP, .owner = load_find(load->to->people, query_text(q, 4)),
    .baseline = query_double(q, 5), .target = query_double(q, 6), .due = load_day_or_none(q, 7), .weight = load_number_or(q, 8, 0.5),
    .category = (enum goal_category)load_word_index(goal_category_names, 4, query_text(q, 9), GOAL_PRODUCTIVITY),
    .value_per_unit = load_number_or(q, 10, 0), .currency = load_keep(load, query_text(q, 11)), .seq = query_integer(q, 14), .version = 1 };
  if (goal.currency && *goal.currency) load->company->currency = goal.currency;
  goal.skills = load_skill_list(load, query_text(q, 12), &goal.skill_count, load_intern_skill);
  goal.departments = load_skill_list(load, query_text(q, 13), &goal.department_count, intern_department);
  g_hash_table_insert(load->to->goals, (void *)(uintptr_t)goal.id, GINT_TO_POINTER((int)load->goal->len + 1));
  g_array_append_val(load->goal, goal);
}

/* ---- observations ----------------------------------------------------------------------------------------------- */


static bool load_kpis(struct loading *load, GError **error) {
  GArray *rows = load_rows(sizeof(struct kpi));
  int got;
  LOAD_EACH_ROW("company.all_kpi") {
    struct kpi kpi = { .goal = load_find(load->to->goals, query_text(q, 0)), .team = load_intern_team(load, query_text(q, 1)), .day = (int32_t)query_integer(q, 2),
      .value = query_double(q, 3), .exposure = query_double(q, 4) };
    if (kpi.goal < 0) continue; /* intake refuses it; a goal that was undone leaves its values behind */
    seen(load, kpi.day);
    g_array_append_val(rows, kpi);
  }
  LOAD_HAND_OVER(load->company->kpis, rows);
  return got == 0;
}

void load_add_result(struct loading *load, struct result result) {
  seen(load, result.day);
  g_array_append_val(load->result, result);
}

int load_item_of(struct loading *load, const char *item) {
  return item && *item ? intern(load, load->items, item, (int)g_hash_table_size(load->items)) : -1;
}

static void read_result(struct loading *load, struct query *q) {
  int person = load_find(load->to->people, query_text(q, 0));
  if (person < 0) return;
  load_add_result(load, (struct result){ .person = person, .skill = load_intern_skill(load, query_text(q, 1)), .day = (int32_t)query_integer(q, 2), .score = query_double(q, 3),
    .kind = (enum result_kind)load_word_index(result_kind_names, RESULT_KINDS, query_text(q, 4), RESULT_ASSESSMENT), .item = load_item_of(load, query_text(q, 5)),
    .difficulty = query_double(q, 6), .seq = query_integer(q, 8) });
}

/* What somebody says of an own skill is evidence like any other self-rating: it counts at once, for as little. */
static void read_correction(struct loading *load, struct query *q) {
  int person = load_find(load->to->people, query_text(q, 0));
  if (person < 0) return;
  load_add_result(load, (struct result){ .person = person, .skill = load_intern_skill(load, query_text(q, 1)), .day = clock_day(query_integer(q, 3)), .kind = RESULT_SELF,
    .item = -1, .score = query_double(q, 2), .difficulty = NAN, .seq = query_integer(q, 4) });
}

static int by_skill_person_day(const void *a, const void *b) {
  const struct result *x = a, *y = b;
  if (x->skill != y->skill) return x->skill - y->skill;
  if (x->person != y->person) return x->person - y->person;
  if (x->day != y->day) return x->day - y->day;
  return x->seq < y->seq ? -1 : x->seq > y->seq;
}

static int by_goal_team_day(const void *a, const void *b) {
  const struct kpi *x = a, *y = b;
  if (x->goal != y->goal) return x->goal - y->goal;
  if (x->team != y->team) return x->team - y->team;
  return x->day < y->day ? -1 : x->day > y->day;
}

/* Tables are in the order of names; what needs the order of indices is sorted where that differs. */
static void sort_unless_sorted(void *at, int count, size_t size, int (*compare)(const void *, const void *)) {
  for (int i = 1; i < count; i++)
    if (compare((char *)at + (size_t)(i - 1) * size, (char *)at + (size_t)i * size) > 0) {
      qsort(at, (size_t)count, size, compare);
      return;
    }
}

static bool load_pulse(struct loading *load, GError **error) {
  GArray *questions = load_rows(sizeof(struct question)), *rows = load_rows(sizeof(struct pulse));
  int got;
  LOAD_EACH_ROW("company.all_question") {
    struct question question = { .id = load_keep(load, query_text(q, 0)), .text = load_keep(load, query_text(q, 1)), .topic = (enum topic)load_word_index(topic_names, TOPIC_COUNT, query_text(q, 2), TOPIC_NONE) };
    g_hash_table_insert(load->questions, (void *)(uintptr_t)question.id, GINT_TO_POINTER((int)questions->len + 1));
    g_array_append_val(questions, question);
  }
  if (got == 0) LOAD_EACH_ROW("company.all_pulse") {
    const char *id = query_text(q, 1), *token = query_text(q, 3);
    struct pulse pulse = { .day = (int32_t)query_integer(q, 0), .question = intern(load, load->questions, id, (int)questions->len), .team = load_intern_team(load, query_text(q, 2)),
      .respondent = *token ? intern(load, load->respondents, token, (int)g_hash_table_size(load->respondents)) : -1, .answer = query_double(q, 4), .comment = query_null(q, 5) ? NULL : load_reveal_or_none(load, q, 5, 7, "comment") };
    struct question unknown = { .id = load_keep(load, id), .text = load_keep(load, id) };
    if (pulse.question == (int)questions->len) g_array_append_val(questions, unknown);
    seen(load, pulse.day);
    g_array_append_val(rows, pulse);
  }
  LOAD_HAND_OVER(load->company->questions, questions);
  LOAD_HAND_OVER(load->company->pulses, rows);
  return got == 0;
}

static bool load_work(struct loading *load, GError **error) {
  GArray *steps = load_rows(sizeof(struct step)), *tickets = load_rows(sizeof(struct ticket)), *loads = load_rows(sizeof(struct capacity));
  int got;
  LOAD_EACH_ROW("company.all_step") {
    struct step step = { .process = load_keep(load, query_text(q, 0)), .case_id = load_keep(load, query_text(q, 1)), .activity = load_keep(load, query_text(q, 2)), .start = query_integer(q, 3),
      .end = query_null(q, 4) ? INT64_MIN : query_integer(q, 4), .team = load_intern_team(load, query_text(q, 5)) };
    seen(load, clock_day(step.start));
    g_array_append_val(steps, step);
  }
  if (got == 0) LOAD_EACH_ROW("company.all_ticket") {
    struct ticket ticket = { .opened = query_integer(q, 1), .closed = query_null(q, 2) ? INT64_MIN : query_integer(q, 2), .team = load_intern_team(load, query_text(q, 3)),
      .tool = load_keep(load, query_text(q, 4)), .category = load_keep(load, query_text(q, 5)) };
    seen(load, clock_day(ticket.opened));
    g_array_append_val(tickets, ticket);
  }
  if (got == 0) LOAD_EACH_ROW("company.all_capacity") {
    struct capacity capacity = { .team = load_intern_team(load, query_text(q, 0)), .day = (int32_t)query_integer(q, 1), .available = query_double(q, 2), .planned = query_double(q, 3) };
    g_array_append_val(loads, capacity);
  }
  LOAD_HAND_OVER(load->company->steps, steps);
  LOAD_HAND_OVER(load->company->tickets, tickets);
  LOAD_HAND_OVER(load->company->loads, loads);
  return got == 0;
}

static bool load_context(struct loading *load, GError **error) {
  GArray *rewards = load_rows(sizeof(struct reward)), *changes = load_rows(sizeof(struct change)), *requests = load_rows(sizeof(struct request));
  int got;
  LOAD_EACH_ROW("company.all_reward") {
    const char *rewarded = query_text(q, 2);
    struct reward reward = { .job_title = load_keep(load, query_text(q, 0)), .team = load_intern_team(load, query_text(q, 1)), .rewarded = load_keep(load, rewarded),
      .goal = load_find(load->to->goals, rewarded), .weight = load_number_or(q, 3, 1), .from = load_day_or_none(q, 4), .to = load_day_or_none(q, 5) };
    g_array_append_val(rewards, reward);
  }
  if (got == 0) LOAD_EACH_ROW("company.all_change") {
    const char *scope = query_text(q, 1);
    int department = load_find(load->to->departments, scope);
    struct change change = { .day = (int32_t)query_integer(q, 0), .scope = load_keep(load, scope), .department = department,
      .team = department >= 0 ? -1 : load_intern_team(load, scope), .kind = load_keep(load, query_text(q, 2)), .title = load_keep(load, query_text(q, 3)) };
    g_array_append_val(changes, change);
  }
  if (got == 0) LOAD_EACH_ROW("company.all_request") {
    struct request request = { .id = load_keep(load, query_text(q, 0)), .day = (int32_t)query_integer(q, 1), .requester = load_find(load->to->people, query_text(q, 2)),
      .team = load_intern_team(load, query_text(q, 3)), .title = load_reveal(load, q, 4, 7, "title"), .description = load_reveal_or_none(load, q, 5, 7, "description") };
    g_array_append_val(requests, request);
  }
  LOAD_HAND_OVER(load->company->rewards, rewards);
  LOAD_HAND_OVER(load->company->changes, changes);
  LOAD_HAND_OVER(load->company->requests, requests);
  return got == 0;
}

static bool load_programmes(struct loading *load, GError **error) {
  GArray *programmes = load_rows(sizeof(struct programme)), *enrolments = load_rows(sizeof(struct enrolment));
  int got;
  LOAD_EACH_ROW("company.all_programme") {
    struct programme programme = { .id = load_keep(load, query_text(q, 0)), .title = load_keep(load, query_text(q, 1)), .kind = load_keep(load, query_text(q, 2)), .hours = load_number_or(q, 4, 0),
      .cost_per_seat = load_number_or(q, 5, 0), .fixed_cost = load_number_or(q, 6, 0), .active = query_null(q, 7) || query_integer(q, 7) };
    programme.skills = load_skill_list(load, query_text(q, 3), &programme.skill_count, load_intern_skill);
    g_hash_table_insert(load->programmes, (void *)(uintptr_t)programme.id, GINT_TO_POINTER((int)programmes->len + 1));
    g_array_append_val(programmes, programme);
  }
  if (got == 0) LOAD_EACH_ROW("company.all_enrolment") {
    struct enrolment enrolment = { .programme = load_find(load->programmes, query_text(q, 0)), .person = load_find(load->to->people, query_text(q, 1)),
      .day = (int32_t)query_integer(q, 2), .status = load_keep(load, query_text(q, 3)), .completed = load_day_or_none(q, 4) };
    if (enrolment.programme >= 0) g_array_append_val(enrolments, enrolment);
  }
  LOAD_HAND_OVER(load->company->programmes, programmes);
  LOAD_HAND_OVER(load->company->enrolments, enrolments);
  return got == 0;
}

static bool load_plans(struct loading *load, GError **error) {
  GArray *objectives = load_rows(sizeof(struct objective)), *demands = load_rows(sizeof(struct demand));
  int got;
  LOAD_EACH_ROW("company.all_objective") {
    const char *owner = query_text(q, 1);
    struct objective objective = { .id = load_keep(load, query_text(q, 0)), .person = load_find(load->to->people, owner), .title = load_reveal(load, q, 2, 8, "title"), .team = -1,
      .goal = load_find(load->to->goals, query_text(q, 3)), .progress = query_double(q, 5), .due = load_day_or_none(q, 6) };
    if (objective.person < 0) objective.team = load_intern_team(load, owner);
    objective.skills = load_skill_list(load, query_text(q, 4), &objective.skill_count, load_intern_skill);
    g_array_append_val(objectives, objective);
  }
  if (got == 0) LOAD_EACH_ROW("company.all_demand") {
    const char *skill = query_text(q, 1);
    struct demand demand = { .month = (int32_t)query_integer(q, 0), .skill = load_intern_skill(load, skill), .job_title = load_keep(load, query_text(q, 2)), .people = query_double(q, 3) };
    g_array_append_val(demands, demand);
  }
  LOAD_HAND_OVER(load->company->objectives, objectives);
  LOAD_HAND_OVER(load->company->demands, demands);
  return got == 0;
}

static bool load_words(struct loading *load, GError **error) {
  GArray *confirmations = load_rows(sizeof(struct confirmation)), *decisions = load_rows(sizeof(struct need_decision));
  static const char *const states[] = { "open", "noise", "declined", "accepted" };
  int got;
  LOAD_EACH_ROW("company.all_need_word") {
    const char *word = query_text(q, 1);
    int32_t day = clock_day(query_integer(q, 7));
    if (strcmp(word, "cause") == 0) {
      struct confirmation row = { .need = load_keep(load, query_text(q, 0)), .goal_id = load_keep(load, query_text(q, 2)), .cause = (enum cause)MAX(cause_by_name(query_text(q, 3)), 0),
        .first = (enum cause)MAX(cause_by_name(query_text(q, 4)), 0), .day = day };
      g_array_append_val(confirmations, row);
    } else {
      struct need_decision row = { .need = load_keep(load, query_text(q, 0)), .goal_id = load_keep(load, query_text(q, 2)), .reason = load_reveal(load, q, 5, 9, "reason"),
        .state = (enum need_state)load_word_index(states, 4, word, NEED_OPEN), .day = day };
      g_array_append_val(decisions, row);
    }
  }
  LOAD_HAND_OVER(load->company->confirmations, confirmations);
  LOAD_HAND_OVER(load->company->decisions, decisions);
  return got == 0;
}

/* What people decided about programmes: a stopped one is not active any more, whatever the file says. */
static bool load_programme_decisions(struct loading *load, GError **error) {
  int got;
  LOAD_EACH_ROW("company.all_programme_decision") {
    int index = load_find(load->programmes, query_text(q, 0));
    if (index < 0) continue;
    struct programme *programme = &load->company->programmes.at[index];
    programme->stopped = query_integer(q, 1) != 0;
    if (programme->stopped) programme->active = false;
    programme->serves = query_null(q, 2) ? NULL : load_keep(load, query_text(q, 2));
    programme->reason = load_reveal(load, q, 3, 4, "reason");
  }
  return got == 0;
}

static bool load_assumed(struct loading *load, GError **error) {
  GArray *assumed = load_rows(sizeof(struct assumed));
  int got;
  LOAD_EACH_ROW("company.all_assumption") {
    struct assumed row = { .name = load_keep(load, query_text(q, 0)), .value = query_double(q, 1) };
    g_array_append_val(assumed, row);
  }
  LOAD_HAND_OVER(load->company->assumed, assumed);
  return got == 0;
}

static bool load_files(struct loading *load, GError **error) {
  int got;
  LOAD_EACH_ROW("company.files") {
    const struct format *format = format_by_file(query_text(q, 0));
    if (format) load->company->have[format->id] = true;
  }
  return got == 0;
}

/* ---- the whole -------------------------------------------------------------------------------------------------- */

static void loading_init(struct loading *load, struct db *db, struct seal *seal, int32_t day) {
  struct loaded *to = g_new0(struct loaded, 1);
  *load = (struct loading){ .to = to, .company = &to->company, .db = db, .seal = seal, .day = day };
  g_atomic_ref_count_init(&to->references);
  to->texts = g_string_chunk_new(4096);
  GHashTable **borrowed[] = { &to->people, &to->teams, &to->skills, &to->goals, &to->departments, &load->jobs, &load->items, &load->respondents, &load->questions, &load->programmes };
  for (size_t i = 0; i < G_N_ELEMENTS(borrowed); i++) *borrowed[i] = g_hash_table_new(g_str_hash, g_str_equal);
  load->person = load_rows(sizeof(struct person));
  load->membership = load_rows(sizeof(struct membership));
  load->department = load_rows(sizeof(struct department));
  load->team = load_rows(sizeof(struct team));
  load->skill = load_rows(sizeof(struct skill));
  load->job = load_rows(sizeof(struct job));
  load->job_skill = load_rows(sizeof(struct job_skill));
  load->goal = load_rows(sizeof(struct goal));
  load->result = load_rows(sizeof(struct result));
  to->company.currency = "EUR";
  to->company.name = "";
  to->company.first_day = INT32_MAX;
  to->company.last_day = CLOCK_NO_DAY;
}

static void loading_finish(struct loading *load) {
  struct company *company = load->company;
  LOAD_HAND_OVER(company->people, load->person);
  LOAD_HAND_OVER(company->memberships, load->membership);
  LOAD_HAND_OVER(company->departments, load->department);
  LOAD_HAND_OVER(company->teams, load->team);
  LOAD_HAND_OVER(company->skills, load->skill);
  LOAD_HAND_OVER(company->jobs, load->job);
  LOAD_HAND_OVER(company->job_skills, load->job_skill);
  LOAD_HAND_OVER(company->goals, load->goal);
  LOAD_HAND_OVER(company->results, load->result);
  sort_unless_sorted(company->results.at, company->results.count, sizeof *company->results.at, by_skill_person_day);
  sort_unless_sorted(company->kpis.at, company->kpis.count, sizeof *company->kpis.at, by_goal_team_day);
  if (company->first_day > company->last_day) company->first_day = company->last_day = load->day;
  GHashTable *passing[] = { load->jobs, load->items, load->respondents, load->questions, load->programmes };
  for (size_t i = 0; i < G_N_ELEMENTS(passing); i++) g_hash_table_destroy(passing[i]);
}

static int64_t version_of(struct db *db, const char *query, GError **error);

struct company *company_load(struct db *db, struct seal *seal, int32_t day, GError **error) {
  struct loading load;
  if (!seal_refresh(seal, error)) return NULL;
  loading_init(&load, db, seal, day);
  load.company->version = company_version(db, error);
  load.company->data_version = load.company->version < 0 ? -1 : version_of(db, "company.data_version", error);
  bool fine = load.company->version >= 0 && load.company->data_version >= 0 && load_files(&load, error) && each(&load, "company.all_person", read_person, error) &&
    each(&load, "company.all_membership", read_membership, error) && each(&load, "company.all_skill", read_skill, error) &&
    each(&load, "company.all_job_skill", read_job_skill, error) && each(&load, "company.all_goal", read_goal, error);
  if (fine) settle_people(&load);
  fine = fine && load_kpis(&load, error) && each(&load, "company.all_result", read_result, error) &&
    load_statements(&load, error) &&
    each(&load, "company.all_skill_correction", read_correction, error) && load_pulse(&load, error) && load_work(&load, error) && load_context(&load, error) && load_programmes(&load, error) && load_plans(&load, error) && load_words(&load, error) && load_programme_decisions(&load, error) && load_assumed(&load, error) && load_decisions(&load, error);
  loading_finish(&load);
  if (fine) return load.company;
  company_unref(load.company);
  return NULL;
}

struct company *company_ref(struct company *company) {
  g_atomic_ref_count_inc(&((struct loaded *)company)->references);
  return company;
}

void company_unref(struct company *company) {
  struct loaded *loaded = (struct loaded *)company;
  if (!company || !g_atomic_ref_count_dec(&loaded->references)) return;
  for (int i = 0; i < company->goals.count; i++) {
    g_free((void *)(uintptr_t)company->goals.at[i].skills);
    g_free((void *)(uintptr_t)company->goals.at[i].departments);
  }
  for (int i = 0; i < company->programmes.count; i++) g_free((void *)(uintptr_t)company->programmes.at[i].skills);
  for (int i = 0; i < company->objectives.count; i++) g_free((void *)(uintptr_t)company->objectives.at[i].skills);
  load_decisions_clear(company);
  void *lists[] = { company->people.at, company->memberships.at, company->departments.at, company->teams.at, company->skills.at, company->jobs.at,
    company->job_skills.at, company->goals.at, company->kpis.at, company->results.at, company->questions.at, company->pulses.at, company->steps.at,
    company->tickets.at, company->loads.at, company->rewards.at, company->changes.at, company->requests.at, company->programmes.at,
    company->enrolments.at, company->objectives.at, company->demands.at, company->assumed.at, company->confirmations.at, company->decisions.at, company->sources.at, company->needs.at,
    company->interventions.at, company->intervention_teams.at, company->assets.at, company->deliveries.at, company->preferences.at, company->promises.at, company->weighings.at,
    company->weights.at, company->weight_resets.at };
  for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) g_free(lists[i]);
  GHashTable *tables[] = { loaded->people, loaded->teams, loaded->skills, loaded->goals, loaded->departments };
  for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) g_hash_table_destroy(tables[i]);
  g_string_chunk_free(loaded->texts);
  g_free(loaded);
}

/* The version with what was erased since. */
static int64_t version_of(struct db *db, const char *query, GError **error) {
  int64_t version = 0, erased = 0;
  if (db_one(db, &version, error, query, "") < 0 || db_one(db, &erased, error, "company.erased_version", "") < 0) return -1;
  return MAX(version, erased);
}

int64_t company_version(struct db *db, GError **error) { return version_of(db, "company.version", error); }

int company_person(const struct company *company, const char *id) { return load_find(((const struct loaded *)company)->people, id); }
int company_team(const struct company *company, const char *name) { return load_find(((const struct loaded *)company)->teams, name); }
int company_skill(const struct company *company, const char *id) { return load_find(((const struct loaded *)company)->skills, id); }
int company_goal(const struct company *company, const char *id) { return load_find(((const struct loaded *)company)->goals, id); }
int company_department(const struct company *company, const char *name) { return load_find(((const struct loaded *)company)->departments, name); }
