/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The partner file of a join, by the text of its key columns. */
#pragma once
#include "intake/table.h"

struct join_index {
  const struct mapping_join *join;
  const struct table_file *partner;
  GStringChunk *keys;
  GHashTable *rows;     /* key → number of the row in `taken`, plus one */
  GArray *taken;        /* of struct csv_cell: `take->len` per row, slices of the partner's text */
  GArray *ours;         /* of unsigned: our columns that make the key */
  GString *key;         /* scratch */
};

/* `ours`: column numbers on our side, as `join->on`; taken over. Two partner rows with one key and different cells are a
 * problem: nobody can tell which is meant. */
struct join_index *join_index_new(const struct mapping *mapping, const struct mapping_join *join, struct table_file *partner,
                                  GArray *ours, struct table_sink *sink, GError **error);
void join_index_free(struct join_index *index);
/* The taken cells of the row that belongs to `cells`; NULL: there is none, and index->key says what was looked for. */
const struct csv_cell *join_index_find(struct join_index *index, const struct csv_cell *cells);
