/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * "26 weeks later", which only a demo has. On any other data folder there is no later but waiting, and it says so. */
#include "ops/tables.h"

static bool later_show(struct op_call *call, struct json_writer *out, GError **error) {
  void *data;
  int weeks;
  bool later = system_get_later(call->system, &data, &weeks) != NULL;
  json_put_bool(out, "later", later);
  json_put_integer(out, "weeks", later ? weeks : 0);
  put_day(out, "today", clock_day(call->now));
  return true;
}

static bool later_begin(struct op_call *call, struct json_writer *out, GError **error) {
  void *data;
  int weeks;
  system_later later = system_get_later(call->system, &data, &weeks);
  if (!later) return fail(error, MENO_ERROR_CONFLICT, "there is no later here: only a demo that has not been there yet can go weeks ahead");
  if (!later(data, call, error)) return false;
  put_day(out, "today", clock_day(system_now(call->system)));
  return true;
}

static const struct field show_out[] = { { "later", FIELD_BOOL, REQUIRED, "this is a demo, and weeks can pass" }, { "weeks", FIELD_COUNT, REQUIRED, "how many" }, { "today", FIELD_DAY, REQUIRED, "" }, { 0 } };
static const struct field later_out[] = { { "today", FIELD_DAY, REQUIRED, "" }, { 0 } };

const struct op later_ops[] = {
  { "later show", GET, "/later", MAY_SIGNED_IN, NULL, show_out, later_show, "Is this a demo, and can time pass in it?", "running the system" },
  { "later begin", POST, "/later", MAY_STEER, NULL, later_out, later_begin, "Let 26 weeks pass in the demo, then 13 more: what is open is decided, delivered and measured", "running the system", BODY_JSON, true },
  { 0 } };
