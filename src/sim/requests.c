/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the business asks L&D for. Whoever is in trouble asks for training, because that is what L&D has; only where the
 * cause is a skill is training an answer. Beside these stand wishes that serve no goal, some of them popular, and the
 * general call for "AI training". Requests fall into the last 26 weeks of the history; afterwards people go on wishing.
 *
 * How it can be wrong: nobody withdraws a request, and nobody asks twice in other words. */
#include "sim/files.h"

#define RECENT 26
#define LATER_WISHES 0.35 /* per week */

struct ask { const char *title, *words; };
/* Per cause: the title (with the department or the skill put in) and what follows the goal's own complaint. */
static const struct ask asked[CAUSE_COUNT] = {
  [CAUSE_SKILL] = { "Practice in %s", "The newer colleagues in particular are unsure, and those who could show them have moved on" },
  [CAUSE_TOOL] = { "Refresher course for %s", "Since the change everybody complains; they should be trained on it once more" },
  [CAUSE_PROCESS] = { "Communication training for %s", "Please train all teams in communication before the end of the quarter" },
  [CAUSE_INCENTIVE] = { "Customer focus workshop for %s", "They know how it is done and still do not do it. It must be the attitude" },
  [CAUSE_CLARITY] = { "Leadership training for the team leads in %s", "Everybody pulls in a different direction; the leads need better leadership skills" },
  [CAUSE_CAPACITY] = { "Time management course for %s", "People say they are drowning. A day on priorities would help" },
  [CAUSE_OUTSIDE] = { "Motivation day for %s", "Numbers fell in all teams at the same time. Spirits have to be lifted" },
};
static const struct { struct ask ask; enum department_index from; const char *verdict; unsigned times; } wishes[] = {
  { { "Basket weaving course", "Four of us would love to learn basket weaving together. It is calming and good for the team." }, DEPT_SERVICE, "no goal", 3 },
  { { "Basket weaving, second group", "The first group would be full at once. Could there be another evening?" }, DEPT_OPERATIONS, "no goal", 2 },
  { { "AI training for everybody", "All others do it. Everybody in the company should have an AI training this year." }, DEPT_FINANCE, "too broad", 1 },
  { { "Working with AI assistants", "We want to hand summaries and first drafts to the assistant, and need to know what to check." }, DEPT_PEOPLE, "right", 1 },
  { { "Building MCP servers", "Three product teams ask us for assistant access to the meter data. One person here has done it before." }, DEPT_ENGINEERING, "right", 1 },
  { { "More places in Storytelling on Stage", "The waiting list is long, and it is always great fun." }, DEPT_SALES, "no goal", 2 },
  { { "Excel for advanced users", "Would be nice to have on the shelf." }, DEPT_FINANCE, "no goal", 1 },
};

struct draft { int32_t day; unsigned requester, team; char *title, *words; struct request truth; };

static void clear_draft(void *data)
{
  struct draft *draft = data;
  g_free(draft->title);
  g_free(draft->words);
}

static int compare_drafts(const void *a, const void *b)
{
  const struct draft *x = a, *y = b;
  if (x->day != y->day)
    return x->day < y->day ? -1 : 1;
  return g_strcmp0(x->title, y->title);
}

static void add_draft(const struct world *world, GArray *drafts, unsigned team, unsigned pick, char *title, char *words, int goal,
                      const char *verdict, int32_t day)
{
  int requester = sim_team_member(world, team, pick);
  if (requester < 0 || sim_person(world, (unsigned)requester)->hired > day) /* ask only who was there then */
    day = world->options.until - 3;
  struct draft draft = { day, (unsigned)MAX(requester, 0), team, title, words, { goal, verdict } };
  g_array_append_val(drafts, draft);
}

/* The first affected team, or for troubles from outside any team of the goal, or the owner's office. */
static unsigned asking_team(const struct world *world, const struct trouble *trouble)
{
  for (unsigned t = 0; t < world->teams_count; t++)
    if (trouble->team_size[t] > 0)
      return t;
  return world->seats[world->head_seat[world->goals[trouble->goal].row->owner]].team;
}

