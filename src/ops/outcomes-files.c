/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Outcomes as files: a table for a spreadsheet, and the page for somebody who pays. Both say what the caller may see and nothing
 * more. */
#include "ops/outcomes.h"
#include "paper/board.h"
#include <math.h>

/* ---- the table -------------------------------------------------------------------------------------------------- */

static char *figure(double value) {
  char text[JSON_NUMBER_TEXT];
  return isfinite(value) ? g_strdup(json_format_number(value, text)) : g_strdup("");
}

static char *day_text(int32_t day) {
  char text[CLOCK_TEXT];
  return day == CLOCK_NO_DAY ? g_strdup("") : g_strdup(clock_format_day(day, text));
}

/* "behaviour: Results … rose. reaction: …": what the levels below the effect say, the one that counts more first. */
static char *level_words(const struct outcome *outcome) {
  g_autoptr(GString) text = g_string_new(NULL);
  for (int level = LEVELS - 1; level >= 1; level--) {
    struct json_iter it = json_iter(json_get(outcome_level_row(outcome, level), "signs"));
    const char *name = level_names[level - 1];
    while (json_next(&it)) {
      const char *sentence = json_string(json_get(it.value, "sentence"));
      if (!sentence || !outcome_sign_shown(outcome, it.value)) continue;
      g_string_append_printf(text, "%s%s%s%s", text->len ? " " : "", name ? name : "", name ? ": " : "", sentence);
      name = NULL;
    }
  }
  return g_strdup(text->str);
}

static void add_row(GString *csv, const struct outcome *outcome, const char *currency) {
  const struct intervention *plan = outcome->plan;
  const char *method = outcome->hidden ? NULL : json_string(json_get(outcome->value, "method"));
  double figures[] = { outcome->estimate, outcome->low, outcome->high, outcome->p, plan->minimum_effect, outcome->cost, outcome->money, outcome->money_low, outcome->money_high,
    outcome->back, outcome->lead[LEAD_NEED], outcome->lead[LEAD_ACCEPTED], outcome->lead[LEAD_LIVE], outcome->lead[LEAD_FIRST_USE], outcome->lead[LEAD_EFFECT] };
  bool said = outcome->said != CLOCK_NO_DAY && !outcome->hidden;
  double early[] = { outcome->said_estimate, outcome->said_low, outcome->said_high };
  g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
  const char *texts[] = { plan->id, plan->title, outcome->goal ? outcome->goal->name : "", outcome->goal ? outcome->goal->unit : "", verdict_names[outcome->verdict], outcome->measured ? basis_names[outcome->basis] : "" };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) g_ptr_array_add(cells, g_strdup(texts[i] ? texts[i] : ""));
  for (size_t i = 0; i < G_N_ELEMENTS(figures); i++) g_ptr_array_add(cells, figure(figures[i]));
  g_ptr_array_add(cells, g_strdup(currency ? currency : ""));
  g_ptr_array_add(cells, g_strdup(method ? method : ""));
  g_ptr_array_add(cells, g_strdup(outcome->needed ? outcome->needed : ""));
  g_ptr_array_add(cells, day_text(outcome->tell));
  g_ptr_array_add(cells, day_text(plan->registered));
  g_ptr_array_add(cells, day_text(said ? outcome->said : CLOCK_NO_DAY));
  for (size_t i = 0; i < G_N_ELEMENTS(early); i++) g_ptr_array_add(cells, figure(said ? early[i] : NAN));
  g_ptr_array_add(cells, g_strdup(!said ? "" : outcome_taken_back(outcome) ? "no" : "yes"));
  for (int level = LEVELS; level >= 1; level--) g_ptr_array_add(cells, g_strdup(level_states[outcome_level(outcome, level)]));
  g_ptr_array_add(cells, level_words(outcome));
  g_ptr_array_add(cells, NULL);
  ops_put_cells(csv, (const char *const *)cells->pdata);
}

GBytes *outcomes_csv(const GPtrArray *outcomes, const struct company *company) {
  GString *csv = g_string_new("\xef\xbb\xbf"); /* so that spreadsheets know it is UTF-8 */
  ops_put_cells(csv, (const char *const[]){ "intervention", "title", "goal", "unit", "verdict", "basis", "estimate", "low", "high", "p", "smallest effect worth having", "cost", "value a year", "value low", "value high",
    "value for each unit of cost", "days to need", "days to acceptance", "days to live", "days to first use", "days to effect", "currency", "method", "what would settle it", "told from", "registered",
    "said early to have moved on", "early estimate", "early low", "early high", "confirmed at the last reading", "level 4: results", "level 3: behaviour", "level 2: learning", "level 1: reaction", "levels in words", NULL });
  for (guint i = 0; i < outcomes->len; i++) add_row(csv, outcomes->pdata[i], company->currency);
  return g_string_free_to_bytes(csv);
}

/* ---- the page --------------------------------------------------------------------------------------------------- */

