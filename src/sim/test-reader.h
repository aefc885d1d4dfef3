/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * For the tests: a company written to a directory of its own, and its CSV files as tables. */
#pragma once
#include "base/error.h"
#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct simulated { char *dir; } simulated;
simulated *company_new(int people, uint64_t seed, int weeks); /* until 2026-11-23 */
void company_free(simulated *company);                        /* removes the directory */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(simulated, company_free)
void company_remove(const char *dir);
char *company_text(const simulated *company, const char *name);

typedef struct table { GPtrArray *cells; unsigned columns; } table; /* the header is row 0 of cells */
table *company_table(const simulated *company, const char *name);
void table_free(table *table);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(table, table_free)
unsigned table_column(const table *table, const char *name);
unsigned table_rows(const table *table); /* without the header */
const char *table_cell(const table *table, unsigned row, unsigned column);
const char *table_get(const table *table, unsigned row, const char *column);
double table_number(const table *table, unsigned row, const char *column);
