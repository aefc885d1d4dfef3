/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company's departments, skills, jobs and programmes as tables.
 *
 * How it can be wrong: a job must need the main and the decoy skill of every goal of its department (catalog-goals.c),
 * else that goal has nobody whose skill could matter; a test walks both tables. */
#include "sim/catalog.h"
#include <stddef.h>

const struct skill_row sim_skills[SKILL_COUNT] = {
#define SKILL(index, id, name, broader, half_life, aliases, description) { id, name, broader, aliases, description, half_life },
#include "sim/skills.def"
#undef SKILL
};

const struct department_row sim_departments[DEPT_COUNT] = {
  [DEPT_MANAGEMENT] = { "Management", 0.0, { "Management" }, { 0 }, false },
  [DEPT_SALES] = { "Sales", 0.22, { "Key Accounts", "Housing Sales", "Inside Sales", "Partner Sales" },
    { "Account Manager", NULL, "Sales Representative", NULL }, true },
  [DEPT_SERVICE] = { "Customer Service", 0.25, { "Service Desk", "Billing Support", "Contract Care", "Tenant Line" }, { 0 }, true },
  [DEPT_OPERATIONS] = { "Operations", 0.23, { "Field Service", "Dispatch", "Metering", "Parts and Stock" },
    { "Field Technician", "Dispatcher", "Field Technician", "Dispatcher" }, true },
  [DEPT_ENGINEERING] = { "Engineering", 0.17, { "Portal", "Metering Platform", "Billing Systems", "Forecasting", "Mobile" },
    { NULL, "Platform Engineer", NULL, "Machine Learning Engineer", NULL }, false },
  [DEPT_FINANCE] = { "Finance", 0.08, { "Accounts", "Finance Control", "Receivables" },
    { "Accountant", "Financial Controller", "Accountant" }, true },
  [DEPT_PEOPLE] = { "People", 0.05, { "Learning and Development", "People Partners", "Recruiting" },
    { "Learning Designer", "People Partner", "Recruiter" }, true },
};

