/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A queue, two threads, a table. A job belongs to the account that began it: to anybody else it is not there. Cancelling is
 * a wish: the handler hears of it the next time it reports progress, and its transaction is rolled back by itself.
 *
 * How it can be wrong: the seconds left are the time so far divided by the share done, which a handler estimates; with the
 * first tenth not done, or less than a second gone, no figure is given. */
#include "doors/rest/jobs.h"
#include "base/id.h"
#include "base/log.h"
#include <math.h>

#define THREADS 2
#define WAITING_MOST 32       /* of all accounts */
#define WAITING_OF_ONE 4
#define KEPT_MOST 200
#define KEPT_FOR (INT64_C(3600) * G_USEC_PER_SEC)

enum state { WAITING, RUNNING, DONE, FAILED, CANCELLED };
static const char *const state_names[] = { "running", "running", "done", "failed", "cancelled" };

struct job {
  struct jobs *jobs;
  char *id, *account, *actor, *person, *in;
  size_t in_length;
  const struct op *op;
  unsigned roles;
  GArray *files; /* of struct op_file */
  int64_t now, started, ended; /* started, ended: monotonic */
  enum state state;
  double share;
  char *step;
  bool stop;
  GString *result;
  GError *error;
};

struct jobs {
  struct system *system;
  GMutex lock; /* guards `table` and every job's state, share, step, stop */
  GHashTable *table;
  GThreadPool *threads;
  bool stopping;
};

static void clear_file(void *data) {
  struct op_file *file = data;
  g_free((char *)(uintptr_t)file->name);
  g_bytes_unref(file->bytes);
}

static void job_free(void *data) {
  struct job *job = data;
  g_free(job->id);
  g_free(job->account);
  g_free(job->actor);
  g_free(job->person);
  g_free(job->in);
  g_free(job->step);
  g_clear_pointer(&job->files, g_array_unref);
  if (job->result) g_string_free(job->result, TRUE);
  g_clear_error(&job->error);
  g_free(job);
}

/* ---- running ---------------------------------------------------------------------------------------------------- */

static bool progress(void *data, const char *what, double share) {
  struct job *job = data;
  g_mutex_lock(&job->jobs->lock);
  if (g_strcmp0(job->step, what) != 0) {
    g_free(job->step);
    job->step = g_utf8_make_valid(what, -1);
  }
  job->share = isnan(share) ? job->share : CLAMP(share, 0, 1);
  bool go_on = !job->stop && !job->jobs->stopping;
  g_mutex_unlock(&job->jobs->lock);
  return go_on;
}

static void finish(struct job *job, enum state state, GString *result, GError *error) {
  g_mutex_lock(&job->jobs->lock);
  job->state = state;
  job->result = result;
  job->error = error;
  job->ended = g_get_monotonic_time();
  if (state == DONE) job->share = 1;
  g_clear_pointer(&job->files, g_array_unref); /* what it worked on may be large; the answer is not */
  g_clear_pointer(&job->in, g_free);
  g_mutex_unlock(&job->jobs->lock);
}

static void run(void *data, void *closure) {
  struct job *job = data;
  struct jobs *jobs = closure;
  g_mutex_lock(&jobs->lock);
  bool stop = job->stop || jobs->stopping;
  job->state = RUNNING;
  job->started = g_get_monotonic_time();
  g_mutex_unlock(&jobs->lock);
  if (stop) {
    finish(job, CANCELLED, NULL, NULL);
    return;
  }
  GString *out = g_string_new(NULL);
  GError *error = NULL;
  struct op_call call = { .op = job->op, .system = jobs->system, .now = job->now, .progress = progress, .progress_data = job,
    .caller = { job->account, job->actor, job->person, job->roles },
    .files = (const struct op_file *)(const void *)job->files->data, .file_count = job->files->len };
  bool fine = op_run(&call, job->in, job->in_length, out, &error);
  g_free(call.file_name);
  g_clear_pointer(&call.file_out, g_bytes_unref);
  if (!fine) g_string_free(g_steal_pointer(&out), TRUE);
  if (!fine && error_kind(error)->status >= 500) log_write(LOG_FAILURE, "job failed", "job", job->id, "operation", job->op->name, "why", error->message, NULL);
  finish(job, fine ? DONE : g_error_matches(error, MENO_ERROR, MENO_ERROR_CANCELLED) ? CANCELLED : FAILED, out, error);
}

/* ---- the table -------------------------------------------------------------------------------------------------- */

struct jobs *jobs_new(struct system *system) {
  struct jobs *jobs = g_new0(struct jobs, 1);
  jobs->system = system;
  g_mutex_init(&jobs->lock);
  jobs->table = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, job_free);
  jobs->threads = g_thread_pool_new(run, jobs, THREADS, FALSE, NULL);
  return jobs;
}

void jobs_stop(struct jobs *jobs) {
  g_mutex_lock(&jobs->lock);
  jobs->stopping = true;
  g_mutex_unlock(&jobs->lock);
}

void jobs_free(struct jobs *jobs) {
  if (!jobs) return;
  jobs_stop(jobs);
  g_thread_pool_free(jobs->threads, FALSE, TRUE);
  g_hash_table_destroy(jobs->table);
  g_mutex_clear(&jobs->lock);
  g_free(jobs);
}

