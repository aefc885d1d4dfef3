/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of files with their canonical columns, and the KPIs, which are nothing but the model's own draws. */
#include "sim/files.h"

static const struct { const char *name, *header; } rows[FILE_COUNT] = {
  [FILE_PEOPLE] = { "people.csv", "employee_number,first_name,last_name,work_email,job_title,department,team,location,manager,fte,employment_status,start_date,termination_date,primary" },
  [FILE_SKILLS] = { "skills.csv", "skill_id,name,broader,description,aliases,half_life_months" },
  [FILE_JOBS] = { "jobs.csv", "job_title,skill_id,level,importance" },
  [FILE_GOALS] = { "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due,weight,category,value_per_unit,currency,skills,departments" },
  [FILE_KPIS] = { "kpis.csv", "goal_id,team,date,value,exposure" },
  [FILE_RESULTS] = { "results.csv", "employee_number,skill_id,date,score,kind,item_id,difficulty" },
  [FILE_PROGRAMMES] = { "programmes.csv", "programme_id,title,kind,skills,hours,cost_per_seat,fixed_cost,active" },
  [FILE_ENROLMENTS] = { "enrolments.csv", "programme_id,employee_number,date,status,completed_on" },
  [FILE_QUESTIONS] = { "questions.csv", "question_id,text,topic" },
  [FILE_PULSE] = { "pulse.csv", "date,question_id,team,respondent,answer,comment" },
  [FILE_OBJECTIVES] = { "objectives.csv", "objective_id,owner,title,goal_id,skills,progress,due" },
  [FILE_REQUESTS] = { "requests.csv", "request_id,date,requester,team,title,description" },
  [FILE_WORK_LOG] = { "work_log.csv", "process,case_id,activity,start,end,team,actor" },
  [FILE_TICKETS] = { "tickets.csv", "ticket_id,opened,closed,team,tool,category" },
  [FILE_CAPACITY] = { "capacity.csv", "team,date,available_hours,planned_hours" },
  [FILE_REWARDS] = { "rewards.csv", "job_title,team,rewarded,weight,from,to" },
  [FILE_CHANGES] = { "changes.csv", "date,scope,kind,title" },
  [FILE_WORKFORCE] = { "workforce.csv", "month,skill_id,job_title,demand" },
};

void sim_files_init(struct files *files)
{
  *files = (struct files){ .statements = g_string_new(NULL), .enrolments = g_array_new(FALSE, FALSE, sizeof(struct enrolment)),
                           .requests = g_array_new(FALSE, FALSE, sizeof(struct request)) };
  for (unsigned i = 0; i < FILE_COUNT; i++)
    sheet_init(&files->sheets[i], rows[i].name, rows[i].header);
}

void sim_files_clear(struct files *files)
{
  for (unsigned i = 0; i < FILE_COUNT; i++)
    sheet_clear(&files->sheets[i]);
  g_string_free(files->statements, TRUE);
  g_array_free(files->enrolments, TRUE);
  g_array_free(files->requests, TRUE);
}

bool sim_files_save(struct files *files, const char *dir, GError **error)
{
  for (unsigned i = 0; i < FILE_COUNT; i++)
    if (!sheet_save(&files->sheets[i], dir, error))
      return false;
  return sheet_save_text(dir, "statements.jsonl", files->statements->str, files->statements->len, error);
}

static void put_kpi(const struct world *world, struct sheet *sheet, const struct goal *goal, unsigned team, int week)
{
  double value = 0;
  uint32_t exposure = 0;
  if (!sim_kpi_draw(world, goal, team, week, &value, &exposure))
    return;
  sheet_text(sheet, goal->row->id);
  sheet_text(sheet, goal->teams > 0 ? world->teams[team].name : NULL);
  sheet_day(sheet, sim_day(world, week));
  sheet_number(sheet, value, goal->row->decimals);
  sheet_integer(sheet, exposure);
  sheet_end(sheet);
}

void sim_kpis_week(const struct world *world, struct files *files, int week)
{
  for (unsigned g = 0; g < world->goals_count; g++) {
    const struct goal *goal = &world->goals[g];
    if (goal->teams == 0)
      put_kpi(world, &files->sheets[FILE_KPIS], goal, 0, week);
    for (unsigned t = 0; t < world->teams_count; t++)
      if (goal->in[t])
        put_kpi(world, &files->sheets[FILE_KPIS], goal, t, week);
  }
}
