/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From the bytes of a file to UTF-8 text: the encoding is named by the mapping or recognised. After this door all text
 * is valid UTF-8 without NUL, so nobody further in has to check. */
#pragma once
#include "base/error.h"
#include <stddef.h>

typedef struct decoded decoded_auto;
struct decoded {
  const char *text;     /* valid UTF-8 without NUL, without a byte order mark; not NUL-terminated when borrowed */
  size_t length;
  const char *encoding; /* how it was read: "utf-8", "utf-16le", "windows-1252" … static */
  char *owned;          /* NULL: `text` points into the bytes that were given, which must outlive it */
};

/* `encoding` NULL: recognised (byte order mark, UTF-8, UTF-16 by the pattern of its zeros, else Windows-1252). Errors:
 * BAD_INPUT "file:line:column: …" for a NUL, broken UTF-8 or bytes that the encoding does not have; TOO_LARGE over
 * LIMIT_FILE_BYTES. */
bool encoding_decode(const char *file, const char *bytes, size_t length, const char *encoding, struct decoded *ret_text,
                     GError **error);
void decoded_clear(struct decoded *text);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(decoded_auto, decoded_clear)

/* The house's name of an encoding, however it is spelt ("Latin1", "CP1252"); NULL: not read here. */
const char *encoding_find(const char *name);
/* The names that a mapping may give, for messages. */
#define ENCODING_NAMES "utf-8, utf-16, utf-16le, utf-16be, windows-1252, latin-1, latin-9, windows-1250, windows-1251, macintosh"

/* Line and column (characters, from 1) of a place in text. */
void encoding_place(const char *text, size_t offset, unsigned *ret_line, unsigned *ret_column);
