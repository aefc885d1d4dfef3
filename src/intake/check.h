/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What no single row can tell: keys that stand twice, people who contradict themselves, managers in circles, references
 * to what is not there. Bad rows are taken out of the sets; what is only worth a remark becomes a warning.
 *
 * | found | becomes |
 * |---|---|
 * | the same key with the same cells | warning; one row stays |
 * | the same key with other cells | bad row (the later one), naming both lines |
 * | pulse answers without a respondent, work at the same moment | told apart: each is one of its own |
 * | results that repeat their key | numbered (`nth`): several attempts are several results |
 * | a person's name or mail differs between memberships | warning; the newest membership's is taken |
 * | a manager who is unknown, or the person | warning; no manager |
 * | managers, or broader skills, in a circle | bad rows: nothing says which link is wrong |
 * | an end before its start | bad row |
 * | terminated without a date | warning |
 * | an employee number or a KPI's goal that is neither in this import nor known | bad row |
 * | the same where no people (or goals) file has ever come | one warning; the rows are taken |
 * | a skill, programme or question that is neither | warning: it comes into being by being named |
 *
 * References count against the good rows of this import, so what depends on a bad row is bad too. */
#pragma once
#include "intake/rows.h"

struct intake_known; /* intake.h */

struct check {
  struct row_set **sets;              /* FILE_COUNT; NULL: no such file */
  const char *const *files;           /* names by row_set.file */
  const struct intake_known *known;   /* may be NULL */
  GStringChunk *texts;
  struct row_problems *problems, *warnings;
  uint32_t bad_rows[FILE_COUNT];      /* counted here */
  uint32_t repeated[FILE_COUNT];      /* identical rows that were dropped */
};

void check_rows(struct check *check);

/* For check-*.c: marks a row bad and says why; a remark; both with the row's place. */
void check_bad_row(struct check *check, uint8_t *bad, const struct row_set *set, uint32_t row, int column, const char *reason,
                   const char *remedy);
void check_remark(struct check *check, const struct row_set *set, uint32_t row, int column, uint32_t rows, const char *reason,
                  const char *remedy);
/* Circles in parent[]: for each node -1 or the index of its parent. Calls `found` once per circle with its nodes. */
void check_circles(const int *parents, unsigned count, void (*found)(void *data, const unsigned *nodes, unsigned length), void *data);
/* people.csv: everything about persons; fills by_person. check-people.c */
void check_people(struct check *check, struct row_set *people);
