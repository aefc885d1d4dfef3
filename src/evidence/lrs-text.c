/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The stored form of a statement's text: compressed (Zstandard, RFC 8878) with what is known of its terms before it, then sealed.
 *
 * Statements say over and over what verbs and activities are. How a term was first told stands in the table `term`; those of a statement's
 * terms that were known when it came are, behind the words that all statements share, what its text is compressed against. What the
 * tables know as well is left out: the id, and the moment `stored`, which is only known under the writer's lock, when the text is
 * sealed already.
 *
 *   version 1 byte | flags 1 | which refs helped 4 | length of the text, places of `stored`: numbers in 7 bits each | Zstandard
 *
 * How it can be wrong: a term whose sample were changed would make texts unreadable. Nothing changes one (lrs-terms.c); a database in
 * which somebody did is named by replay --verify, which compares the table with what the events make. */
#include "evidence/lrs-private.h"
#include "base/limits.h"
#include <string.h>
#define ZSTD_STATIC_LINKING_ONLY /* for ZSTD_c_literalCompressionMode */
#include <zstd.h>

#define FORM 1
#define MOMENT 27                /* "2026-11-25T12:13:14.123456Z" */
#define ID_AT 7                  /* {"id":"… */
#define ID_BYTES 36
#define HELPERS_MOST 32          /* bits of the mask */
#define PREFIX_MOST (64 * 1024)
#define FLAG_ID 1                /* the id is left out */
#define CONTEXT_KEEPS (64 * 1024) /* of a larger text the compressor's memory is given back */

/* What statements have in common; the nearer to the end, the cheaper to refer to. Nothing in it may ever change. */
static const char common[] =
  "\"choices\":[{\"id\":\"correctResponsesPattern\":[\"\"],\"interactionType\":\"choicetrue-falsefill-inlong-fill-inmatchingperformancesequencinglikertnumeric\",\"scale\":[\"source\":[\"target\":[\"steps\":[\"moreInfo\":\"http"
  "\"attachments\":[{\"usageType\":\"http://adlnet.gov/expapi/attachments/signature\",\"display\":{\"contentType\":\"application/octet-stream\",\"length\":,\"sha2\":\"\",\"fileUrl\":\""
  "\"contextAgents\":[{\"objectType\":\"contextAgent\",\"agent\":{\"contextGroups\":[{\"objectType\":\"contextGroup\",\"group\":{\"relevantTypes\":[\"\"instructor\":{\"team\":{\"objectType\":\"Group\",\"member\":[{"
  "\"mbox_sha1sum\":\"\",\"openid\":\"http://\"objectType\":\"SubStatement\"\"objectType\":\"StatementRef\",\"id\":\""
  "https://w3id.org/xapi/video/verbs/playedpausedseekedhttps://w3id.org/xapi/video/activity-type/video\"https://w3id.org/xapi/video/extensions/length\":time\":time-from\":time-to\":progress\":played-segments\":\"session-id\":\"completion-threshold\":"
  "https://w3id.org/xapi/cmi5/context/extensions/masteryscore\":sessionid\":\"moveon\":\"https://w3id.org/xapi/cmi5/result/extensions/progress\":https://w3id.org/xapi/cmi5/activitytype/courseblockhttps://w3id.org/xapi/cmi5/context/categories/moveon\"}"
  "https://w3id.org/xapi/cmi5/context/categories/cmi5\"https://w3id.org/xapi/adl/verbs/satisfiedwaivedabandonedlogged-inlogged-out"
  "http://activitystrea.ms/schema/1.0/http://id.tincanapi.com/activitytype/http://id.tincanapi.com/verb/http://id.tincanapi.com/extension/"
  "http://adlnet.gov/expapi/activities/assessmentcoursemodulelessonmediameetingperformancequestionsimulationcmi.interactionobjectivefilelink\","
  "http://adlnet.gov/expapi/verbs/attemptedansweredexperiencedpassedfailedcompletedlaunchedmasteredprogressedregisteredscoredcommentedinteractedinitializedterminatedsuspendedresumedvoidedsharedpreferredaskedimportedexitedresponded\","
  "\"display\":{\"en-US\":\"en-GB\":\"en\":\"de-DE\":\"fr-FR\":\"es-ES\":\"und\":\""
  "\"timestamp\":\"2026-01-01T00:00:00.000Z\",\"result\":{\"score\":{\"scaled\":0.,\"raw\":,\"min\":0,\"max\":100},\"success\":true,\"success\":false,\"completion\":true,\"completion\":false,\"response\":\"\",\"duration\":\"PT0H1M30S\",\"extensions\":{\"http"
  "},\"context\":{\"registration\":\"-0000-4000-8000-\",\"revision\":\"\",\"platform\":\"\",\"language\":\"en-US\",\"statement\":{\"objectType\":\"StatementRef\",\"id\":\"\"},"
  "\"contextActivities\":{\"parent\":[{\"objectType\":\"Activity\",\"id\":\"http://\"}],\"grouping\":[{\"id\":\"https://\"}],\"category\":[{\"id\":\"https://\"}],\"other\":[{\"id\":\"https://\"}]},\"extensions\":{\"https://"
  "{\"id\":\"\",\"actor\":{\"objectType\":\"Agent\",\"name\":\"\",\"mbox\":\"mailto:\"account\":{\"homePage\":\"https://\",\"name\":\"\"}},\"verb\":{\"id\":\"http://\",\"display\":{\"en-US\":\"\"}},"
  "\"object\":{\"objectType\":\"Activity\",\"id\":\"https://\",\"definition\":{\"type\":\"http://\",\"name\":{\"en-US\":\"\"},\"description\":{\"en-US\":\"\"}}},"
  "\"stored\":\"000000000000000000000000000\",\"authority\":{\"objectType\":\"Agent\",\"account\":{\"homePage\":\"http\",\"name\":\"\"},\"name\":\"\"},\"version\":\"1.0.02.0.0\"}";

