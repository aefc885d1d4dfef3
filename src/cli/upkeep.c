/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The upkeep of a database: bring it up to this Meno's schema, move it to another engine, back it up and bring it back. A backup
 * is a database file like any other; the key stays behind, in its folder, and is backed up apart. */
#include "cli/upkeep.h"
#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What means nothing in another place: who is signed in, who is at work. */
static const char *const left_behind[] = { "session", "throttle", "lease", NULL };

static int say(struct cli *cli, const char *json, const char *words) {
  progress_end();
  puts(cli->json ? json : words);
  return 0;
}

int migrate_run(struct cli *cli, char **arguments) {
  if (*arguments) return cli_usage(cli, "\"%s\" is no option of migrate", *arguments);
  g_autoptr(GError) error = NULL;
  int64_t from = 0, to = 0;
  int there = store_exists(cli_data(cli), &error);
  g_autofree char *shown = store_shown(cli_data(cli));
  if (there == 0) fail(&error, MENO_ERROR_NOT_FOUND, "there is no Meno in \"%s\"", shown);
  if (there <= 0 || !ledger_migrate(cli_data(cli), cli->tables, progress_note, NULL, &from, &to, &error)) return cli_fail(cli, error);
  g_autofree char *json = g_strdup_printf("{\"from\":%d,\"to\":%d}", (int)from, (int)to);
  g_autofree char *words = from == to ? g_strdup_printf("The database has this Meno's schema, %d. Nothing was changed.", (int)to)
    : g_strdup_printf("The database went from schema %d to %d, and every table was rebuilt from the events.", (int)from, (int)to);
  return say(cli, json, words);
}

/* One database into another place; prints what was done. */
static bool copy(const char *from, const char *to, const char *const *leave_out, struct copy_report *report, GError **error) {
  int there = store_exists(from, error);
  if (there < 0) return false;
  g_autofree char *shown = store_shown(from);
  if (!there) return fail(error, MENO_ERROR_NOT_FOUND, "there is no Meno in \"%s\"", shown);
  g_autoptr(store_auto) source = store_open(from, error);
  g_autoptr(store_auto) target = source ? store_open(to, error) : NULL;
  return target && store_copy(source, target, leave_out, progress_note, NULL, report, error);
}

static int say_copied(struct cli *cli, const struct copy_report *report, const char *to, const char *then) {
  g_autofree char *json = g_strdup_printf("{\"events\":%" G_GINT64_FORMAT ",\"rows\":%" G_GINT64_FORMAT ",\"tables\":%d}", report->events, report->rows, report->tables);
  g_autofree char *shown = store_shown(to);
  g_autofree char *words = g_strdup_printf("%" G_GINT64_FORMAT " events and all their tables are in %s; the digests of %d tables are equal. %s", report->events, shown, report->tables, then);
  return say(cli, json, words);
}

int copy_run(struct cli *cli, char **arguments) {
  if (!arguments[0] || !arguments[1] || arguments[2]) return cli_usage(cli, "copy wants two places: `meno copy FROM TO`");
  g_autoptr(GError) error = NULL;
  struct copy_report report;
  if (!copy(arguments[0], arguments[1], NULL, &report, &error)) return cli_fail(cli, error);
  return say_copied(cli, &report, arguments[1], "Key, rules and outbox stay where they are: copy their folder, too, where it moves.");
}

static bool sync_file(const char *path, GError **error) {
  int file = g_open(path, O_RDONLY | O_CLOEXEC, 0);
  bool fine = file >= 0 && fsync(file) == 0;
  if (file >= 0) close(file);
  return fine || fail(error, MENO_ERROR_STORE, "\"%s\" cannot be written to the disk: %s", path, g_strerror(errno));
}

/* A database that is made in a folder beside the file and moved there when it is whole. */
static bool back_up(struct cli *cli, const char *file, struct copy_report *report, GError **error) {
  if (g_file_test(file, G_FILE_TEST_EXISTS)) return fail(error, MENO_ERROR_CONFLICT, "\"%s\" is there already: name another file", file);
  g_autofree char *folder = g_strconcat(file, ".part", NULL), *made = g_build_filename(folder, "meno.db", NULL);
  bool fine = copy(cli_data(cli), folder, left_behind, report, error) && sync_file(made, error);
  if (fine) g_chmod(made, 0600);
  if (fine && g_rename(made, file) != 0) fine = fail(error, MENO_ERROR_STORE, "\"%s\" cannot be made: %s", file, g_strerror(errno));
  if (fine) g_rmdir(folder);
  g_autofree char *around = g_path_get_dirname(file);
  return fine && sync_file(around, error);
}

/* When it was backed up, for `meno doctor`. The backup is whole by then, so a database that may only be read is no reason to fail. */
static void note_backup(struct cli *cli) {
  g_autoptr(store_auto) store = store_open(cli_data(cli), NULL);
  g_autoptr(db_auto) db = store ? store_write(store, NULL) : NULL;
  bool noted = db && db_run(db, NULL, "upkeep.note", "ti", "backup", clock_now(&cli->clock)) >= 0 && db_commit(g_steal_pointer(&db), NULL);
  if (!noted) fputs("meno: the database could not note that it was backed up\n", stderr);
}

int backup_run(struct cli *cli, char **arguments) {
  if (!arguments[0] || arguments[1]) return cli_usage(cli, "backup wants one file: `meno backup FILE`");
  g_autoptr(GError) error = NULL;
  struct copy_report report;
  if (!back_up(cli, arguments[0], &report, &error)) return cli_fail(cli, error);
  note_backup(cli);
  return say_copied(cli, &report, arguments[0], "The keys are not in it: back up meno.key and, with `meno keys export`, the ring, apart from it and from each other.");
}

/* A copy of the file is what is read: it may have to be migrated, and a backup must stay as it is. */
static bool bring_back(struct cli *cli, const char *file, struct copy_report *report, GError **error) {
  if (!g_file_test(file, G_FILE_TEST_IS_REGULAR)) return fail(error, MENO_ERROR_NOT_FOUND, "there is no backup \"%s\"", file);
  g_autofree char *folder = g_strconcat(file, ".part", NULL), *made = g_build_filename(folder, "meno.db", NULL);
  g_autoptr(GFile) source = g_file_new_for_path(file), target = g_file_new_for_path(made);
  g_autoptr(GError) why = NULL;
  int64_t version_before, version_after;
  bool fine = g_mkdir_with_parents(folder, 0700) == 0 && g_file_copy(source, target, G_FILE_COPY_OVERWRITE, NULL, NULL, NULL, &why);
  if (!fine) fail(error, MENO_ERROR_STORE, "the backup cannot be read into \"%s\": %s", folder, why ? why->message : g_strerror(errno));
  fine = fine && ledger_migrate(folder, cli->tables, progress_note, NULL, &version_before, &version_after, error) && copy(folder, cli_data(cli), NULL, report, error);
  g_unlink(made);
  g_rmdir(folder);
  return fine;
}

int restore_run(struct cli *cli, char **arguments) {
  if (!arguments[0] || arguments[1]) return cli_usage(cli, "restore wants one file: `meno --data PLACE restore FILE`");
  g_autoptr(GError) error = NULL;
  struct copy_report report;
  if (!bring_back(cli, arguments[0], &report, &error)) return cli_fail(cli, error);
  return say_copied(cli, &report, cli_data(cli), "Put the key and its ring (meno.keys) back into their folder, then `meno replay --verify`.");
}
