/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The rows of errors.def as a table. */
#include "base/error.h"
#include <stdarg.h>

static const struct error_kind kinds[MENO_ERROR_COUNT] = {
#define ERROR(code, slug, status, exit, title) [MENO_ERROR_##code] = { slug, status, exit, title },
#include "base/errors.def"
#undef ERROR
};

G_DEFINE_QUARK(meno-error-quark, meno_error)

const struct error_kind *error_kind_of(enum meno_error code) {
  g_assert(code < MENO_ERROR_COUNT);
  return &kinds[code];
}

const struct error_kind *error_kind(const GError *error) {
  bool ours = error && error->domain == MENO_ERROR && error->code >= 0 && error->code < MENO_ERROR_COUNT;
  return &kinds[ours ? error->code : MENO_ERROR_INTERNAL];
}

bool fail(GError **error, enum meno_error code, const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (error) *error = g_error_new_valist(MENO_ERROR, (int)code, format, arguments);
  va_end(arguments);
  return false;
}

const char *error_outside(const GError *error) {
  if (!g_error_matches(error, MENO_ERROR, MENO_ERROR_STORE)) return "the server's log has the reason";
  return "the database cannot be read or written at this moment, and nothing of this is acknowledged: try again; where it stays so, "
    "`meno doctor` on the server says why";
}
