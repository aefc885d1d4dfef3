/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * UUIDs after RFC 9562: version 7 (48 bits of milliseconds, then 12 + 62 bits of which a counter takes the first 12 and
 * randomness the rest) and version 8 (here: the first 122 free bits of a SHA-256). Keyed hashes come from libsodium, SHA-256 from
 * libcrypto, which has the processor do it where it can: the hash of an event takes half as long (BENCHMARKS.md). */
#include "base/id.h"
#include <openssl/evp.h>
#include <sodium.h>
#include <stdarg.h>
#include <string.h>
#include <unistd.h>

static void stamp(struct uuid *uuid, int version) {
  uuid->bytes[6] = (uint8_t)((uuid->bytes[6] & 0x0f) | version << 4);
  uuid->bytes[8] = (uint8_t)((uuid->bytes[8] & 0x3f) | 0x80);
}

struct uuid uuid_new(int64_t now) {
  static GMutex lock;
  static int64_t last; /* milliseconds << 12 | counter: never repeats, never runs back */
  static struct uuid random[64]; /* asked of the system at once, not once for each id */
  static size_t used = G_N_ELEMENTS(random);
  static pid_t whose; /* a process that forks must not share them */
  g_mutex_lock(&lock);
  int64_t tick = (now / 1000) << 12;
  last = tick > last ? tick : last + 1;
  tick = last;
  if (used == G_N_ELEMENTS(random) || whose != getpid()) {
    randombytes_buf(random, sizeof random);
    whose = getpid();
    used = 0;
  }
  struct uuid uuid = random[used++];
  g_mutex_unlock(&lock);
  for (int i = 0; i < 6; i++) uuid.bytes[i] = (uint8_t)(tick >> (12 + 40 - 8 * i));
  uuid.bytes[6] = (uint8_t)(tick >> 8 & 0x0f);
  uuid.bytes[7] = (uint8_t)tick;
  stamp(&uuid, 7);
  return uuid;
}

static void hash_parts(const char *first, va_list rest, uint8_t out[DIGEST_BYTES]) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const char *part = first; part; part = va_arg(rest, const char *))
    crypto_hash_sha256_update(&state, (const unsigned char *)part, strlen(part) + 1);
  crypto_hash_sha256_final(&state, out);
}

struct uuid uuid_of(const char *first, ...) {
  uint8_t hash[DIGEST_BYTES];
  va_list rest;
  va_start(rest, first);
  hash_parts(first, rest, hash);
  va_end(rest);
  struct uuid uuid;
  memcpy(uuid.bytes, hash, sizeof uuid.bytes);
  stamp(&uuid, 8);
  return uuid;
}

char *uuid_format(struct uuid uuid, char out[ID_TEXT]) {
  static const char hex[] = "0123456789abcdef";
  char *to = out;
  for (int i = 0; i < 16; i++) {
    if (i == 4 || i == 6 || i == 8 || i == 10) *to++ = '-';
    *to++ = hex[uuid.bytes[i] >> 4];
    *to++ = hex[uuid.bytes[i] & 15];
  }
  *to = 0;
  return out;
}

bool uuid_parse(const char *text, struct uuid *ret_uuid) {
  struct uuid uuid;
  for (int i = 0; i < 16; i++) {
    if ((i == 4 || i == 6 || i == 8 || i == 10) && *text++ != '-') return false;
    int high = g_ascii_xdigit_value(text[0]);
    if (high < 0) return false;
    int low = g_ascii_xdigit_value(text[1]);
    if (low < 0) return false;
    uuid.bytes[i] = (uint8_t)(high << 4 | low);
    text += 2;
  }
  if (*text) return false;
  *ret_uuid = uuid;
  return true;
}

static void context_free(void *context) { EVP_MD_CTX_free(context); }

/* A context for each thread, kept: to look the algorithm up takes longer than a short digest. */
void digest(const void *data, size_t length, uint8_t out[DIGEST_BYTES]) {
  static GPrivate own = G_PRIVATE_INIT(context_free);
  EVP_MD_CTX *context = g_private_get(&own);
  bool fine = true;
  if (!context) {
    EVP_MD *algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
    fine = (context = EVP_MD_CTX_new()) && EVP_DigestInit_ex2(context, algorithm, NULL);
    EVP_MD_free(algorithm);
    g_private_set(&own, context);
  } else fine = EVP_DigestInit_ex2(context, NULL, NULL);
  fine = fine && EVP_DigestUpdate(context, data, length) && EVP_DigestFinal_ex(context, out, NULL);
  g_assert(fine);
}

char *digest_format(const uint8_t bytes[DIGEST_BYTES], char out[DIGEST_TEXT]) {
  return sodium_bin2hex(out, DIGEST_TEXT, bytes, DIGEST_BYTES);
}

/* `count` characters of 5 bits each, in Crockford's alphabet: no i, l, o, u, so nothing is misread. */
static char *base32(const char *prefix, const uint8_t *bytes, int count) {
  static const char letters[] = "0123456789abcdefghjkmnpqrstvwxyz";
  GString *text = g_string_new(prefix);
  g_string_append_c(text, '-');
  for (int i = 0; i < count; i++) {
    int bit = i * 5, at = bit / 8;
    int pair = bytes[at] << 8 | bytes[at + 1];
    g_string_append_c(text, letters[pair >> (11 - bit % 8) & 31]);
  }
  return g_string_free(text, FALSE);
}

char *id_short(const char *prefix, const char *first, ...) {
  uint8_t hash[DIGEST_BYTES];
  va_list rest;
  va_start(rest, first);
  hash_parts(first, rest, hash);
  va_end(rest);
  return base32(prefix, hash, 12);
}

char *id_person(const uint8_t key[32], const char *employee_number) {
  uint8_t hash[DIGEST_BYTES];
  crypto_generichash(hash, sizeof hash, (const unsigned char *)employee_number, strlen(employee_number), key, 32);
  return base32("p", hash, 16);
}