/* Counts those under way and forgets those that ended long ago (or, where there are too many, the one that ended first). */
static void count(struct jobs *jobs, const char *account, int *ret_all, int *ret_own) {
  int64_t now = g_get_monotonic_time();
  GHashTableIter it;
  void *value;
  struct job *oldest = NULL;
  *ret_all = *ret_own = 0;
  g_hash_table_iter_init(&it, jobs->table);
  while (g_hash_table_iter_next(&it, NULL, &value)) {
    struct job *job = value;
    if (job->state == WAITING || job->state == RUNNING) {
      (*ret_all)++;
      *ret_own += strcmp(job->account, account) == 0;
    } else if (now - job->ended > KEPT_FOR) g_hash_table_iter_remove(&it);
    else if (!oldest || job->ended < oldest->ended) oldest = job;
  }
  if (oldest && g_hash_table_size(jobs->table) >= KEPT_MOST) g_hash_table_remove(jobs->table, oldest->id);
}

char *jobs_start(struct jobs *jobs, const struct op *op, const struct caller *caller, const char *in, size_t in_length,
  const struct op_file *files, size_t file_count, int64_t now, GError **error) {
  struct job *job = g_new0(struct job, 1);
  char id[ID_TEXT];
  *job = (struct job){ .jobs = jobs, .id = g_strdup(uuid_format(uuid_new(now), id)), .account = g_strdup(caller->account), .actor = g_strdup(caller->actor),
    .person = g_strdup(caller->person), .in = g_strndup(in, in_length), .in_length = in_length, .op = op, .roles = caller->roles,
    .files = g_array_new(FALSE, FALSE, sizeof(struct op_file)), .now = now, .step = g_strdup("waiting") };
  g_array_set_clear_func(job->files, clear_file);
  for (size_t i = 0; i < file_count; i++) {
    struct op_file file = { g_strdup(files[i].name), g_bytes_ref(files[i].bytes) };
    g_array_append_val(job->files, file);
  }
  int all, own;
  g_mutex_lock(&jobs->lock);
  count(jobs, caller->account, &all, &own);
  bool full = all >= WAITING_MOST || own >= WAITING_OF_ONE || jobs->stopping;
  if (!full) g_hash_table_insert(jobs->table, job->id, job);
  g_mutex_unlock(&jobs->lock);
  if (full) {
    job_free(job);
    fail(error, MENO_ERROR_TOO_MANY, "starting \"%s\" failed: %d jobs are under way, %d of them yours; wait for one to end, or cancel it", op->name, all, own);
    return NULL;
  }
  char *answer = g_strdup(job->id);
  g_thread_pool_push(jobs->threads, job, NULL);
  return answer;
}

static struct job *find(struct jobs *jobs, const char *id, const char *account, GError **error) {
  struct job *job = g_hash_table_lookup(jobs->table, id);
  if (job && strcmp(job->account, account) == 0) return job;
  fail(error, MENO_ERROR_NOT_FOUND, "there is no job \"%.100s\" of yours; jobs are forgotten an hour after their end and when the server restarts", id);
  return NULL;
}

static void write_seconds_left(const struct job *job, struct json_writer *out) {
  double gone = (double)(g_get_monotonic_time() - job->started) / G_USEC_PER_SEC;
  if (job->state != RUNNING || job->share < 0.1 || gone < 1) json_put_null(out, "seconds_left");
  else json_put_integer(out, "seconds_left", (int64_t)ceil(gone * (1 - job->share) / job->share));
}

static void write_error(const GError *error, struct json_writer *out) {
  if (!error) {
    json_put_null(out, "error");
    return;
  }
  const struct error_kind *kind = error_kind(error);
  json_open_object(out, "error");
  json_put_string(out, "code", kind->slug);
  json_put_string(out, "title", kind->title);
  json_put_integer(out, "status", kind->status);
  g_autofree char *detail = g_utf8_make_valid(error->message, -1);
  json_put_string(out, "detail", kind->status < 500 ? detail : error_outside(error));
  json_close_object(out);
}

bool jobs_show(struct jobs *jobs, const char *id, const char *account, struct json_writer *out, GError **error) {
  g_mutex_lock(&jobs->lock);
  const struct job *job = find(jobs, id, account, error);
  if (job) {
    json_put_string(out, "id", job->id);
    json_put_string(out, "what", job->op->name);
    json_put_string(out, "state", state_names[job->state]);
    json_put_number(out, "share", job->share);
    json_put_string(out, "step", job->step);
    write_seconds_left(job, out);
    if (job->result) json_put_raw(out, "result", job->result->str, job->result->len);
    else json_put_null(out, "result");
    write_error(job->error, out);
  }
  g_mutex_unlock(&jobs->lock);
  return job != NULL;
}

bool jobs_cancel(struct jobs *jobs, const char *id, const char *account, GError **error) {
  g_mutex_lock(&jobs->lock);
  struct job *job = find(jobs, id, account, error);
  if (job) job->stop = true;
  g_mutex_unlock(&jobs->lock);
  return job != NULL;
}
