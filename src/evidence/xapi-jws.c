/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JWS in compact form (RFC 7515): header.payload.signature, each in base64url.
 *
 * OpenSSL does the arithmetic; the rest is thirty lines, so no library for JOSE stands between: librhonabwy was measured beside
 * it, was a little slower and brings GnuTLS, jansson and two helper libraries for what is one call here (DESIGN.md).
 * Algorithms come from a table, never from the header's words: "none" and the HMACs have no row. A header that says "crit" is
 * refused, for nothing critical is understood.
 *
 * Sources: RFC 7515 sections 3.1, 4.1.6, 4.1.11, 7.1 and appendix C; RFC 7518 section 3.3; xAPI-Data 1.0.3 section 2.6. */
#include "evidence/xapi-jws.h"
#include "base/limits.h"
#include "evidence/xapi-private.h"
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

static void free_certificate(void *certificate) { X509_free(certificate); }
static void free_digest(EVP_MD_CTX **context) { EVP_MD_CTX_free(*context); }

static bool malformed(GError **error, const char *rule, const char *what) {
  ERR_clear_error();
  return fail(error, MENO_ERROR_BAD_INPUT, "the signature is malformed: %s (%s)", what, rule);
}

/* base64url without padding, and nothing but it; NULL if it is not that. */
static GBytes *decode_url(const char *text, size_t length) {
  if (length % 4 == 1) return NULL;
  g_autofree uint8_t *out = g_malloc(length / 4 * 3 + 3);
  size_t used = 0;
  uint32_t bits = 0;
  unsigned have = 0;
  for (size_t i = 0; i < length; i++) {
    char c = text[i];
    int value = c >= 'A' && c <= 'Z' ? c - 'A' : c >= 'a' && c <= 'z' ? c - 'a' + 26 : c >= '0' && c <= '9' ? c - '0' + 52 : c == '-' ? 62 : c == '_' ? 63 : -1;
    if (value < 0) return NULL;
    bits = bits << 6 | (uint32_t)value;
    have += 6;
    if (have < 8) continue;
    have -= 8;
    out[used++] = (uint8_t)(bits >> have);
  }
  if (bits & ((1u << have) - 1)) return NULL; /* bits that mean nothing are zero, so that one signature has one text */
  return g_bytes_new_take(g_steal_pointer(&out), used);
}

/* ---- certificates ---- */

