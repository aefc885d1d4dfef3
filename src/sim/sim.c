/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The order of things: check the options, make a world, let its weeks pass while the files that happen weekly grow, write
 * the rest. Every week people come and go first, then learn, then work; what is written shows the state after that.
 *
 * Because chance comes in named streams (chance.h) and the past is never looked up in a file, the same world can be run
 * again and carried on further: that is how the answer to a plan is simulated (respond.c). */
#include "sim/files.h"

int32_t sim_monday(int32_t day)
{
  int32_t weekday = (day % 7 + 7 + 3) % 7; /* day 0, 1970-01-01, was a Thursday */
  return day - weekday;
}

bool sim_options_check(const struct sim_options *options, GError **error)
{
  char text[CLOCK_TEXT], other[CLOCK_TEXT];
  if (options->people < SIM_PEOPLE_MIN || options->people > SIM_PEOPLE_MAX)
    return fail(error, MENO_ERROR_BAD_INPUT, "cannot simulate a company of %d people; give %d to %d", options->people,
                SIM_PEOPLE_MIN, SIM_PEOPLE_MAX);
  if (options->weeks < SIM_WEEKS_MIN || options->weeks > SIM_WEEKS_MAX)
    return fail(error, MENO_ERROR_BAD_INPUT, "cannot simulate %d weeks of history; give %d to %d", options->weeks,
                SIM_WEEKS_MIN, SIM_WEEKS_MAX);
  int32_t first = clock_from_civil(1990, 1, 1), last = clock_from_civil(2199, 12, 31);
  if (options->until < first || options->until > last)
    return fail(error, MENO_ERROR_BAD_INPUT, "the history cannot end on that day; give a day from %s to %s",
                clock_format_day(first, text), clock_format_day(last, other));
  if (sim_monday(options->until) != options->until)
    return fail(error, MENO_ERROR_BAD_INPUT, "the history cannot end on %s, which is no Monday; give %s",
                clock_format_day(options->until, text), clock_format_day(sim_monday(options->until), other));
  return true;
}

/* An empty or new directory, or one with an earlier simulation: nobody's own files may be overwritten. */
static bool take_directory(const char *dir, GError **error)
{
  g_autofree char *truth = g_build_filename(dir, "truth.json", NULL);
  if (g_mkdir_with_parents(dir, 0777) != 0)
    return fail(error, MENO_ERROR_STORE, "cannot make the directory \"%s\"; choose another place", dir);
  g_autoptr(GDir) listing = g_dir_open(dir, 0, NULL);
  if (listing == NULL)
    return fail(error, MENO_ERROR_STORE, "cannot read the directory \"%s\"; choose another place", dir);
  if (g_dir_read_name(listing) != NULL && !g_file_test(truth, G_FILE_TEST_IS_REGULAR))
    return fail(error, MENO_ERROR_CONFLICT, "the directory \"%s\" holds files that no simulation wrote; give an empty or a new one", dir);
  return true;
}

void sim_week(struct world *world, struct files *files, int week)
{
  sim_people_week(world, week);
  sim_learning_week(world, files, week);
  sim_kpis_week(world, files, week);
  sim_responses_measure(world, week);
  sim_evidence_week(world, files, week);
  sim_responses_week(world, files, week);
  sim_voice_week(world, files, week);
  sim_work_week(world, files, week);
  sim_production_week(world, files, week);
  if (week == world->history - 1) {
    sim_requests_write(world, files);
    sim_plans_write(world, files);
  } else if (week >= world->history) {
    sim_requests_week(world, files, week);
  }
}

void sim_run(struct world *world, struct files *files, void (*progress)(void *, const char *, double), void *data)
{
  sim_world_begin(world);
  for (int week = 0; week < world->weeks; week++) {
    sim_week(world, files, week);
    if (progress != NULL)
      progress(data, "letting the weeks pass", 0.9 * (week + 1) / world->weeks);
  }
}

char *sim_finish(const struct world *world, struct files *files, size_t *ret_length)
{
  sim_staff_write(world, files);
  sim_learning_write(world, files);
  sim_voice_write(world, files);
  sim_context_write(world, files);
  return sim_truth(world, files, ret_length);
}

bool sim_write_company(const char *dir, const struct sim_options *options,
                       void (*progress)(void *data, const char *what, double share), void *data, GError **error)
{
  if (!sim_options_check(options, error) || !take_directory(dir, error))
    return false;
  g_autoptr(sim_world_auto) world = sim_world_new(options, options->weeks);
  struct files files;
  sim_files_init(&files);
  sim_run(world, &files, progress, data);
  if (progress != NULL)
    progress(data, "writing the files", 0.9);
  size_t length = 0;
  g_autofree char *truth = sim_finish(world, &files, &length);
  /* truth.json first: it marks the directory as ours, so that a run that was stopped half way can be run again. */
  bool written = sheet_save_text(dir, "truth.json", truth, length, error) && sim_sources_write(world, dir, error) && sim_files_save(&files, dir, error);
  sim_files_clear(&files);
  if (written && progress != NULL)
    progress(data, "writing the files", 1);
  return written;
}
