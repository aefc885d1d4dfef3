/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Shared by the files that load the snapshot: what the company is (load.c), and what was decided and came of it
 * (load-decisions.c). */
#pragma once
#include "company/load.h"

struct loaded {
  struct company company; /* first: what users hold */
  gatomicrefcount references;
  GStringChunk *texts;
  GHashTable *people, *teams, *skills, *goals, *departments; /* text → index + 1 */
};

struct loading {
  struct loaded *to;
  struct company *company;
  struct db *db;
  struct seal *seal;
  int32_t day;
  GHashTable *jobs, *items, *respondents, *questions, *programmes;
  GArray *person, *membership, *department, *team, *skill, *job, *job_skill, *goal, *result;
};

const char *load_keep(struct loading *load, const char *text);      /* interned; NULL stays NULL */
int load_find(GHashTable *table, const char *name);                 /* -1 none */
int load_intern_team(struct loading *load, const char *name);       /* -1 for an empty name */
int load_intern_skill(struct loading *load, const char *id);
/* "a;b" as indices; newly allocated. */
const int *load_skill_list(struct loading *load, const char *text, int *ret_count, int (*index_of)(struct loading *, const char *));
/* A column that may be sealed, as people read it: a few words in brackets where it was erased. And one that is better absent then. */
const char *load_reveal(struct loading *load, struct query *query, int column, int id_column, const char *field);
const char *load_reveal_or_none(struct loading *load, struct query *query, int column, int id_column, const char *field);
int32_t load_day_or_none(struct query *query, int column);
double load_number_or(struct query *query, int column, double otherwise);
int load_word_index(const char *const *words, int count, const char *word, int otherwise);

void load_add_result(struct loading *load, struct result result);
int load_item_of(struct loading *load, const char *item);           /* interned; -1 for an empty one */

static inline GArray *load_rows(size_t size) { return g_array_new(FALSE, FALSE, (guint)size); }

/* Hands the collected rows over to one list of the company. */
#define LOAD_HAND_OVER(list, array) do { \
    (list).count = (int)(array)->len; \
    (list).at = (void *)g_array_free(g_steal_pointer(&(array)), FALSE); \
  } while (0)
#define LOAD_EACH_ROW(name) for (g_autoptr(query_auto) q = db_query(load->db, error, name, ""); (got = query_next(q, error)) == 1;)

/* Statements as results. After people and skills. */
bool load_statements(struct loading *load, GError **error);
/* Sources, needs with what people said of them, interventions, assets, deliveries, preferences. */
bool load_decisions(struct loading *load, GError **error);
void load_decisions_clear(struct company *company);