/* One element of x5c: DER in plain base64. */
static X509 *read_certificate(struct json value) {
  const char *text = json_string(value);
  size_t length = text ? strlen(text) : 0;
  gsize size = 0;
  if (length == 0 || length % 4 != 0 || strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=") != length) return NULL;
  g_autofree uint8_t *der = g_base64_decode(text, &size);
  const uint8_t *p = der;
  X509 *certificate = size > 0 ? d2i_X509(NULL, &p, (long)size) : NULL;
  if (certificate && p == der + size) return certificate;
  X509_free(certificate);
  return NULL;
}

/* The chain, each signed by the next; NULL if it is not one. */
static GPtrArray *read_chain(struct json x5c, GError **error) {
  g_autoptr(GPtrArray) chain = g_ptr_array_new_with_free_func(free_certificate);
  if (json_type(x5c) != JSON_ARRAY || json_count(x5c) == 0 || json_count(x5c) > LIMIT_XAPI_X5C) {
    malformed(error, "xAPI-Data 2.6 x5c", "x5c is no list of certificates, or too long a one");
    return NULL;
  }
  for (struct json_iter it = json_iter(x5c); json_next(&it);) {
    X509 *certificate = read_certificate(it.value);
    if (!certificate) {
      malformed(error, "xAPI-Data 2.6 x5c", "a certificate of x5c cannot be read; each is DER in base64");
      return NULL;
    }
    g_ptr_array_add(chain, certificate);
  }
  for (unsigned i = 1; i < chain->len; i++) {
    EVP_PKEY *key = X509_get0_pubkey(chain->pdata[i]);
    if (!key || X509_verify(chain->pdata[i - 1], key) != 1) {
      malformed(error, "xAPI-Data 2.6 x5c", "a certificate of x5c is not signed by the one after it");
      return NULL;
    }
  }
  return g_steal_pointer(&chain);
}

static bool verify(X509 *certificate, const EVP_MD *hash, const char *text, size_t length, GBytes *signature) {
  gsize size;
  const uint8_t *bytes = g_bytes_get_data(signature, &size);
  EVP_PKEY *key = X509_get0_pubkey(certificate);
  __attribute__((cleanup(free_digest))) EVP_MD_CTX *context = EVP_MD_CTX_new();
  return key && context && EVP_PKEY_get_base_id(key) == EVP_PKEY_RSA && EVP_DigestVerifyInit(context, NULL, hash, NULL, key) == 1 &&
         EVP_DigestVerify(context, bytes, size, (const uint8_t *)text, length) == 1;
}

/* ---- signatures ---- */

static const EVP_MD *hash_of(struct json algorithm) {
  if (json_equals(algorithm, "RS256")) return EVP_sha256();
  if (json_equals(algorithm, "RS384")) return EVP_sha384();
  return json_equals(algorithm, "RS512") ? EVP_sha512() : NULL;
}

/* The header's algorithm and, where it brings one, its chain's verdict over "header.payload". */
static bool check_header(GBytes *header, const char *text, size_t length, GBytes *signature, GError **error) {
  gsize size;
  const char *bytes = g_bytes_get_data(header, &size);
  g_autoptr(json_doc_auto) doc = size > 0 ? json_parse(bytes, size, NULL) : NULL;
  if (!doc || json_type(json_root(doc)) != JSON_OBJECT) return malformed(error, "XAPI-00115", "its header is no JSON object");
  const EVP_MD *hash = hash_of(json_get(json_root(doc), "alg"));
  if (!hash) return malformed(error, "XAPI-00117", "its algorithm is none of RS256, RS384 and RS512");
  if (json_type(json_get(json_root(doc), "crit")) != JSON_ABSENT) return malformed(error, "XAPI-00115", "its header demands what is not understood here (crit)");
  size = g_bytes_get_size(signature);
  if (size < 128 || size > 2048) return malformed(error, "XAPI-00117", "its last part is no RSA signature of 1024 bits or more");
  struct json x5c = json_get(json_root(doc), "x5c");
  if (json_type(x5c) == JSON_ABSENT) return true;
  g_autoptr(GPtrArray) chain = read_chain(x5c, error);
  if (!chain) return false;
  return verify(chain->pdata[0], hash, text, length, signature) || malformed(error, "XAPI-00117", "it is not the signature of the first certificate of its x5c");
}

bool xapi_signature_check(struct json statement, const char *jws, size_t length, GError **error) {
  if (length > LIMIT_XAPI_JWS) return fail(error, MENO_ERROR_TOO_LARGE, "the signature has more than %u bytes", LIMIT_XAPI_JWS);
  const char *end = jws + length, *dot = memchr(jws, '.', length), *second = dot ? memchr(dot + 1, '.', (size_t)(end - dot - 1)) : NULL;
  if (!second) return malformed(error, "XAPI-00115", "a JSON Web Signature in compact form has three parts between dots");
  g_autoptr(GBytes) header = decode_url(jws, (size_t)(dot - jws)), payload = decode_url(dot + 1, (size_t)(second - dot - 1));
  g_autoptr(GBytes) signature = decode_url(second + 1, (size_t)(end - second - 1));
  if (!header || !payload || !signature) return malformed(error, "XAPI-00115", "its parts are base64url without padding");
  if (!check_header(header, jws, (size_t)(second - jws), signature, error)) return false;
  gsize size;
  const char *text = g_bytes_get_data(payload, &size);
  g_autoptr(json_doc_auto) doc = size > 0 ? json_parse(text, size, NULL) : NULL;
  if (!doc) return malformed(error, "XAPI-00116", "what it signs is no JSON");
  return xapi_same_as_signed(statement, json_root(doc)) || malformed(error, "XAPI-00116", "what it signs is not the statement that it came with");
}

bool xapi_signatures_check(struct json statement, const struct xapi_part *parts, size_t count, GError **error) {
  struct json list = json_get(statement, "attachments");
  for (struct json_iter it = json_iter(list); json_next(&it);) {
    struct xapi_text hash = xapi_text(json_get(it.value, "sha2"));
    if (!json_equals(json_get(it.value, "usageType"), XAPI_SIGNATURE)) continue;
    const struct xapi_part *part = hash.p ? xapi_part_find(parts, count, hash.p, hash.n) : NULL;
    if (!part) return fail(error, MENO_ERROR_BAD_INPUT, "a signature comes as a part of a body of multipart/mixed, not from elsewhere (XAPI-00115)");
    if (!xapi_signature_check(statement, part->data, part->length, error)) return false;
  }
  return true;
}
