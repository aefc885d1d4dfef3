/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the forecast of the workforce assumes where no file tells: one table, each number with its source or marked as a
 * judgement. A company overrides them in its data folder's workforce.yaml; what holds is recorded as an event, so that a
 * forecast can be computed again as it was. */
#pragma once
#include "company/company.h"

#define ASSUMPTION(id, name, unit, value, least, most, what, source) ASSUME_##id,
enum assumption_id {
#include "company/assumptions.def"
  ASSUME_COUNT
};
#undef ASSUMPTION

struct assumption {
  const char *name;            /* as the file says it: "hiring months" */
  const char *unit;            /* "money": the company's currency */
  double value, least, most;
  const char *what, *source;
};
extern const struct assumption assumptions[ASSUME_COUNT];

/* The values that hold for a company: its own, else those of the table. */
void assumptions_of(const struct company *company, double ret_values[ASSUME_COUNT]);
/* Reads workforce.yaml into `ret_values`, NAN where it does not say. BAD_INPUT with line and column. */
bool assumptions_parse(const char *name, const char *text, size_t length, double ret_values[ASSUME_COUNT], GError **error);