static void ask_for_goals(const struct world *world, GArray *drafts)
{
  for (unsigned i = 0; i < world->troubles_count; i++) {
    const struct trouble *trouble = &world->troubles[i];
    const struct goal_row *row = world->goals[trouble->goal].row;
    struct chance chance = chance_at(world->options.seed, CHANCE_REQUEST, i, 0);
    unsigned team = asking_team(world, trouble);
    bool by_head = chance_hit(&chance, 0.5) || trouble->cause == CAUSE_PROCESS;
    if (by_head)
      team = world->seats[world->head_seat[row->owner]].team;
    const char *what = trouble->cause == CAUSE_SKILL ? sim_skills[row->main].name : trouble->cause == CAUSE_TOOL ? row->tool
                       : row->departments == 0 ? "the whole company" : sim_departments[world->teams[team].department].name;
    g_autoptr(GString) title = g_string_new(asked[trouble->cause].title);
    g_string_replace(title, "%s", what, 1);
    char *words = g_strdup_printf("%s. %s. It is about \"%s\".", row->complaint, asked[trouble->cause].words, row->name);
    int32_t day = sim_day(world, world->history - 1 - (int)chance_below(&chance, RECENT - 4)) + (int32_t)chance_below(&chance, 5);
    add_draft(world, drafts, team, 0, g_string_free(g_steal_pointer(&title), FALSE), words, (int)trouble->goal,
              trouble->cause == CAUSE_SKILL ? "right" : "wrong", day);
  }
}

static void ask_for_wishes(const struct world *world, GArray *drafts)
{
  for (unsigned i = 0; i < G_N_ELEMENTS(wishes); i++)
    for (unsigned n = 0; n < wishes[i].times; n++) {
      struct chance chance = chance_at(world->options.seed, CHANCE_REQUEST, 100 + i, n);
      unsigned team = chance_below(&chance, world->teams_count);
      while (world->teams[team].office || (n == 0 && world->teams[team].department != wishes[i].from)) /* later ones from anywhere */
        team = (team + 1) % world->teams_count;
      int32_t day = sim_day(world, world->history - 1 - (int)chance_below(&chance, RECENT - 1)) + (int32_t)chance_below(&chance, 5);
      add_draft(world, drafts, team, 1 + chance_below(&chance, 8), g_strdup(wishes[i].ask.title),
                g_strdup(wishes[i].ask.words), -1, wishes[i].verdict, day);
    }
}

static void put_draft(const struct world *world, struct files *files, const struct draft *draft)
{
  struct sheet *sheet = &files->sheets[FILE_REQUESTS];
  sheet_format(sheet, "R-%03u", files->requests->len + 1);
  sheet_day(sheet, draft->day);
  sheet_integer(sheet, sim_person(world, draft->requester)->number);
  sheet_text(sheet, world->teams[draft->team].name);
  sheet_text(sheet, draft->title);
  sheet_text(sheet, draft->words);
  sheet_end(sheet);
  g_array_append_val(files->requests, draft->truth);
}

void sim_requests_write(const struct world *world, struct files *files)
{
  g_autoptr(GArray) drafts = g_array_new(FALSE, FALSE, sizeof(struct draft));
  g_array_set_clear_func(drafts, clear_draft);
  ask_for_goals(world, drafts);
  ask_for_wishes(world, drafts);
  g_array_sort(drafts, compare_drafts);
  for (unsigned i = 0; i < drafts->len; i++)
    put_draft(world, files, &g_array_index(drafts, struct draft, i));
}

void sim_requests_week(const struct world *world, struct files *files, int week)
{
  struct chance chance = chance_at(world->options.seed, CHANCE_REQUEST, 1000, (uint64_t)week);
  if (!chance_hit(&chance, LATER_WISHES))
    return;
  unsigned what = chance_below(&chance, G_N_ELEMENTS(wishes)), team = chance_below(&chance, world->teams_count);
  int requester = sim_team_member(world, team, (uint32_t)(chance_bits(&chance) >> 32));
  if (requester < 0)
    return;
  struct draft draft = { sim_day(world, week) + (int32_t)chance_below(&chance, 5), (unsigned)requester, team, (char *)(uintptr_t)wishes[what].ask.title,
                         (char *)(uintptr_t)wishes[what].ask.words, { -1, wishes[what].verdict } };
  put_draft(world, files, &draft);
}