/* ---- what goes before -------------------------------------------------------------------------------------------- */

static const char *helps(const struct lrs_term *term) { return term->sample ? term->sample : *term->key == 'p' ? NULL : term->key + 1; }

static uint32_t helpers(const GPtrArray *terms) {
  uint32_t mask = 0;
  size_t bytes = 0;
  for (guint i = 0; i < terms->len && i < HELPERS_MOST; i++) {
    const char *text = terms->pdata[i] ? helps(terms->pdata[i]) : NULL;
    size_t length = text ? strlen(text) : 0;
    if (!text || bytes + length > PREFIX_MOST) continue;
    mask |= 1u << i;
    bytes += length;
  }
  return mask;
}

/* NULL: one that helped is not there. */
static GString *prefix_of(const GPtrArray *terms, uint32_t mask) {
  g_autoptr(GString) prefix = g_string_sized_new(sizeof common + 2048);
  g_string_append_len(prefix, common, sizeof common - 1);
  for (guint i = 0; i < HELPERS_MOST; i++) {
    if (!(mask & 1u << i)) continue;
    const char *text = i < terms->len && terms->pdata[i] ? helps(terms->pdata[i]) : NULL;
    if (!text) return NULL;
    g_string_append(prefix, text);
  }
  return g_steal_pointer(&prefix);
}

/* ---- the form ---------------------------------------------------------------------------------------------------- */

static void put_number(GByteArray *out, size_t number) {
  for (; number >= 128; number >>= 7) g_byte_array_append(out, (const guint8[]){ (guint8)(number | 128) }, 1);
  g_byte_array_append(out, (const guint8[]){ (guint8)number }, 1);
}

static bool take_number(const uint8_t **at, const uint8_t *end, size_t *ret_number) {
  *ret_number = 0;
  for (int shift = 0; *at < end && shift < 35; shift += 7) {
    uint8_t byte = *(*at)++;
    *ret_number |= (size_t)(byte & 127) << shift;
    if (!(byte & 128)) return true;
  }
  return false;
}

/* Contexts that wait to be used again: the last one first, whose memory is still near. A request's thread has none of its own, for most
 * of them wait most of the time. */
#define CONTEXTS_MOST 8
static struct contexts { GMutex lock; void *idle[CONTEXTS_MOST]; int count; } compressors, decompressors;

static void *take_context(struct contexts *contexts) {
  g_mutex_lock(&contexts->lock);
  void *context = contexts->count ? contexts->idle[--contexts->count] : NULL;
  g_mutex_unlock(&contexts->lock);
  return context;
}

static bool give_context(struct contexts *contexts, void *context) {
  g_mutex_lock(&contexts->lock);
  bool kept = contexts->count < CONTEXTS_MOST;
  if (kept) contexts->idle[contexts->count++] = context;
  g_mutex_unlock(&contexts->lock);
  return kept;
}

/* Small tables: what matters of a kilobyte is found with them, and they stay in the processor's cache. What no other text has is ids and digits:
 * codes for its letters would save five bytes for a fifth of the time. */
