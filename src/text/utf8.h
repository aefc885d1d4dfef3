/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Steps through valid UTF-8 without casting const away, as GLib's macros do. */
#pragma once
#include <glib.h>

static inline const char *utf8_next(const char *at) { return at + g_utf8_skip[*(const guchar *)at]; }
static inline const char *utf8_previous(const char *at) {
  do at--; while (((unsigned char)*at & 0xC0) == 0x80);
  return at;
}
