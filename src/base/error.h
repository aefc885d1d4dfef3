/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The one error story. A bug aborts (g_assert). An expected failure is `bool f(…, GError **error)`; out-parameters
 * stay untouched. Absence is no error: 1 found, 0 absent, -1 failed. A message says what failed first, quotes the
 * subject, has no capital and no full stop, and tells the user what to do. Codes are the rows of errors.def. */
#pragma once
#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum meno_error {
#define ERROR(code, slug, status, exit, title) MENO_ERROR_##code,
#include "base/errors.def"
#undef ERROR
  MENO_ERROR_COUNT
};

struct error_kind { const char *slug; int status; int exit; const char *title; };

#define MENO_ERROR meno_error_quark()
GQuark meno_error_quark(void);

/* The row of an error; errors of other domains (GLib's files, say) count as INTERNAL. */
const struct error_kind *error_kind(const GError *error);
/* The row of a code. */
const struct error_kind *error_kind_of(enum meno_error code);

/* Sets the error and returns false, so that `return fail(error, …)` is one line. */
bool fail(GError **error, enum meno_error code, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* What somebody outside is told of a failure inside (status 500 and above), whose message may name paths and is for the log. */
const char *error_outside(const GError *error);
