/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Texts of lines that may be larger than memory, plain or packed: read from wherever bytes come, written in pieces.
 *
 * A packed text is a row of pieces, each whole in itself: members of gzip (RFC 1952), frames of zstd (RFC 8878), as their own
 * programs read them, too. So a text that broke off is good up to its last whole piece, and goes on behind it. */
#pragma once
#include "base/error.h"
#include <stddef.h>

enum pack { PACK_NONE, PACK_GZIP, PACK_ZSTD, PACK_COUNT };
extern const char *const pack_words[]; /* "none", "gzip", "zstd"; NULL-terminated */
/* What a file's name asks for: ".gz", ".zst", else none. */
enum pack pack_of_name(const char *name);
/* The end of a file's name: "", ".gz", ".zst". */
const char *pack_ending(enum pack pack);
/* Appends the text as one piece. */
void pack_piece(enum pack pack, const char *text, size_t length, GByteArray *out);

/* Fills `to` with at most `most` bytes; 0 at the end, -1 with an error. */
typedef int64_t (*lines_source)(void *data, void *to, size_t most, GError **error);
int64_t lines_from_file(void *file /* int *, a descriptor */, void *to, size_t most, GError **error);

struct lines;
/* How it is packed is seen from its first bytes. A line longer than `most` bytes is TOO_LARGE, and a damaged piece BAD_INPUT. */
struct lines *lines_new(lines_source source, void *data, size_t most);
void lines_free(struct lines *lines);
typedef struct lines lines_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(lines_auto, lines_free)
/* 1 a line without its end, borrowed until the next call; 0 that was all; -1 an error. */
int lines_next(struct lines *lines, const char **ret_line, size_t *ret_length, GError **error);
int64_t lines_number(const struct lines *lines);  /* of the line that was given last, from 1 */
bool lines_cut(const struct lines *lines);        /* the text ended within that line, or within a piece */
enum pack lines_pack(const struct lines *lines);  /* once a line was asked for */
/* Bytes of the source behind which the line that was given last ended and, where it is packed, its piece did; else -1. */
int64_t lines_whole(const struct lines *lines);
int64_t lines_taken(const struct lines *lines);   /* bytes of the source that have been read */