#define NEED(skill, level, importance) { SKILL_##skill, level, importance }
const struct job_row sim_jobs[] = {
  { "Managing Director", DEPT_MANAGEMENT, RANK_HEAD, 1, { NEED(COACHING, 3, 0.6), NEED(LITERACY, 3, 0.6) } },

  { "Account Manager", DEPT_SALES, RANK_MEMBER, 0.4, { NEED(OBJECTIONS, 3.5, 0.9), NEED(NEGOTIATION, 3, 0.8), NEED(WRITING, 3, 0.7), NEED(CONTRACTS, 3, 0.8), NEED(LITERACY, 2, 0.4), NEED(ASSISTANTS, 1.5, 0.3) } },
  { "Sales Representative", DEPT_SALES, RANK_MEMBER, 0.6, { NEED(OBJECTIONS, 3, 1.0), NEED(NEGOTIATION, 2.5, 0.6), NEED(WRITING, 2.5, 0.6), NEED(CONTRACTS, 2.5, 0.7), NEED(LITERACY, 2, 0.3), NEED(ASSISTANTS, 1.5, 0.3) } },
  { "Sales Team Lead", DEPT_SALES, RANK_LEAD, 1, { NEED(OBJECTIONS, 3.5, 0.7), NEED(NEGOTIATION, 3.5, 0.7), NEED(WRITING, 3, 0.6), NEED(CONTRACTS, 3, 0.6), NEED(LITERACY, 2.5, 0.5), NEED(COACHING, 3, 0.9) } },
  { "Head of Sales", DEPT_SALES, RANK_HEAD, 1, { NEED(NEGOTIATION, 4, 0.7), NEED(LITERACY, 3, 0.6), NEED(COACHING, 3.5, 0.9) } },

  { "Service Agent", DEPT_SERVICE, RANK_MEMBER, 0.75, { NEED(DIAGNOSING, 3, 1.0), NEED(DEESCALATION, 3, 0.9), NEED(CASES, 2.5, 0.6), NEED(CONTRACTS, 2.5, 0.6), NEED(LITERACY, 1.5, 0.2), NEED(ASSISTANTS, 1.5, 0.4) } },
  { "Senior Service Agent", DEPT_SERVICE, RANK_MEMBER, 0.25, { NEED(DIAGNOSING, 3.5, 1.0), NEED(DEESCALATION, 3.5, 0.9), NEED(CASES, 3, 0.6), NEED(CONTRACTS, 3, 0.7), NEED(LITERACY, 2, 0.3), NEED(ASSISTANTS, 2, 0.4) } },
  { "Service Team Lead", DEPT_SERVICE, RANK_LEAD, 1, { NEED(DIAGNOSING, 3, 0.6), NEED(DEESCALATION, 3.5, 0.8), NEED(CASES, 3, 0.5), NEED(CONTRACTS, 3, 0.5), NEED(LITERACY, 2.5, 0.5), NEED(COACHING, 3, 0.9) } },
  { "Head of Customer Service", DEPT_SERVICE, RANK_HEAD, 1, { NEED(DEESCALATION, 3, 0.4), NEED(LITERACY, 3, 0.6), NEED(COACHING, 3.5, 0.9) } },

  { "Field Technician", DEPT_OPERATIONS, RANK_MEMBER, 0.65, { NEED(FAULTS, 3, 1.0), NEED(SCHEDULING, 2, 0.5), NEED(RECORDS, 2.5, 0.7), NEED(INSPECTION, 3, 0.6), NEED(CAUSES, 2, 0.4), NEED(SAFETY, 3.5, 1.0), NEED(SPREADSHEETS, 1.5, 0.2) } },
  { "Dispatcher", DEPT_OPERATIONS, RANK_MEMBER, 0.35, { NEED(SCHEDULING, 3.5, 1.0), NEED(RECORDS, 3, 0.8), NEED(CAUSES, 2, 0.4), NEED(FAULTS, 2, 0.3), NEED(SPREADSHEETS, 2.5, 0.5), NEED(INSPECTION, 2, 0.2) } },
  { "Operations Team Lead", DEPT_OPERATIONS, RANK_LEAD, 1, { NEED(SCHEDULING, 3, 0.7), NEED(FAULTS, 3, 0.6), NEED(RECORDS, 3, 0.6), NEED(CAUSES, 3, 0.7), NEED(INSPECTION, 3, 0.5), NEED(SPREADSHEETS, 2.5, 0.4), NEED(COACHING, 3, 0.8) } },
  { "Head of Operations", DEPT_OPERATIONS, RANK_HEAD, 1, { NEED(CAUSES, 3.5, 0.7), NEED(LITERACY, 3, 0.6), NEED(COACHING, 3.5, 0.8) } },

  { "Software Engineer", DEPT_ENGINEERING, RANK_MEMBER, 0.72, { NEED(REVIEW, 3, 0.9), NEED(TESTING, 3, 0.9), NEED(PYTHON, 3, 0.8), NEED(INCIDENTS, 2.5, 0.6), NEED(SQL, 2.5, 0.5), NEED(ASSISTANTS, 2, 0.5) } },
  { "Machine Learning Engineer", DEPT_ENGINEERING, RANK_MEMBER, 0.12, { NEED(PYTORCH, 3, 1.0), NEED(TENSORFLOW, 2.5, 0.6), NEED(MCP, 2.5, 0.7), NEED(PYTHON, 3.5, 0.9), NEED(REVIEW, 3, 0.7), NEED(TESTING, 2.5, 0.6), NEED(INCIDENTS, 2, 0.3) } },
  { "Platform Engineer", DEPT_ENGINEERING, RANK_MEMBER, 0.16, { NEED(INCIDENTS, 3.5, 1.0), NEED(TESTING, 3, 0.7), NEED(REVIEW, 3, 0.8), NEED(PYTHON, 2.5, 0.6), NEED(SQL, 2, 0.3), NEED(MCP, 1.5, 0.4) } },
  { "Engineering Lead", DEPT_ENGINEERING, RANK_LEAD, 1, { NEED(REVIEW, 3.5, 0.9), NEED(TESTING, 3, 0.7), NEED(INCIDENTS, 3, 0.6), NEED(PYTHON, 3, 0.5), NEED(COACHING, 3, 0.8), NEED(FEEDBACK, 3, 0.6) } },
  { "Head of Engineering", DEPT_ENGINEERING, RANK_HEAD, 1, { NEED(LITERACY, 3.5, 0.6), NEED(COACHING, 3.5, 0.8), NEED(FEEDBACK, 3, 0.5) } },

  { "Accountant", DEPT_FINANCE, RANK_MEMBER, 0.65, { NEED(RECORDS, 3.5, 1.0), NEED(SPREADSHEETS, 3, 0.8), NEED(PRIVACY, 2, 0.4), NEED(LITERACY, 2.5, 0.5) } },
  { "Financial Controller", DEPT_FINANCE, RANK_MEMBER, 0.35, { NEED(RECORDS, 3, 0.8), NEED(SPREADSHEETS, 3.5, 0.9), NEED(LITERACY, 3.5, 0.8), NEED(SQL, 2.5, 0.5), NEED(WRITING, 2.5, 0.4) } },
  { "Finance Team Lead", DEPT_FINANCE, RANK_LEAD, 1, { NEED(RECORDS, 3, 0.7), NEED(SPREADSHEETS, 3, 0.6), NEED(LITERACY, 3, 0.7), NEED(COACHING, 3, 0.8) } },
  { "Head of Finance", DEPT_FINANCE, RANK_HEAD, 1, { NEED(LITERACY, 4, 0.8), NEED(NEGOTIATION, 3, 0.5), NEED(COACHING, 3, 0.7) } },

  { "People Partner", DEPT_PEOPLE, RANK_MEMBER, 0.45, { NEED(COACHING, 3, 0.9), NEED(FEEDBACK, 3, 0.8), NEED(PRIVACY, 3, 0.8), NEED(WRITING, 3, 0.6) } },
  { "Recruiter", DEPT_PEOPLE, RANK_MEMBER, 0.3, { NEED(FEEDBACK, 3, 0.6), NEED(PRIVACY, 3, 0.7), NEED(WRITING, 3, 0.6), NEED(LITERACY, 2, 0.3) } },
  { "Learning Designer", DEPT_PEOPLE, RANK_MEMBER, 0.25, { NEED(LEARNING, 3.5, 1.0), NEED(WRITING, 3.5, 0.9), NEED(LITERACY, 2.5, 0.5), NEED(ASSISTANTS, 2.5, 0.6) } },
  { "People Team Lead", DEPT_PEOPLE, RANK_LEAD, 1, { NEED(COACHING, 3.5, 0.9), NEED(FEEDBACK, 3.5, 0.7), NEED(PRIVACY, 3, 0.7), NEED(LEARNING, 2.5, 0.4) } },
  { "Head of People", DEPT_PEOPLE, RANK_HEAD, 1, { NEED(COACHING, 4, 0.9), NEED(PRIVACY, 3, 0.7), NEED(LEARNING, 3, 0.6) } },
};
const unsigned sim_job_count = sizeof sim_jobs / sizeof *sim_jobs;

