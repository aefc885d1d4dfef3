/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A running Meno: one data folder with its ledger, rules, key and shared snapshot. Everything an operation may touch. */
#pragma once
#include "gate/proposals.h"
#include "runtime/runner.h"

struct system;

/* Opens the database in `place` (a folder, or an address of PostgreSQL) with the key, rules and outbox in the folder `dir`; `create`
 * makes them where they are not there (else NOT_FOUND with the remedy). `tables` are borrowed.
 * The decision rules are read and, where they differ from those in force, adopted. */
struct system *system_open(const char *place, const char *dir, bool create, const struct ledger_tables *tables, const struct clock *clock, GError **error);
void system_free(struct system *system);
typedef struct system system_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(system_auto, system_free)

struct ledger *system_ledger(struct system *system);
struct store *system_store(struct system *system);
struct snapshots *system_snapshots(struct system *system);
const struct rules *system_rules(struct system *system);
const uint8_t *system_key(struct system *system); /* 32 bytes: opaque person ids hang on it */
struct seal *system_seal(struct system *system);  /* the ring of keys: opens what is personal */
const char *system_dir(struct system *system);
/* The master key of the data folder `dir`: MENO_KEY_FILE, else meno.key in it; and the ring of keys beside it. Newly allocated. */
char *system_key_file(const char *dir);
char *system_ring_file(const char *dir);
const char *system_messages(const struct system *system); /* the outbox's channel of messages; NULL: channels.yaml names no program */
int64_t system_now(struct system *system);
/* A demo lives ahead of the machine's clock: from now on it is `now`. Kept in the data folder's file `ahead`. */
bool system_advance(struct system *system, int64_t now, GError **error);
int64_t system_ahead(const struct system *system); /* microseconds */

/* What the demo does when somebody asks for "26 weeks later"; NULL where this is no demo, or its story is over. */
struct op_call;
typedef bool (*system_later)(void *data, struct op_call *call, GError **error);
void system_set_later(struct system *system, system_later later, void *data, int weeks);
system_later system_get_later(struct system *system, void **ret_data, int *ret_weeks /* that would pass */);
/* Gives the agents their turns; one run at a time. `progress` as in runner_run. */
bool system_take_turns(struct system *system, int64_t now, bool (*progress)(void *data, const char *what, double share), void *data,
                       struct runner_report *ret_report, GError **error);
/* The same, then carries out what is due in the outbox. */
bool system_run(struct system *system, int64_t now, bool (*progress)(void *data, const char *what, double share), void *data,
                struct runner_report *ret_report, GError **error);
/* Carries out what is due in the outbox and nothing else; does nothing while another thread is at it. May take as long as
 * the channels do. */
bool system_dispatch(struct system *system, int64_t now, GError **error);
/* Sends statements on to other record stores until there are no more or `go_on` says no; a thread of its own calls it again and again.
 * `forwarder` is made by the first call and freed with forwarder_free. */
struct forwarder;
bool system_forward(struct system *system, struct forwarder **forwarder, bool (*go_on)(void *data), void *data, GError **error);
/* The newest view as of today. */
struct view *system_view(struct system *system, GError **error);

/* Held while files are imported or agents run: one at a time. */
void system_lock_work(struct system *system);
void system_unlock_work(struct system *system);
