/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The two halves of a Gibbs draw: the state given the regression, the regression given the state. */
#pragma once
#include <gsl/gsl_rng.h>
#include <stdbool.h>

/* Local level and seasons. State: level, then season − 1 seasonal effects (none for season < 2). */
struct bsts_state {
  int n, size, season;
  const bool *seen;                 /* [n] */
  double noise, level, seasonal;    /* variances */
  double start_mean, start_variance;
  double *fitted;                   /* [n] level + season of the present draw */
  double *level_path;               /* [n] */
  double level_square, seasonal_square; /* Σ of squared steps of the present draw */
  double *work;
};
void bsts_state_init(struct bsts_state *state, int n, int season, const bool *seen);
void bsts_state_clear(struct bsts_state *state);
/* Draws the state given y less the regression, and the variances. */
void bsts_state_draw(struct bsts_state *state, const double *y, gsl_rng *rng);

/* Spike and slab over k columns, of which row-major x [n * k]; only seen rows count. */
struct bsts_slab {
  int n, k;
  const double *x;
  const bool *seen;
  double *gram, *prior, *prior_mean, *chance; /* XᵀX, Ω⁻¹ [k * k]; [k] */
  double df, squares, sd_most;                /* prior of the noise */
  bool *inside; double *beta, noise;          /* the present draw; noise: variance */
  int rows;
  double *work;
};
void bsts_slab_init(struct bsts_slab *slab, const double *x, const bool *seen, int n, int k);
void bsts_slab_clear(struct bsts_slab *slab);
/* Draws inclusion, coefficients and noise given y less the state. */
void bsts_slab_draw(struct bsts_slab *slab, const double *y, gsl_rng *rng);
/* A variance given squares and degrees of freedom, its root not above `most`. */
double bsts_draw_variance(double df, double squares, double most, gsl_rng *rng);
