/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two windows: `raw` holds bytes of the source that are not unpacked yet, `text` what was unpacked and not handed out. Each
 * refill reads or unpacks one portion; a line that is not there in whole asks for more. Memory is a portion and the longest line,
 * whatever the text's length and however well it is packed.
 *
 * Where the source breaks off within a piece, what could be unpacked of it is still given, and lines_cut says so: who imports sees
 * how far it goes, who goes on with a file asks for lines_whole. */
#include "base/lines.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>
#include <zstd.h>

#define PORTION (256u * 1024)
#define GZIP_WINDOW (15 + 16)
#define ZSTD_LEVEL 3
#define ZSTD_WINDOW 27 /* 128 MB: more than any of ours, and no more memory than that for anybody's */

const char *const pack_words[] = { "none", "gzip", "zstd", NULL };
static const char *const endings[] = { "", ".gz", ".zst" };

const char *pack_ending(enum pack pack) { return endings[pack]; }

enum pack pack_of_name(const char *name) {
  return g_str_has_suffix(name, endings[PACK_GZIP]) ? PACK_GZIP : g_str_has_suffix(name, endings[PACK_ZSTD]) ? PACK_ZSTD : PACK_NONE;
}

/* ---- writing ---------------------------------------------------------------------------------------------------- */

static void pack_gzip(const char *text, size_t length, GByteArray *out) {
  union { const char *in; unsigned char *out; } input = { .in = text }; /* the library wants a pointer to what it does not write to */
  z_stream stream = { .next_in = input.out, .avail_in = (uInt)length };
  int started = deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, 8, Z_DEFAULT_STRATEGY);
  g_assert(started == Z_OK);
  guint before = out->len;
  g_byte_array_set_size(out, before + (guint)deflateBound(&stream, length));
  stream.next_out = out->data + before;
  stream.avail_out = out->len - before;
  int done = deflate(&stream, Z_FINISH);
  g_assert(done == Z_STREAM_END);
  g_byte_array_set_size(out, before + (guint)stream.total_out);
  deflateEnd(&stream);
}

static void pack_zstd(const char *text, size_t length, GByteArray *out) {
  guint before = out->len;
  g_byte_array_set_size(out, before + (guint)ZSTD_compressBound(length));
  ZSTD_CCtx *context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, ZSTD_LEVEL);
  ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1); /* as gzip has one: a byte that fell over is found */
  size_t size = ZSTD_compress2(context, out->data + before, out->len - before, text, length);
  ZSTD_freeCCtx(context);
  g_assert(!ZSTD_isError(size));
  g_byte_array_set_size(out, before + (guint)size);
}

void pack_piece(enum pack pack, const char *text, size_t length, GByteArray *out) {
  g_assert(length < UINT32_MAX / 2);
  if (pack == PACK_GZIP) pack_gzip(text, length, out);
  else if (pack == PACK_ZSTD) pack_zstd(text, length, out);
  else g_byte_array_append(out, (const guint8 *)text, (guint)length);
}

/* ---- reading ---------------------------------------------------------------------------------------------------- */

struct mark { int64_t text, source; }; /* a piece ended there */
struct lines {
  lines_source source;
  void *data;
  size_t most;
  enum pack pack;
  bool begun, dry /* the source is at its end */, within /* a piece has begun and not ended */, cut;
  unsigned char raw[PORTION];
  size_t raw_at, raw_end;
  int64_t raw_before;  /* bytes of the source before `raw` */
  GByteArray *text;
  size_t at, searched; /* in `text`: what was handed out; how far there is no line's end */
  int64_t text_before, number;
  GArray *marks;
  int64_t whole;
  z_stream gzip;
  ZSTD_DCtx *zstd;
};

int64_t lines_from_file(void *file, void *to, size_t most, GError **error) {
  ssize_t got;
  do got = read(*(const int *)file, to, most); while (got < 0 && errno == EINTR);
  if (got < 0) fail(error, MENO_ERROR_STORE, "reading failed: %s", g_strerror(errno));
  return got;
}

