/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of formats.h. A new canonical file is a row here, a table in sql/schema, three queries in
 * sql/queries/company.sql, and its reader in load.c when an agent wants it. */
#include "company/formats.h"
#include <math.h>
#include <string.h>

#define MUST COLUMN_REQUIRED
#define KEY COLUMN_KEY
#define PERSONAL COLUMN_PERSONAL
#define TEXT(name, flags, help) { name, COLUMN_TEXT, flags, 0, 0, NULL, help }
#define ID(name, flags, help) { name, COLUMN_ID, flags, 0, 0, NULL, help }
#define PERSON(name, flags, help) { name, COLUMN_PERSON, flags, 0, 0, NULL, help }
#define OWNER(name, flags, help) { name, COLUMN_OWNER, flags, 0, 0, NULL, help }
#define LIST(name, flags, help) { name, COLUMN_LIST, flags, 0, 0, NULL, help }
#define WORD(name, flags, words, help) { name, COLUMN_WORD, flags, 0, 0, words, help }
#define NUMBER(name, flags, least, most, help) { name, COLUMN_NUMBER, flags, least, most, NULL, help }
#define YES_NO(name, flags, help) { name, COLUMN_YES_NO, flags, 0, 0, NULL, help }
#define DAY(name, flags, help) { name, COLUMN_DAY, flags, 0, 0, NULL, help }
#define MOMENT(name, flags, help) { name, COLUMN_MOMENT, flags, 0, 0, NULL, help }
#define END { NULL, COLUMN_TEXT, 0, 0, 0, NULL, NULL }
#define ANY 1e15 /* the largest magnitude that a figure of a company may have */
#define WORDS(...) ((const char *const[]){ __VA_ARGS__, NULL })

static const struct column people[] = {
  ID("employee_number", MUST | KEY | PERSONAL, "the company's own number of the person"),
  TEXT("first_name", PERSONAL, ""), TEXT("last_name", PERSONAL, ""), TEXT("work_email", PERSONAL, ""),
  TEXT("job_title", 0, "as in jobs.csv"), TEXT("department", 0, "the branch of the tree that the team hangs on"),
  TEXT("team", 0, "absent: the department"), TEXT("location", PERSONAL, ""),
  PERSON("manager", 0, "the manager's employee number"), NUMBER("fte", 0, 0, 2, "share of full time"),
  WORD("employment_status", 0, WORDS("active", "leave", "terminated"), ""),
  DAY("start_date", 0, "of this membership or of the employment"), DAY("termination_date", 0, ""),
  YES_NO("primary", 0, "the membership that the manager comes from; else the newest"), END };

static const struct column skills[] = {
  ID("skill_id", MUST | KEY, ""), TEXT("name", MUST, ""), ID("broader", 0, "the skill_id of the broader skill"),
  TEXT("description", 0, ""), LIST("aliases", 0, "other names"),
  NUMBER("half_life_months", 0, 0.1, 1200, "how fast it goes stale without use"), END };

static const struct column jobs[] = {
  TEXT("job_title", MUST | KEY, ""), ID("skill_id", MUST | KEY, ""), NUMBER("level", MUST, 0, 5, "what the job needs"),
  NUMBER("importance", 0, 0, 1, ""), END };

static const struct column goals[] = {
  ID("goal_id", MUST | KEY, ""), TEXT("name", MUST, ""), TEXT("unit", MUST, "written out, as people say it"),
  WORD("direction", MUST, WORDS("up", "down"), "which way is better"), PERSON("owner", MUST, "who answers for it"),
  NUMBER("baseline", MUST, -ANY, ANY, ""), NUMBER("target", MUST, -ANY, ANY, ""), DAY("due", MUST, ""),
  NUMBER("weight", 0, 0, 1, "its priority"),
  WORD("category", 0, WORDS("productivity", "revenue", "risk", "efficiency"), ""),
  NUMBER("value_per_unit", 0, -ANY, ANY, "money a year for one unit of the KPI, over the whole goal"),
  TEXT("currency", 0, ""), LIST("skills", 0, "the skills it is thought to rest on"),
  LIST("departments", 0, "empty: the company"), END };

static const struct column kpis[] = {
  ID("goal_id", MUST | KEY, ""), TEXT("team", KEY, "empty: the company"), DAY("date", MUST | KEY, "start of the period"),
  NUMBER("value", MUST, -ANY, ANY, ""), NUMBER("exposure", 0, 0, ANY, "a denominator: cases, hours, people"), END };

