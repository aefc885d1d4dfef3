/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a JSON value must look like, said in a text that stands beside whatever reads it:
 *
 *   {id:name confidence:share note?:text evidence:[{file?:text count:count}] value:any}
 *
 * A member with `?` may be absent or null; members that are not named may be there, so that an older Meno reads what a newer
 * wrote. `{*:number}` are members of any name, `[text]` a list, `a|b` one or the other. The words:
 *
 *   any        whatever is there
 *   text       a string; name: one that is not empty
 *   flag       true or false
 *   number     within ±1e15; share: 0 to 1
 *   integer    a whole number within ±1e15; count: one from 0 to 1e9; 0..3: one from 0 to 3
 *   day        a string with a day as clock_parse_day reads it; time: with a moment, as clock_parse_time does
 *   daynumber  days since 1970, within the years that clock_parse_day knows, or CLOCK_NO_DAY; moment: microseconds since 1970
 *              in the same years
 *
 * It tells what the readers may rely on, and no more: whether what is named exists, others know. */
#pragma once
#include "base/json.h"

struct shape;
struct shape *shape_new(const char *text); /* NULL: it is none */
void shape_free(struct shape *shape);
/* NULL: it does look so; else what does not, newly allocated: `"/evidence/2/file" is no text`. */
char *shape_misses(const struct shape *shape, struct json value);