struct lines *lines_new(lines_source source, void *data, size_t most) {
  struct lines *lines = g_new0(struct lines, 1);
  lines->source = source;
  lines->data = data;
  lines->most = most;
  lines->text = g_byte_array_new();
  lines->marks = g_array_new(FALSE, FALSE, sizeof(struct mark));
  lines->whole = -1;
  return lines;
}

void lines_free(struct lines *lines) {
  if (!lines) return;
  if (lines->pack == PACK_GZIP) inflateEnd(&lines->gzip);
  if (lines->zstd) ZSTD_freeDCtx(lines->zstd);
  g_byte_array_unref(lines->text);
  g_array_unref(lines->marks);
  g_free(lines);
}

/* Adds to `raw` what the source gives; false with an error. */
static bool fill(struct lines *lines, GError **error) {
  if (lines->raw_at == lines->raw_end) {
    lines->raw_before += (int64_t)lines->raw_end;
    lines->raw_at = lines->raw_end = 0;
  }
  int64_t got = lines->source(lines->data, lines->raw + lines->raw_end, PORTION - lines->raw_end, error);
  if (got < 0) return false;
  lines->raw_end += (size_t)got;
  lines->dry = got == 0;
  return true;
}

static bool begin(struct lines *lines, GError **error) {
  static const unsigned char gzip[] = { 0x1F, 0x8B }, zstd[] = { 0x28, 0xB5, 0x2F, 0xFD };
  while (lines->raw_end < sizeof zstd && !lines->dry)
    if (!fill(lines, error)) return false;
  lines->begun = true;
  if (lines->raw_end >= sizeof gzip && memcmp(lines->raw, gzip, sizeof gzip) == 0) lines->pack = PACK_GZIP;
  if (lines->raw_end >= sizeof zstd && memcmp(lines->raw, zstd, sizeof zstd) == 0) lines->pack = PACK_ZSTD;
  if (lines->pack == PACK_GZIP && inflateInit2(&lines->gzip, GZIP_WINDOW) != Z_OK) g_error("zlib did not start");
  if (lines->pack == PACK_ZSTD) {
    lines->zstd = ZSTD_createDCtx();
    ZSTD_DCtx_setParameter(lines->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW);
  }
  return true;
}

static void end_piece(struct lines *lines) {
  struct mark mark = { lines->text_before + lines->text->len, lines->raw_before + (int64_t)lines->raw_at };
  g_array_append_val(lines->marks, mark);
  lines->within = false;
}

static bool damaged(struct lines *lines, const char *why, GError **error) {
  return fail(error, MENO_ERROR_BAD_INPUT, "the text is damaged behind line %" G_GINT64_FORMAT ": its %s says \"%s\"", lines->number, pack_words[lines->pack], why);
}

/* One portion of `raw` into `text`. */
static bool unpack(struct lines *lines, GError **error) {
  guint before = lines->text->len;
  size_t size = lines->raw_end - lines->raw_at;
  lines->within = true;
  if (lines->pack == PACK_NONE) {
    g_byte_array_append(lines->text, lines->raw + lines->raw_at, (guint)size);
    lines->raw_at += size;
    lines->within = false;
    return true;
  }
  g_byte_array_set_size(lines->text, before + PORTION);
  if (lines->pack == PACK_GZIP) {
    lines->gzip.next_in = lines->raw + lines->raw_at;
    lines->gzip.avail_in = (uInt)size;
    lines->gzip.next_out = lines->text->data + before;
    lines->gzip.avail_out = PORTION;
    int got = inflate(&lines->gzip, Z_NO_FLUSH);
    lines->raw_at = lines->raw_end - lines->gzip.avail_in;
    g_byte_array_set_size(lines->text, before + PORTION - lines->gzip.avail_out);
    if (got != Z_OK && got != Z_STREAM_END && got != Z_BUF_ERROR) return damaged(lines, lines->gzip.msg ? lines->gzip.msg : "wrong data", error);
    if (got == Z_STREAM_END) {
      end_piece(lines);
      inflateReset(&lines->gzip);
    }
    return true;
  }
  ZSTD_inBuffer in = { lines->raw + lines->raw_at, size, 0 };
  ZSTD_outBuffer out = { lines->text->data + before, PORTION, 0 };
  size_t left = ZSTD_decompressStream(lines->zstd, &out, &in);
  lines->raw_at += in.pos;
  g_byte_array_set_size(lines->text, before + (guint)out.pos);
  if (ZSTD_isError(left)) return damaged(lines, ZSTD_getErrorName(left), error);
  if (left == 0) end_piece(lines);
  return true;
}

