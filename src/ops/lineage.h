/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Lineage for readers: the graph's nodes in words, as far as the caller may see them. */
#pragma once
#include "ops/tables.h"
#include "runtime/links.h"

/* What a node is to a reader. Texts are newly allocated; NULL: not known, or withheld. */
struct told {
  const char *kind;              /* "claim", "decision" …: the noun, static */
  char *title, *state, *by;
  int64_t at;                    /* of its last change by the moment asked about; 0 unknown */
  bool hidden;                   /* not the caller's to see, or about fewer than five people: only its kind is told */
  int64_t count, people;         /* of deliveries under one showing; -1: not counted, or withheld */
};
void told_clear(struct told *told);
typedef struct told told_auto;
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(told_auto, told_clear)

struct telling;
/* For one call; borrows all three. NULL on error. */
struct telling *telling_new(struct op_call *call, struct view *view, struct db *db, int64_t as_of, GError **error);
void telling_free(struct telling *telling);
typedef struct telling telling_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(telling_auto, telling_free)
const struct op_call *telling_call(const struct telling *telling);
struct db *telling_db(const struct telling *telling);
bool telling_tell(struct telling *telling, const char *node, struct told *ret_told, GError **error);
/* The node that the caller means by an id, with or without its noun; newly allocated into `ret_node`. 1; 0: there is none that
 * the caller may see; -1. */
int telling_find(struct telling *telling, const char *id, char **ret_node, GError **error);

/* The last event of a call's `as_of`; INT64_MAX where none is asked for; -1 on error. */
int64_t lineage_moment(const struct op_call *call, struct db *db, GError **error);
int64_t lineage_time(const struct op_call *call); /* what `as_of` says; 0 where it is not given */
/* An array `lineage` of nodes, the way that the call's fields forward, as_of, depth ask for. */
/* The same one way, and since an event. */
bool lineage_write_way(struct telling *telling, const char *node, int64_t from, enum lineage_way way, struct json_writer *out, GError **error);
bool lineage_write(struct telling *telling, const char *node, int64_t as_of, struct json_writer *out, GError **error);
extern const struct field lineage_row[];
#define LINEAGE_IN_FIELDS \
  { "forward", FIELD_BOOL, 0, "what rests on it, instead of what it rests on" }, { "as_of", FIELD_TIME, 0, "as it was then" }, \
  { "depth", FIELD_INTEGER(1, 20), 0, "steps from the beginning (default 8)" }
