/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The demo's clock: "26 weeks later". On any other data folder there is no later but waiting, and it says so. */
#include "ops/tables.h"

static bool demo_show(struct op_call *call, struct json_writer *out, GError **error) {
  void *data;
  json_put_bool(out, "later", system_get_later(call->system, &data) != NULL);
  put_day(out, "today", clock_day(call->now));
  return true;
}

static bool demo_later(struct op_call *call, struct json_writer *out, GError **error) {
  void *data;
  system_later later = system_get_later(call->system, &data);
  if (!later) return fail(error, MENO_ERROR_CONFLICT, "there is no later here: only a demo that has not been there yet can go 26 weeks ahead");
  if (!later(data, call, error)) return false;
  put_day(out, "today", clock_day(system_now(call->system)));
  return true;
}

static const struct field show_out[] = { { "later", FIELD_BOOL, REQUIRED, "this is a demo, and 26 weeks can pass" }, { "today", FIELD_DAY, REQUIRED, "" }, { 0 } };
static const struct field later_out[] = { { "today", FIELD_DAY, REQUIRED, "" }, { 0 } };

const struct op demo_ops[] = {
  { "demo show", GET, "/demo", MAY_SIGNED_IN, NULL, show_out, demo_show, "Is this a demo, and can time pass in it?", "running the system" },
  { "demo later", POST, "/demo/later", MAY_STEER, NULL, later_out, demo_later, "Let 26 weeks pass in the demo: what is open is decided, delivered and measured", "running the system", BODY_JSON, true },
  { 0 } };