static struct paper_row paper_row_of(const struct outcome *outcome) {
  static const enum paper_verdict verdicts[VERDICTS] = { PAPER_MOVED, PAPER_DID_NOT_MOVE, PAPER_CANNOT_TELL };
  static const enum paper_level levels[LEVEL_STATES] = { [LEVEL_SEEN] = PAPER_LEVEL_SEEN, [LEVEL_CANNOT_TELL] = PAPER_LEVEL_CANNOT_TELL, [LEVEL_EMPTY] = PAPER_LEVEL_EMPTY, [LEVEL_WITHHELD] = PAPER_LEVEL_WITHHELD };
  static const char *const papers[BASES] = { NULL, "so far, at any look", "descriptive" };
  const struct goal *goal = outcome->goal;
  bool back = outcome_taken_back(outcome);
  struct paper_row row = { .title = outcome->plan->title ? outcome->plan->title : outcome->plan->id, .goal = goal ? goal->name : NULL, .unit = goal ? goal->unit : NULL, .needed = outcome->needed, .basis = outcome->measured ? papers[outcome->basis] : NULL,
    .verdict = verdicts[outcome->verdict], .measured = outcome->measured, .withheld = outcome->hidden, .estimate = outcome->estimate, .low = outcome->low, .high = outcome->high,
    .direction = goal ? (int)goal->direction : 1, .minimum = outcome->plan->minimum_effect, .cost = outcome->cost, .money = outcome->money, .money_low = outcome->money_low,
    .money_high = outcome->money_high, .tell = outcome->tell, .said = back ? outcome->said : CLOCK_NO_DAY, .said_estimate = outcome->said_estimate, .said_low = outcome->said_low, .said_high = outcome->said_high };
  for (int level = 1; level <= LEVELS; level++) row.level[level - 1] = levels[outcome_level(outcome, level)];
  return row;
}

static void count_interventions(struct paper_goal *goal, const struct goal *row, const GPtrArray *outcomes) {
  for (guint i = 0; i < outcomes->len; i++) {
    const struct outcome *outcome = outcomes->pdata[i];
    goal->interventions += outcome->goal == row;
    goal->moved += outcome->goal == row && outcome->verdict == VERDICT_MOVED;
  }
}

/* The last year of the goal's own series; `track` lends its values. */
static struct paper_goal paper_goal_of(const struct view *view, int index, const struct goal_track *track, const GPtrArray *outcomes) {
  const struct goal *row = &view->company->goals.at[index];
  int first = track->count;
  while (first > 0 && track->days[first - 1] > track->latest_day - 365) first--;
  struct paper_goal goal = { .name = row->name, .unit = row->unit, .state = goal_state(row, track, view->company->first_day, view->day), .baseline = row->baseline, .target = row->target,
    .latest = track->latest, .weight = row->weight, .values = track->values + first, .value_count = track->count - first };
  count_interventions(&goal, row, outcomes);
  return goal;
}

static void give_sums(struct paper_board *board, const GPtrArray *outcomes) {
  static const enum lead_step steps[PAPER_STEPS] = { LEAD_NEED, LEAD_ACCEPTED, LEAD_LIVE, LEAD_FIRST_USE, LEAD_EFFECT };
  struct outcome_sums sums;
  outcomes_add_up(outcomes, &sums);
  board->spent = sums.cost;
  board->money = sums.money;
  board->money_low = sums.money_low;
  board->money_high = sums.money_high;
  board->all = sums.all;
  for (int i = 0; i < PAPER_STEPS; i++) board->lead[i] = sums.lead[steps[i]];
}

GBytes *outcomes_pdf(struct op_call *call, const struct view *view, const GPtrArray *outcomes, const struct declined *declined, GError **error) {
  const struct company *company = view->company;
  int goals = company->goals.count;
  g_autofree struct paper_row *rows = g_new(struct paper_row, outcomes->len + 1);
  g_autofree struct paper_goal *paper_goals = g_new(struct paper_goal, (gsize)goals + 1);
  g_autofree struct goal_track *tracks = g_new0(struct goal_track, (gsize)goals + 1);
  g_autofree struct paper_declined *programmes = g_new(struct paper_declined, declined->programmes->len + 1);
  for (guint i = 0; i < outcomes->len; i++) rows[i] = paper_row_of(outcomes->pdata[i]);
  for (int i = 0; i < goals; i++) {
    goal_track_init(&tracks[i], company, i, -1);
    paper_goals[i] = paper_goal_of(view, i, &tracks[i], outcomes);
  }
  for (guint i = 0; i < declined->programmes->len; i++) {
    const struct declined_row *row = &g_array_index(declined->programmes, struct declined_row, i);
    programmes[i] = (struct paper_declined){ row->title, "No goal rests on what it teaches.", row->money, row->saved };
  }
  struct paper_board board = { .company = company->name, .currency = company->currency, .version = MENO_VERSION, .scope = ops_is_confined(call) ? "of the own teams" : NULL, .now = call->now,
    .rows = rows, .row_count = (int)outcomes->len, .goals = paper_goals, .goal_count = goals, .declined = programmes, .declined_count = (int)declined->programmes->len,
    .not_training = declined->not_training, .not_training_money = declined->not_training_money, .no_priority = declined->no_goal };
  give_sums(&board, outcomes);
  GBytes *pdf = paper_board_print(&board, error);
  for (int i = 0; i < goals; i++) goal_track_clear(&tracks[i]);
  return pdf;
}
