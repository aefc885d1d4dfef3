/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The Beta distribution by mean and count: `mean` in 0–1, `count` = a + b > 0 the pseudo-counts behind it, so that
 * a = mean × count. Means of exactly 0 or 1 are points. */
#pragma once
#include <stdint.h>

/* P(x > `than`): the share of the distribution above; `than` may lie outside 0–1. */
double beta_above(double mean, double count, double than);
/* The x below which a share `p` of it lies; within 1e-9. */
double beta_quantile(double mean, double count, double p);

/* Central intervals for tens of thousands of distributions: quantiles read between the nodes of a grid that is filled
 * where it is first needed. Within 0.001 of the exact ones for counts 0.5 to 2,000; counts beyond are read at that end.
 * Not shared by threads. */
struct beta_table;
/* `tail`: what is left out on each side; 0.1 for an 80 % interval. */
struct beta_table *beta_table_new(double tail);
void beta_table_free(struct beta_table *table);
void beta_table_interval(struct beta_table *table, double mean, double count, double *ret_low, double *ret_high);