static const struct column results[] = {
  PERSON("employee_number", MUST | KEY, ""), ID("skill_id", MUST | KEY, ""), DAY("date", MUST | KEY, ""),
  NUMBER("score", MUST, 0, 1, ""),
  WORD("kind", KEY, WORDS("assessment", "practice", "manager", "peer", "self", "work"), "how it was seen"),
  ID("item_id", KEY, "the test item, task or case"), NUMBER("difficulty", 0, 0, 1, "0 easy to 1 hard"), END };

static const struct column programmes[] = {
  ID("programme_id", MUST | KEY, ""), TEXT("title", MUST, ""),
  WORD("kind", 0, WORDS("course", "workshop", "cohort", "coaching", "subscription"), ""), LIST("skills", 0, ""),
  NUMBER("hours", 0, 0, ANY, "per person"), NUMBER("cost_per_seat", 0, 0, ANY, ""), NUMBER("fixed_cost", 0, 0, ANY, "a year"),
  YES_NO("active", 0, ""), END };

static const struct column enrolments[] = {
  ID("programme_id", MUST | KEY, ""), PERSON("employee_number", MUST | KEY, ""), DAY("date", MUST | KEY, ""),
  TEXT("status", 0, ""), DAY("completed_on", 0, ""), END };

static const struct column questions[] = {
  ID("question_id", MUST | KEY, ""), TEXT("text", MUST, ""),
  WORD("topic", 0, WORDS("", "tool", "clarity", "capacity", "process", "incentive", "support", "engagement", "confidence"),
    "absent: read from the text"), END };

static const struct column pulse[] = {
  DAY("date", MUST | KEY, ""), ID("question_id", MUST | KEY, ""), TEXT("team", MUST | KEY, ""),
  ID("respondent", KEY, "an opaque token, never matched to a person"), NUMBER("answer", MUST, 1, 5, ""),
  TEXT("comment", PERSONAL, ""), END };

static const struct column objectives[] = {
  ID("objective_id", MUST | KEY, ""), OWNER("owner", MUST, "employee number or team"), TEXT("title", MUST | PERSONAL, ""),
  ID("goal_id", 0, ""), LIST("skills", 0, ""), NUMBER("progress", 0, 0, 1, ""), DAY("due", 0, ""), END };

static const struct column requests[] = {
  ID("request_id", MUST | KEY, ""), DAY("date", MUST, ""), PERSON("requester", MUST, ""), TEXT("team", 0, ""),
  TEXT("title", MUST | PERSONAL, ""), TEXT("description", PERSONAL, ""), END };

static const struct column work_log[] = {
  TEXT("process", MUST | KEY, "`learning production` marks our own"), ID("case_id", MUST | KEY, ""),
  TEXT("activity", MUST | KEY, ""), MOMENT("start", MUST | KEY, ""), MOMENT("end", 0, ""), TEXT("team", 0, ""),
  ID("actor", PERSONAL, "a role, an opaque token or an employee number"), END };

static const struct column tickets[] = {
  ID("ticket_id", MUST | KEY, ""), MOMENT("opened", MUST, ""), MOMENT("closed", 0, ""), TEXT("team", 0, ""),
  TEXT("tool", 0, ""), TEXT("category", 0, ""), END };

static const struct column capacity[] = {
  TEXT("team", MUST | KEY, ""), DAY("date", MUST | KEY, "the week"), NUMBER("available_hours", 0, 0, ANY, ""),
  NUMBER("planned_hours", 0, 0, ANY, ""), END };

static const struct column rewards[] = {
  TEXT("job_title", KEY, "or a team"), TEXT("team", KEY, ""), TEXT("rewarded", MUST | KEY, "a goal_id, or words"),
  NUMBER("weight", 0, 0, 1, ""), DAY("from", KEY, ""), DAY("to", 0, ""), END };

static const struct column changes[] = {
  DAY("date", MUST | KEY, ""), TEXT("scope", KEY, "a team or department; empty: the company"),
  WORD("kind", MUST | KEY, WORDS("other", "reorganisation", "tool", "price", "policy", "metric definition"), ""),
  TEXT("title", MUST | KEY, ""), END };

static const struct column workforce[] = {
  DAY("month", MUST | KEY, ""), ID("skill_id", KEY, "or a job_title"), TEXT("job_title", KEY, ""),
  NUMBER("demand", MUST, 0, ANY, "full-time people"), END };