/* More of the text; false with an error. `*ret_end`: there is no more. */
static bool more(struct lines *lines, bool *ret_end, GError **error) {
  if (!lines->begun && !begin(lines, error)) return false;
  if (lines->at) { /* what was handed out makes room */
    lines->text_before += (int64_t)lines->at;
    g_byte_array_remove_range(lines->text, 0, (guint)lines->at);
    lines->searched -= lines->at;
    lines->at = 0;
  }
  guint before = lines->text->len;
  /* A packer may hold back text that it has read the bytes of; so it is asked once more without any. */
  do {
    if (lines->raw_at == lines->raw_end && !lines->dry && !fill(lines, error)) return false;
    bool held = lines->raw_at == lines->raw_end;
    if ((!held || (lines->within && lines->pack != PACK_NONE)) && !unpack(lines, error)) return false;
    if (held && lines->text->len == before) break;
  } while (lines->text->len == before);
  *ret_end = lines->text->len == before;
  if (*ret_end) lines->cut |= lines->within;
  return true;
}

/* The piece that ended where the line did. */
static void note_whole(struct lines *lines) {
  int64_t here = lines->text_before + (int64_t)lines->at;
  lines->whole = lines->pack == PACK_NONE && !lines->cut ? here : -1;
  guint passed = 0;
  for (; passed < lines->marks->len && g_array_index(lines->marks, struct mark, passed).text <= here; passed++)
    if (g_array_index(lines->marks, struct mark, passed).text == here) lines->whole = g_array_index(lines->marks, struct mark, passed).source;
  if (passed) g_array_remove_range(lines->marks, 0, passed);
}

/* Text that ends a piece is there before the piece's end is seen: looks whether it follows. */
static bool look_behind(struct lines *lines, GError **error) {
  while (lines->pack != PACK_NONE && lines->within && lines->at == lines->text->len) {
    guint before = lines->text->len;
    if (lines->raw_at == lines->raw_end && (lines->dry || !fill(lines, error))) return lines->dry;
    if (lines->raw_at == lines->raw_end) return true;
    if (!unpack(lines, error)) return false;
    if (lines->text->len > before) break;
  }
  return true;
}

int lines_next(struct lines *lines, const char **ret_line, size_t *ret_length, GError **error) {
  const guint8 *end = NULL;
  bool over = false;
  while (!over) {
    size_t left = lines->text->len - lines->searched;
    end = left ? memchr(lines->text->data + lines->searched, '\n', left) : NULL;
    lines->searched = end ? (size_t)(end - lines->text->data) : lines->text->len;
    if (lines->searched - lines->at > lines->most)
      return fail(error, MENO_ERROR_TOO_LARGE, "line %" G_GINT64_FORMAT " has more than %zu bytes", lines->number + 1, lines->most), -1;
    if (end) break;
    if (!more(lines, &over, error)) return -1;
  }
  if (!end && lines->at == lines->text->len) return 0;
  size_t from = lines->at, length = lines->searched - from;
  lines->at = lines->searched = end ? lines->searched + 1 : lines->searched;
  lines->number++;
  lines->cut |= !end;
  if (!look_behind(lines, error)) return -1;
  note_whole(lines);
  *ret_line = (const char *)lines->text->data + from;
  *ret_length = length;
  return 1;
}

int64_t lines_number(const struct lines *lines) { return lines->number; }
bool lines_cut(const struct lines *lines) { return lines->cut; }
enum pack lines_pack(const struct lines *lines) { return lines->pack; }
int64_t lines_whole(const struct lines *lines) { return lines->whole; }
int64_t lines_taken(const struct lines *lines) { return lines->raw_before + (int64_t)lines->raw_end; }
