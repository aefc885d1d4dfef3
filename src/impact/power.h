/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * How likely a rollout is to be called "moved" for an effect of a given size, by the very test that will be used. */
#pragma once
#include "impact/estimate.h"

struct impact_power;
/* `deal` on `panel`, whose periods reach to the reading and are taken as complete from registration on. NULL: nothing to compare. */
struct impact_power *impact_power_new(const struct impact_panel *panel, const struct impact_terms *terms, const struct impact_noise *noise,
                                      const struct impact_deal *deal, uint64_t seed);
void impact_power_free(struct impact_power *power);
double impact_power_at(const struct impact_power *power, double effect);      /* 0–1 */
double impact_power_effect(const struct impact_power *power, double wanted);  /* the effect with that power; INFINITY: none */
double impact_power_se(const struct impact_power *power);
/* The error alone, of one order: quick, for choosing among designs. NAN: nothing to compare. `solver` is of the panel's frame. */
double impact_power_error(const struct impact_panel *panel, const struct impact_terms *terms, struct impact_solver *solver, const struct impact_deal *deal);
