/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Included before everything in the build with ThreadSanitizer (build/threads), and nowhere else.
 *
 * GLib's locks are made of futexes inside a library that is not instrumented: ThreadSanitizer would see none of them and
 * report every access as a race. Here each call tells it what GLib does, and then does it. What it is told is no more than
 * GLib promises: a mutex orders its holders, a condition gives its mutex back and takes it again, what was written before
 * g_once_init_leave or g_thread_pool_push is seen after g_once_init_enter or by the pool's function, a pool that was freed has
 * ended. Threads themselves are pthreads, which it knows. */
#pragma once
#include <glib.h>
#include <sanitizer/tsan_interface.h>

static inline void threads_locked(void *mutex) { __tsan_mutex_post_lock(mutex, 0, 0); }
static inline void threads_unlock(void *mutex) {
  __tsan_mutex_pre_unlock(mutex, 0);
  __tsan_mutex_post_unlock(mutex, 0);
}
static inline void threads_lock_again(void *mutex) {
  __tsan_mutex_pre_lock(mutex, 0);
  __tsan_mutex_post_lock(mutex, 0, 0);
}

static inline void threads_mutex_lock(GMutex *mutex) {
  __tsan_mutex_pre_lock(mutex, 0);
  g_mutex_lock(mutex);
  threads_locked(mutex);
}
static inline void threads_mutex_unlock(GMutex *mutex) {
  __tsan_mutex_pre_unlock(mutex, 0);
  g_mutex_unlock(mutex);
  __tsan_mutex_post_unlock(mutex, 0);
}
static inline void threads_mutex_clear(GMutex *mutex) {
  __tsan_mutex_destroy(mutex, 0);
  g_mutex_clear(mutex);
}
static inline void threads_cond_wait(GCond *cond, GMutex *mutex) {
  threads_unlock(mutex);
  g_cond_wait(cond, mutex);
  threads_lock_again(mutex);
}
static inline gboolean threads_cond_wait_until(GCond *cond, GMutex *mutex, gint64 until) {
  threads_unlock(mutex);
  gboolean came = g_cond_wait_until(cond, mutex, until);
  threads_lock_again(mutex);
  return came;
}

static inline gboolean threads_once_enter(void *place) {
  gboolean first = (g_once_init_enter)(place);
  if (!first) __tsan_acquire(place);
  return first;
}
static inline void threads_once_leave(void *place, gsize result) {
  __tsan_release(place);
  (g_once_init_leave)(place, result);
}

static inline gboolean threads_ref_dec(gatomicrefcount *count) {
  __tsan_release(count);
  gboolean last = (g_atomic_ref_count_dec)(count);
  if (last) __tsan_acquire(count);
  return last;
}

struct threads_pool { GFunc run; void *data; };
extern char threads_pools;                  /* what every pool's work releases and the pool's end acquires */
__attribute__((weak)) char threads_pools;
static inline void threads_pool_run(void *item, void *data) {
  struct threads_pool *pool = data;
  __tsan_acquire(item);
  pool->run(item, pool->data);
  __tsan_release(&threads_pools);
}
static inline GThreadPool *threads_pool_new(GFunc run, void *data, gint most, gboolean exclusive, GError **error) {
  struct threads_pool *pool = g_new(struct threads_pool, 1); /* as long as the process */
  *pool = (struct threads_pool){ run, data };
  return g_thread_pool_new(threads_pool_run, pool, most, exclusive, error);
}
static inline gboolean threads_pool_push(GThreadPool *pool, void *item, GError **error) {
  __tsan_release(item);
  return g_thread_pool_push(pool, item, error);
}
static inline void threads_pool_free(GThreadPool *pool, gboolean at_once, gboolean wait) {
  g_thread_pool_free(pool, at_once, wait);
  __tsan_acquire(&threads_pools);
}

#undef g_once_init_enter
#undef g_once_init_leave
#undef g_atomic_ref_count_dec
#define g_mutex_lock threads_mutex_lock
#define g_mutex_unlock threads_mutex_unlock
#define g_mutex_clear threads_mutex_clear
#define g_cond_wait threads_cond_wait
#define g_cond_wait_until threads_cond_wait_until
#define g_once_init_enter(place) threads_once_enter((void *)(place))
#define g_once_init_leave(place, result) threads_once_leave((void *)(place), (gsize)(result))
#define g_atomic_ref_count_dec threads_ref_dec
#define g_thread_pool_new threads_pool_new
#define g_thread_pool_push threads_pool_push
#define g_thread_pool_free threads_pool_free
