/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Weights that are not negative and add up to 1. */
#pragma once
#include <stdbool.h>

/* min |Σ_j w_j a_j − b|² + ridge |w|² over the simplex, exactly. a [k * n]: column j is a + j × n. w [k]. */
void simplex_fit(const double *a, const double *b, int n, int k, double ridge, double *ret_weight);

/* The same where the products of the columns less b, G = (A − b1ᵀ)ᵀ(A − b1ᵀ) plus any constant that makes it positive definite,
 * are at hand: min wᵀGw. `warm`: from the weights as they come in, which have sum 1. */
void simplex_solve(const double *gram, int k, bool warm, double *weight);

/* The same by at most `steps` of Frank and Wolfe's method from the weights that come in; ends when a step gains at most
 * `least`, as a mean of squares per row. `centre`: a free constant is taken out first. */
void simplex_walk(const double *a, const double *b, int n, int k, double ridge, bool centre, double least, int steps, double *weight);
