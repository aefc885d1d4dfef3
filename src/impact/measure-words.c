/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An effect in plain words: for somebody who reads one sentence and signs. The words say what the interval says and no more: an
 * interval that holds nothing and something is "cannot tell", and what would settle it follows.
 *
 * How it can be wrong: the weeks more that are asked for assume that the noise stays as it was. */
#include "impact/measure-private.h"
#include "impact/power.h"
#include <math.h>
#include <string.h>

static char *number(double value)
{
  return g_strdup_printf("%.3g", value == 0 ? 0.0 : value);
}

static char *amount(const struct impact_case *c, double value)
{
  g_autofree char *text = fabs(value) >= 1000 ? g_strdup_printf("%.0f", value) : number(value);
  bool percent = c->goal->unit && (strcmp(c->goal->unit, "%") == 0 || g_ascii_strcasecmp(c->goal->unit, "percent") == 0);
  return percent ? g_strdup_printf("%s percentage point%s", text, fabs(fabs(value) - 1) < 1e-9 ? "" : "s") : g_strdup_printf("%s %s", text, c->goal->unit ? c->goal->unit : "");
}

static char *day_words(int32_t day)
{
  static const char *const months[] = { "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December" };
  int y, m, d;
  clock_civil(day, &y, &m, &d);
  return g_strdup_printf("%d %s %d", d, months[m - 1], y);
}

int impact_weeks_more(const struct impact_case *c)
{
  struct impact_deal deal;
  struct impact_terms terms = c->terms;
  if (!c->have_noise || !(c->intervention->minimum_effect > 0) || c->intervention->state == INTERVENTION_STOPPED)
    return 0;
  for (int more = 13; more <= 52; more += 13) {
    struct impact_panel longer;
    terms.reading = c->terms.reading + 7 * more;
    terms.to_week = c->terms.to_week + more;
    if (!impact_panel_build(c->company, c->intervention->goal, c->team, c->affected, c->units, MIN(terms.baseline_from, terms.registered - 7 * 78), terms.reading,
                            terms.registered, &longer))
      return 0;
    struct impact_panel fine = longer;
    impact_panel_coarsen(&fine, &terms, &longer);
    impact_panel_clear(&fine);
    struct impact_power *power = impact_deal_of(&longer, c->starts, &deal) && deal.groups > 1 ? impact_power_new(&longer, &terms, &c->noise, &deal, 1) : NULL;
    bool enough = power && impact_power_at(power, c->intervention->minimum_effect) >= 0.8;
    impact_power_free(power);
    impact_panel_clear(&longer);
    if (enough)
      return more;
  }
  return 0;
}

static char *needed(const struct impact_case *c, const char *why, const char *why_not, const struct impact_effect *e)
{
  g_autofree char *reading = e->reading != CLOCK_NO_DAY ? day_words(e->reading) : NULL;
  if (!c->intervention->measurable)
    return g_strdup_printf("it was registered as not measurable (%s)", why_not ? why_not : "there is nothing to compare with");
  if (e->early && reading && e->basis == IMPACT_ANY_TIME)
    return g_strdup_printf("the last reading is on %s; before it only a band that holds at all looks may settle it", reading);
  if (e->early && reading)
    return g_strdup_printf("the last reading is on %s, and nothing is claimed before", reading);
  if (c->intervention->state == INTERVENTION_STOPPED && why)
    return g_strdup("it was stopped before enough of the registered weeks had passed");
  if (why && e->share < 0.7 && reading)
    return g_strdup_printf("of the numbers of the registered weeks up to %s, only %.0f %% have come in", reading, 100 * e->share);
  if (why)
    return g_strdup(why);
  int more = impact_weeks_more(c);
  g_autofree char *least = amount(c, e->minimum_effect);
  if (more > 0) {
    g_autofree char *then = day_words(c->terms.reading + 7 * more);
    return g_strdup_printf("about %d more weeks with the same teams waiting, until %s, would settle it: an effect of %s would then show with a chance of 80%%", more, then, least);
  }
  return g_strdup_printf("it takes more teams: with these, an effect of %s would not show within another year", least);
}

static char *range(const struct impact_case *c, const struct impact_effect *e)
{
  g_autofree char *low = number(e->effect.low), *high = amount(c, e->effect.high);
  return g_strdup_printf("%s to %s", low, high);
}

/* "280,000": three figures say all that is known; thousands are set apart. */
static char *money_number(double value)
{
  double step = pow(10, floor(log10(fmax(fabs(value), 1))) - 2);
  g_autofree char *digits = g_strdup_printf("%.0f", step > 1 ? round(value / step) * step : value);
  g_autoptr(GString) out = g_string_new("");
  size_t length = strlen(digits), begin = *digits == '-';
  for (size_t i = 0; i < length; i++) {
    if (i > begin && (length - i) % 3 == 0)
      g_string_append_c(out, ',');
    g_string_append_c(out, digits[i]);
  }
  return g_string_free(g_steal_pointer(&out), FALSE);
}

static char *money_words(const struct impact_case *c, const struct impact_effect *e)
{
  if (!isfinite(e->money.value) || e->verdict != IMPACT_MOVED)
    return g_strdup("");
  const char *currency = c->goal->currency && *c->goal->currency ? c->goal->currency : "EUR";
  g_autofree char *value = money_number(e->money.value), *low = money_number(e->money.low), *high = money_number(e->money.high), *cost = money_number(e->cost);
  return g_strdup_printf(" That is worth about %s %s a year (%s to %s) in the teams that have started, for a cost of %s.", value, currency, low, high, cost);
}