static ZSTD_CCtx *new_compressor(void) {
  static const struct { ZSTD_cParameter parameter; int value; } settings[] = { { ZSTD_c_contentSizeFlag, 0 }, { ZSTD_c_checksumFlag, 0 }, { ZSTD_c_hashLog, 10 },
    { ZSTD_c_chainLog, 11 }, { ZSTD_c_searchLog, 3 }, { ZSTD_c_minMatch, 4 }, { ZSTD_c_targetLength, 8 }, { ZSTD_c_strategy, ZSTD_lazy }, { ZSTD_c_literalCompressionMode, ZSTD_ps_disable } };
  ZSTD_CCtx *context = ZSTD_createCCtx();
  for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) ZSTD_CCtx_setParameter(context, settings[i].parameter, settings[i].value);
  return context;
}

static size_t compress(const GString *prefix, const char *text, size_t length, uint8_t *out, size_t bound) {
  ZSTD_CCtx *context = take_context(&compressors);
  if (!context) context = new_compressor();
  ZSTD_CCtx_refPrefix(context, prefix->str, prefix->len);
  size_t made = ZSTD_compress2(context, out, bound, text, length);
  g_assert(!ZSTD_isError(made));
  if (length > CONTEXT_KEEPS || !give_context(&compressors, context)) ZSTD_freeCCtx(context);
  return made;
}

static bool decompress(const GString *prefix, const uint8_t *data, size_t bytes, char *out, size_t length) {
  ZSTD_DCtx *context = take_context(&decompressors);
  if (!context) context = ZSTD_createDCtx();
  ZSTD_DCtx_refPrefix(context, prefix->str, prefix->len);
  size_t made = ZSTD_decompressDCtx(context, out, length, data, bytes);
  if (!give_context(&decompressors, context)) ZSTD_freeDCtx(context);
  return made == length;
}

GByteArray *lrs_pack(char *text, size_t length, const char *id, const struct xapi_moments *moments, const GPtrArray *terms) {
  uint32_t mask = helpers(terms), mask_le = GUINT32_TO_LE(mask);
  g_autoptr(GString) prefix = prefix_of(terms, mask);
  bool left_out = length > ID_AT + ID_BYTES && memcmp(text + ID_AT, id, ID_BYTES) == 0;
  size_t from = left_out ? ID_AT + ID_BYTES : 0, bound = ZSTD_compressBound(length - from);
  GByteArray *out = g_byte_array_sized_new((guint)bound + 32);
  for (int i = 0; i < moments->count; i++) memset(text + moments->at[i], '0', MOMENT);
  g_byte_array_append(out, (const guint8[]){ FORM, left_out ? FLAG_ID : 0 }, 2);
  g_byte_array_append(out, (const guint8 *)&mask_le, sizeof mask_le);
  put_number(out, length);
  put_number(out, (size_t)moments->count);
  for (int i = 0; i < moments->count; i++) put_number(out, moments->at[i]);
  guint head = out->len;
  g_byte_array_set_size(out, head + (guint)bound);
  g_byte_array_set_size(out, head + (guint)compress(prefix, text + from, length - from, out->data + head, bound));
  return out;
}

static bool patch(char *text, size_t length, size_t at, const char *with, size_t bytes) {
  if (length < bytes || at > length - bytes) return false;
  memcpy(text + at, with, bytes);
  return true;
}

char *lrs_unpack(const uint8_t *data, size_t bytes, const char *id, int64_t stored, const GPtrArray *terms, size_t *ret_length) {
  const uint8_t *at = data + 6, *end = data + bytes;
  char moment[CLOCK_TEXT];
  size_t length = 0, count = 0, places[XAPI_MOMENTS] = { 0 };
  uint32_t mask;
  if (bytes < 8 || data[0] != FORM) return NULL;
  memcpy(&mask, data + 2, sizeof mask);
  bool fine = take_number(&at, end, &length) && length <= LIMIT_STATEMENT_TEXT && take_number(&at, end, &count) && count <= XAPI_MOMENTS;
  for (size_t i = 0; fine && i < count; i++) fine = take_number(&at, end, &places[i]);
  size_t from = data[1] & FLAG_ID ? ID_AT + ID_BYTES : 0;
  g_autoptr(GString) prefix = fine && length >= from ? prefix_of(terms, GUINT32_FROM_LE(mask)) : NULL;
  if (!prefix) return NULL;
  g_autofree char *text = g_malloc(length + 1);
  if (!decompress(prefix, at, (size_t)(end - at), text + from, length - from)) return NULL;
  text[length] = 0;
  clock_format_time(stored, moment);
  if (from) memcpy(text, "{\"id\":\"", ID_AT), memcpy(text + ID_AT, id, ID_BYTES);
  for (size_t i = 0; i < count; i++)
    if (!patch(text, length, places[i], moment, MOMENT)) return NULL;
  if (ret_length) *ret_length = length;
  return g_steal_pointer(&text);
}