#define TABLE(id, file, kind, table, flags, columns, becomes, tells) \
  [id] = { id, file, kind, table, FORMAT_TABLE | flags, columns, becomes, tells }

const struct format formats[FILE_COUNT] = {
  TABLE(FILE_PEOPLE, "people.csv", "person.recorded", "person", FORMAT_PER_PERSON, people,
    "hires, moves, leavers; teams form a tree by department", "who works where"),
  TABLE(FILE_SKILLS, "skills.csv", "skill.defined", "skill", 0, skills, "a framework", "how skills hang together and how fast they go stale"),
  TABLE(FILE_JOBS, "jobs.csv", "job.profiled", "job_skill", 0, jobs, "job profiles", "which level a job needs"),
  TABLE(FILE_GOALS, "goals.csv", "goal.set", "goal", 0, goals, "goals, versioned", "what matters, and how much"),
  TABLE(FILE_KPIS, "kpis.csv", "kpi.observed", "kpi", 0, kpis, "KPI values", "whether a goal is met, and where not"),
  [FILE_STATEMENTS] = { FILE_STATEMENTS, "statements.jsonl", "statement.stored", "statement", 0, NULL,
    "evidence", "what people did in learning tools" },
  TABLE(FILE_RESULTS, "results.csv", "result.recorded", "result", FORMAT_REPEATS, results, "evidence without an LRS", "what people can do"),
  TABLE(FILE_PROGRAMMES, "programmes.csv", "programme.described", "programme", 0, programmes, "what already runs", "what already runs and what it costs"),
  TABLE(FILE_ENROLMENTS, "enrolments.csv", "enrolment.recorded", "enrolment", 0, enrolments, "who takes it", "who takes which programme"),
  TABLE(FILE_QUESTIONS, "questions.csv", "question.asked", "question", 0, questions, "pulse questions", "what the pulse asked"),
  TABLE(FILE_PULSE, "pulse.csv", "pulse.answered", "pulse", 0, pulse, "pulse answers", "what people experience: tools, clarity, process, incentives, load"),
  TABLE(FILE_OBJECTIVES, "objectives.csv", "objective.set", "objective", 0, objectives, "objectives", "what people and teams have set themselves"),
  TABLE(FILE_REQUESTS, "requests.csv", "request.made", "request", 0, requests, "what the business asked L&D for", "what the business asked for"),
  TABLE(FILE_WORK_LOG, "work_log.csv", "step.worked", "step", 0, work_log, "the work: touch and waiting time, rework, hand-offs", "where the process waits"),
  TABLE(FILE_TICKETS, "tickets.csv", "ticket.opened", "ticket", 0, tickets, "tool trouble", "whether a tool gives trouble, and where"),
  TABLE(FILE_CAPACITY, "capacity.csv", "load.planned", "capacity", 0, capacity, "load", "whether a team has the hours"),
  TABLE(FILE_REWARDS, "rewards.csv", "reward.offered", "reward", 0, rewards, "what pays off here", "what people are rewarded for"),
  TABLE(FILE_CHANGES, "changes.csv", "change.noted", "change", 0, changes, "what else changed at the time", "what else changed at the time"),
  TABLE(FILE_WORKFORCE, "workforce.csv", "demand.forecast", "demand", 0, workforce, "the business's forecast", "what will be needed"),
  [FILE_SOURCES] = { FILE_SOURCES, "sources/*.md", "source.added", "source", 0, NULL,
    "sources, cut into spans with stable identities", "what the company has already written down" },
};

const struct format *format_by_file(const char *file) {
  for (size_t i = 0; i < FILE_COUNT; i++)
    if (strcmp(formats[i].file, file) == 0) return &formats[i];
  return NULL;
}

const struct format *format_by_kind(const char *kind) {
  for (size_t i = 0; i < FILE_COUNT; i++)
    if (strcmp(formats[i].kind, kind) == 0) return &formats[i];
  return NULL;
}

size_t format_columns(const struct format *format) {
  size_t count = 0;
  while (format->columns && format->columns[count].name) count++;
  return count;
}

int format_column(const struct format *format, const char *name) {
  for (int i = 0; format->columns && format->columns[i].name; i++)
    if (strcmp(format->columns[i].name, name) == 0) return i;
  return -1;
}
