/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jansson as the judge of our JSON, for tests and the benchmark. */
#pragma once
#include <stdbool.h>
#include <stddef.h>

enum oracle { ORACLE_REFUSED, ORACLE_TAKEN, ORACLE_OVERFLOW }; /* overflow: refused only because a number is too large */
enum oracle oracle_judge(const char *text, size_t length);
/* Both are JSON and mean the same. */
bool oracle_same(const char *a, size_t a_length, const char *b, size_t b_length);
/* The canonical form as jansson writes it: keys sorted, compact. Newly allocated; NULL if refused. */
char *oracle_canonical(const char *text, size_t length);
