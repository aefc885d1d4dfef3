/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Asymptotic confidence sequences: I. Waudby-Smith, D. Arbour, R. Sinha, E. H. Kennedy, A. Ramdas, "Time-uniform central
 * limit theory and asymptotic confidence sequences", Ann. Statist. 52, 2024, equation (6), two-sided normal mixture:
 * μ̂ ± σ̂ √(2 (tρ² + 1) / (t²ρ²) · log(√(tρ² + 1) / α)), with ρ as in their appendix, sharpest at the planned time. Written in
 * information: t is information × σ², so that tρ² = (information / planned) · (−2 log α + log(−2 log α) + 1).
 *
 * How it can be wrong: an error estimated from few units is itself uncertain, and then the first looks cross too often. */
#include "stats/sequence.h"
#include <math.h>

static double mixture(double alpha)
{
  return -2 * log(alpha) + log(-2 * log(alpha)) + 1;
}

static double critical(double share, double tuning, double alpha)
{
  double v = share * tuning;
  return sqrt(2 * (v + 1) / v * log(sqrt(v + 1) / alpha));
}

double sequence_critical(double information, double planned, double alpha)
{
  if (!(information > 0) || !(planned > 0))
    return INFINITY;
  return critical(information / planned, mixture(alpha), alpha);
}

double sequence_p(double estimate, double se, double planned)
{
  if (!(se > 0) || !(planned > 0))
    return 1;
  /* The tuning stays that of 5 %: one martingale, whose inverse is the p-value. */
  double v = 1 / (se * se * planned) * mixture(0.05), z = fabs(estimate) / se;
  double p = sqrt(v + 1) * exp(-z * z * v / (2 * (v + 1)));
  return p < 1 ? p : 1;
}
