/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An account of the groups whose figures were shown, against subtraction: the figure of a department and that of "the
 * department without its head" are both about enough people, and together they are about one.
 *
 * One log is kept per state of the data (it says nothing about changes over time) and shared by all who ask: two colleagues
 * can compare notes. Not thread-safe: the caller locks. */
#pragma once
#include "gate/disclosure.h"

struct disclosure_log;
/* `threshold` is never taken below DISCLOSURE_SCORES. */
struct disclosure_log *disclosure_log_new(int threshold);
void disclosure_log_free(struct disclosure_log *log);
typedef struct disclosure_log disclosure_log_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(disclosure_log_auto, disclosure_log_free)

/* May the figure of `measure` over these members (any numbers, ascending, no repetition) be shown, next to all that has been? If so,
 * it counts as shown. DISCLOSURE_FEW: too few. DISCLOSURE_COMPLEMENT: with others it would tell about too few; what was
 * shown first stays. The same group again is always fine. */
enum disclosure disclosure_log_ask(struct disclosure_log *log, const char *measure, const uint32_t *members, int count);