#define ALL_DEPTS (DEPT_BIT(DEPT_SALES) | DEPT_BIT(DEPT_SERVICE) | DEPT_BIT(DEPT_OPERATIONS) | DEPT_BIT(DEPT_ENGINEERING) | DEPT_BIT(DEPT_FINANCE) | DEPT_BIT(DEPT_PEOPLE))
#define TEACHES(...) { __VA_ARGS__, SKILL_NONE }
const struct programme_row sim_programmes[] = {
  { "P-101", "Objections: Listen, Ask, Answer", "workshop", TEACHES(SKILL_OBJECTIONS), 8, 240, 6000, DEPT_BIT(DEPT_SALES), 0.16, 0.5, true },
  { "P-102", "Negotiating with Housing Companies", "workshop", TEACHES(SKILL_NEGOTIATION), 12, 390, 8000, DEPT_BIT(DEPT_SALES), 0.12, 0.4, true },
  { "P-103", "Calm on the Line", "workshop", TEACHES(SKILL_DEESCALATION), 6, 160, 4000, DEPT_BIT(DEPT_SERVICE), 0.15, 0.5, true },
  { "P-104", "Diagnosis in Seven Questions", "course", TEACHES(SKILL_DIAGNOSING, SKILL_CASES), 4, 60, 9000, DEPT_BIT(DEPT_SERVICE), 0.25, 0.4, true },
  { "P-105", "Electrical Safety, Yearly", "course", TEACHES(SKILL_SAFETY), 4, 85, 5000, DEPT_BIT(DEPT_OPERATIONS), 0.9, 0.2, true },
  { "P-106", "Plan the Day", "workshop", TEACHES(SKILL_SCHEDULING), 8, 190, 5000, DEPT_BIT(DEPT_OPERATIONS), 0.1, 0.4, true },
  { "P-107", "Fault Finding Lab", "cohort", TEACHES(SKILL_FAULTS, SKILL_CAUSES), 16, 420, 14000, DEPT_BIT(DEPT_OPERATIONS), 0.1, 0.5, true },
  { "P-108", "Deep Learning with PyTorch", "cohort", TEACHES(SKILL_PYTORCH), 40, 980, 12000, DEPT_BIT(DEPT_ENGINEERING), 0.06, 0.8, true },
  { "P-109", "Storytelling on Stage", "workshop", TEACHES(SKILL_PRESENTING), 16, 690, 18000, ALL_DEPTS, 0.17, 0.5, true },
  { "P-110", "Clear Writing at Work", "course", TEACHES(SKILL_WRITING), 6, 95, 4000, DEPT_BIT(DEPT_SALES) | DEPT_BIT(DEPT_FINANCE) | DEPT_BIT(DEPT_PEOPLE), 0.12, 0.4, true },
  { "P-111", "Data Protection, Yearly", "course", TEACHES(SKILL_PRIVACY), 1, 12, 6000, ALL_DEPTS, 0.85, 0.1, true },
  { "P-112", "Team Lead Academy", "cohort", TEACHES(SKILL_COACHING, SKILL_FEEDBACK), 32, 1250, 22000, ALL_DEPTS, 0.03, 0.5, true },
  { "P-113", "Code Library Subscription", "subscription", TEACHES(SKILL_PYTHON, SKILL_TESTING), 10, 310, 0, DEPT_BIT(DEPT_ENGINEERING), 0.5, 0.1, true },
  { "P-114", "Assistants in Daily Work", "course", TEACHES(SKILL_ASSISTANTS), 3, 45, 7000, ALL_DEPTS, 0.2, 0.4, true },
  { "P-115", "Spreadsheets that Others Can Check", "course", TEACHES(SKILL_SPREADSHEETS), 6, 110, 3000, DEPT_BIT(DEPT_FINANCE) | DEPT_BIT(DEPT_OPERATIONS), 0.07, 0.4, true },
  { "P-116", "TensorFlow Basics", "course", TEACHES(SKILL_TENSORFLOW), 20, 520, 4000, DEPT_BIT(DEPT_ENGINEERING), 0.02, 0.6, false },
};
const unsigned sim_programme_count = sizeof sim_programmes / sizeof *sim_programmes;
