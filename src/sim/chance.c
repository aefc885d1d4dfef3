/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Random numbers of our own, because a seed must give the same company on every machine and libc's generator does not.
 *
 * The generator is xoshiro256** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021). A stream's
 * four words come from splitmix64 run over the seed, the purpose and two indices, each mixed in with a full splitmix
 * step, so neighbouring names give unrelated streams. Two streams could in principle overlap; with 2^256 states and
 * streams of at most thousands of draws nobody will see it.
 *
 * Distributions, all exact: normal by Marsaglia's polar method (1964), gamma by Marsaglia and Tsang (2000), beta as a
 * ratio of gammas, binomial by splitting on an order statistic, which is a beta (Devroye, "Non-Uniform Random Variate
 * Generation", 1986, X.4.3), Poisson by reduction with a gamma (Ahrens and Dieter 1974).
 *
 * How it can be wrong: log, exp and pow come from libm, whose last bit may differ between libraries. Everything that is
 * written is rounded to a few decimals, which hides this nearly always, not provably always. */
#include "sim/chance.h"
#include <math.h>

static uint64_t splitmix(uint64_t *state)
{
  uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

struct chance chance_at(uint64_t seed, enum chance_purpose purpose, uint64_t a, uint64_t b)
{
  const uint64_t parts[] = { (uint64_t)purpose, a, b };
  uint64_t state = seed;
  for (unsigned i = 0; i < 3; i++)
    state = splitmix(&state) ^ parts[i];
  struct chance chance;
  for (unsigned i = 0; i < 4; i++)
    chance.state[i] = splitmix(&state);
  return chance;
}

static uint64_t rotate(uint64_t x, unsigned k) { return (x << k) | (x >> (64 - k)); }

uint64_t chance_bits(struct chance *chance)
{
  uint64_t *s = chance->state, result = rotate(s[1] * 5, 7) * 9, t = s[1] << 17;
  s[2] ^= s[0];
  s[3] ^= s[1];
  s[1] ^= s[2];
  s[0] ^= s[3];
  s[2] ^= t;
  s[3] = rotate(s[3], 45);
  return result;
}

double chance_unit(struct chance *chance)
{
  return ((double)(chance_bits(chance) >> 11) + 0.5) * 0x1p-53;
}

double chance_between(struct chance *chance, double low, double high)
{
  return low + (high - low) * chance_unit(chance);
}

uint32_t chance_below(struct chance *chance, uint32_t count)
{
  return (uint32_t)(((chance_bits(chance) >> 32) * count) >> 32);
}

bool chance_hit(struct chance *chance, double probability)
{
  return chance_unit(chance) < probability;
}

double chance_normal(struct chance *chance, double mean, double sd)
{
  for (;;) {
    double u = 2 * chance_unit(chance) - 1, v = 2 * chance_unit(chance) - 1, square = u * u + v * v;
    if (square > 0 && square < 1)
      return mean + sd * u * sqrt(-2 * log(square) / square);
  }
}

double chance_gamma(struct chance *chance, double shape, double scale)
{
  if (shape < 1) /* boosted: a gamma of shape+1, shrunk by a power of a uniform */
    return chance_gamma(chance, shape + 1, scale) * pow(chance_unit(chance), 1 / shape);
  double d = shape - 1.0 / 3, c = 1 / sqrt(9 * d);
  for (;;) {
    double x = chance_normal(chance, 0, 1), v = 1 + c * x;
    if (v <= 0)
      continue;
    v = v * v * v;
    if (log(chance_unit(chance)) < 0.5 * x * x + d - d * v + d * log(v))
      return d * v * scale;
  }
}

double chance_beta(struct chance *chance, double a, double b)
{
  double x = chance_gamma(chance, a, 1), y = chance_gamma(chance, b, 1);
  return x + y > 0 ? x / (x + y) : 0.5;
}

uint32_t chance_binomial(struct chance *chance, uint32_t trials, double probability)
{
  uint32_t hits = 0;
  if (probability <= 0)
    return 0;
  if (probability >= 1)
    return trials;
  while (trials > 16) { /* the middle one of `trials` sorted uniforms is a beta; go on in the half that holds p */
    uint32_t middle = trials / 2 + 1;
    double cut = chance_beta(chance, middle, trials + 1 - middle);
    if (cut <= probability) {
      hits += middle;
      trials -= middle;
      probability = (probability - cut) / (1 - cut);
    } else {
      trials = middle - 1;
      probability = probability / cut;
    }
  }
  for (uint32_t i = 0; i < trials; i++)
    hits += chance_hit(chance, probability);
  return hits;
}

uint32_t chance_poisson(struct chance *chance, double mean)
{
  uint32_t count = 0;
  while (mean > 16) { /* the time of the m-th event is a gamma: either it is past, or it splits the interval */
    uint32_t m = (uint32_t)(mean * 7 / 8);
    double time = chance_gamma(chance, m, 1);
    if (time > mean)
      return count + chance_binomial(chance, m - 1, mean / time);
    count += m;
    mean -= time;
  }
  double limit = exp(-mean), product = chance_unit(chance);
  for (; product > limit; product *= chance_unit(chance))
    count++;
  return count;
}

void chance_shuffle(struct chance *chance, uint32_t *items, uint32_t count)
{
  for (uint32_t i = count; i > 1; i--) {
    uint32_t j = chance_below(chance, i), kept = items[i - 1];
    items[i - 1] = items[j];
    items[j] = kept;
  }
}