/* Before the last reading. */
static char *early_sentence(const struct impact_case *c, const struct impact_effect *e)
{
  g_autofree char *value = amount(c, e->effect.value), *between = range(c, e), *reading = day_words(e->reading);
  if (e->verdict == IMPACT_MOVED)
    return g_strdup_printf("It has moved \"%s\" by %s so far (95%% sure, however often one looks: %s). The effect of all registered weeks is read on %s.", c->goal->name, value,
                           between, reading);
  if (e->basis == IMPACT_ANY_TIME)
    return g_strdup_printf("Whether this moved \"%s\" cannot be told yet: so far the effect lies between %s, however often one looks, and %s.", c->goal->name, between, e->needed);
  return g_strdup_printf("Whether this moved \"%s\" cannot be told yet. So far %s is seen (%s): descriptive until %s, and no verdict rests on it.", c->goal->name, value, between,
                         reading);
}

static char *sentence(const struct impact_case *c, const struct impact_effect *e)
{
  g_autofree char *least = amount(c, e->minimum_effect);
  if (!isfinite(e->effect.value))
    return g_strdup_printf("Whether this moved \"%s\" cannot be told%s: %s.", c->goal->name, e->early ? " yet" : "", e->needed);
  if (e->early)
    return early_sentence(c, e);
  g_autofree char *value = amount(c, fabs(e->effect.value)), *between = range(c, e), *money = money_words(c, e);
  if (e->verdict == IMPACT_MOVED && e->effect.high < e->minimum_effect)
    return g_strdup_printf("It moved \"%s\" by %s (95%% sure: %s), which is less than the %s that would have been worth having.%s", c->goal->name, value, between,
                           least, money);
  if (e->verdict == IMPACT_MOVED)
    return g_strdup_printf("It moved \"%s\" by %s in the teams that started (95%% sure: %s).%s", c->goal->name, value, between, money);
  if (e->verdict == IMPACT_DID_NOT_MOVE && e->effect.high < 0) {
    g_autofree char *least_harm = number(-e->effect.high), *most_harm = amount(c, -e->effect.low);
    return g_strdup_printf("It did not move \"%s\" the right way: the teams that started stand worse by %s than they would have (95%% sure: %s to %s).", c->goal->name,
                           value, least_harm, most_harm);
  }
  if (e->verdict == IMPACT_DID_NOT_MOVE)
    return g_strdup_printf("It did not move \"%s\" by anything worth having: the effect lies between %s, and %s was the least that would have paid.", c->goal->name, between,
                           least);
  return g_strdup_printf("Whether this moved \"%s\" cannot be told: the effect may lie anywhere from %s. To know, %s.", c->goal->name, between, e->needed);
}

static char *confidence(const struct impact_effect *e)
{
  if (!isfinite(e->effect.value))
    return g_strdup("nothing is claimed");
  if (e->basis == IMPACT_DESCRIPTIVE)
    return g_strdup("descriptive: right for one look, not for looking every week, and nothing is claimed");
  if (e->basis == IMPACT_ANY_TIME)
    return g_strdup("by a band that holds at all looks together, as far as the noise stays as it was; the last reading rests on the lot");
  GString *text = g_string_new(NULL);
  g_string_append_printf(text, "by the lot alone: %d order%s of start were compared", e->orders, e->orders == 1 ? "" : "s");
  if (isfinite(e->placebo.p) && e->placebo.p < 0.05)
    g_string_append(text, "; but a start pretended earlier shows an \"effect\" too: read with care");
  if (isfinite(e->pretrend.p) && e->pretrend.p < 0.05)
    g_string_append(text, "; the teams that started first stood differently already before");
  if (e->early_use > 0)
    g_string_append(text, "; some teams that should have waited used it, so the effect may be larger");
  if (e->moves >= 5)
    g_string_append_printf(text, "; %d people changed between the teams compared", e->moves);
  if (e->change_count > 0)
    g_string_append_printf(text, "; %d recorded change%s fell into the time", e->change_count, e->change_count == 1 ? "" : "s");
  return g_string_free(text, FALSE);
}

static const char *const inferences[] = {
  [IMPACT_NO_BASIS] = "", [IMPACT_LAST_READING] = "; randomisation inference over the orders of start that could have been drawn",
  [IMPACT_ANY_TIME] = ", as far as seen; asymptotic confidence sequence over all looks before the last reading",
  [IMPACT_DESCRIPTIVE] = ", as far as seen; descriptive, by the noise of the weeks before" };

void impact_say(const struct impact_case *c, const char *why, const char *why_not, struct impact_effect *e)
{
  if (e->verdict == IMPACT_CANNOT_TELL)
    e->needed = needed(c, why, why_not, e);
  if (!c->intervention->measurable)
    e->method = g_strdup("none: there is no comparison");
  else
    e->method = g_strdup_printf("difference-in-differences on %d frozen teams, as assigned, weeks %d to %d after each start%s", c->units, c->intervention->from_week,
                                c->intervention->to_week, inferences[e->early ? e->basis : IMPACT_LAST_READING]);
  e->sentence = sentence(c, e);
  e->confidence = confidence(e);
}
