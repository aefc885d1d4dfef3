/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Many estimates at once: which to believe, and how large they are when the largest were picked. */
#pragma once

/* Adjusted p-values: at a false discovery rate q, believe those ≤ q. NAN stays NAN and is not counted. */
void discovery_benjamini_hochberg(const double *p, int n, double *ret_adjusted); /* independent or positively dependent */
void discovery_benjamini_yekutieli(const double *p, int n, double *ret_adjusted); /* any dependence */

struct discovery_spread { double mean, mean_se, spread; /* of the true effects, between the interventions */ };
/* Shrinks estimates towards their mean by how uncertain each is; rows with NAN or se ≤ 0 stay out (NAN). ret_mean, ret_sd
 * [n]: of the true effect of each, given all. Fewer than three: nothing is known of the spread, nothing is shrunk. */
struct discovery_spread discovery_shrink(const double *estimate, const double *se, int n, double *ret_mean, double *ret_sd);

/* One estimate that is shown because |estimate / se| passed `threshold`: the most probable true effect given that it passed. */
double discovery_unpick(double estimate, double se, double threshold);
