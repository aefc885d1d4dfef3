/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Bodies of multipart/mixed and what they carry: parts, hashes, signatures (XAPI-00115 to 00117, 00127 to 00135). The key and the
 * certificates are made here. JSON is written with ' for ". */
#include "evidence/test-xapi.h"
#include "evidence/xapi-jws.h"
#include "evidence/xapi-multipart.h"
#include "base/limits.h"
#include "evidence/xapi.h"
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#define HASH "495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a" /* of "here is a simple attachment" */
#define DATA "here is a simple attachment"
#define HEAD "multipart/mixed; boundary=b"
#define JSON_PART "--b\r\nContent-Type: application/json\r\n\r\n{}"
#define FILE_PART "\r\n--b\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: " HASH "\r\n\r\n" DATA
#define END "\r\n--b--\r\n"

static GArray *read_body(const char *type, const char *body, GError **error) { return xapi_multipart_read(type, body, strlen(body), error); }

static void reads(void) {
  static const struct { const char *type, *body; unsigned parts; const char *last; } cases[] = {
    { HEAD, JSON_PART END, 1, "{}" }, { HEAD, JSON_PART "\r\n--b--", 1, "{}" }, { HEAD, "preamble\r\n" JSON_PART FILE_PART END "epilogue", 2, DATA },
    { HEAD, "\r\n--b\r\ncontent-type:application/json;charset=utf-8\r\nX-Other: 1\r\n\r\n{}" FILE_PART "\r\n" END, 2, DATA "\r\n" },
    { HEAD, JSON_PART "\r\n--b\r\nContent-Transfer-Encoding:binary\r\nX-Experience-API-Hash:" HASH "\r\n\r\n" END, 2, "" },
    { HEAD, JSON_PART FILE_PART "\r\n--bb\n--b\n--b-" END, 2, DATA "\r\n--bb\n--b\n--b-" }, /* none of these is a delimiter */
    { HEAD, "--b  \t\r\nContent-Type: application/json\r\n\r\n{}\r\n--b-- \r\n", 1, "{}" },
    { "Multipart/Mixed; x=\"boundary=z;\"; Boundary=\"b\"", JSON_PART END, 1, "{}" }, { "multipart/mixed;boundary=b ; y=1", JSON_PART END, 1, "{}" },
    { "multipart/mixed; boundary=\"abcABC0123'()+_,-./:=?\"", "--abcABC0123'()+_,-./:=?\r\nContent-Type: application/json\r\n\r\n[]\r\n--abcABC0123'()+_,-./:=?--", 1, "[]" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) parts = read_body(cases[i].type, cases[i].body, &error);
    if (!parts) g_error("case %zu: %s", i, error->message);
    g_assert_cmpuint(parts->len, ==, cases[i].parts);
    struct xapi_part last = g_array_index(parts, struct xapi_part, parts->len - 1);
    g_assert_cmpmem(last.data, last.length, cases[i].last, strlen(cases[i].last));
  }
}

static void refuses(void) {
  static const struct { const char *type, *body, *says; } cases[] = {
    { "multipart/form-data; boundary=b", JSON_PART END, "XAPI-00127" }, { NULL, JSON_PART END, "XAPI-00127" }, { "multipart/mixedup; boundary=b", JSON_PART END, "XAPI-00127" },
    { "multipart/mixed", JSON_PART END, "XAPI-00130" }, { "multipart/mixed;", JSON_PART END, "XAPI-00130" }, { "multipart/mixed; boundary=", JSON_PART END, "XAPI-00130" },
    { "multipart/mixed; boundary=\"b ", JSON_PART END, "XAPI-00130" }, { "multipart/mixed; boundary=a\tb", JSON_PART END, "XAPI-00130" },
    { "multipart/mixed; boundary=" HASH HASH, JSON_PART END, "XAPI-00130" },
    { HEAD, "", "XAPI-00131" }, { HEAD, "--b--\r\n", "XAPI-00131" }, { HEAD, "{}", "XAPI-00131" }, { HEAD, "x" JSON_PART END, "XAPI-00131" },
    { HEAD, JSON_PART, "XAPI-00130" }, { HEAD, JSON_PART FILE_PART, "XAPI-00130" }, { HEAD, "--b\nContent-Type: application/json\n\n{}\n--b--\n", "XAPI-00131" },
    { HEAD, "--b\r\n{}" END, "XAPI-00130" }, { HEAD, "--b\r\n{}\r\n\r\n" END, "XAPI-00130" }, { HEAD, "--b\r\n--b--\r\n", "XAPI-00130" }, { HEAD, "--b\r\nContent-Type: application/json\r\n : x\r\n\r\n{}" END, "XAPI-00130" },
    { HEAD, "--b\r\nContent-Type: application/json\r\nContent-Type: application/json\r\n\r\n{}" END, "XAPI-00130" },
    { HEAD, "--b\r\nContent-Type: application/json\r\nX\ry: x\r\n\r\n{}" END, "XAPI-00130" }, { HEAD, "--b\r\nContent-Type: application/json\r\nX: x\ny: x\r\n\r\n{}" END, "XAPI-00130" },
    { HEAD, "--b\r\nContent-Type: application/json\r\nX : x\r\n\r\n{}" END, "XAPI-00130" }, { HEAD, "--b\r\n\r\n{}" END, "XAPI-00134" }, { HEAD, "--b\r\nContent-Type: text/plain\r\n\r\n{}" END, "XAPI-00134" },
    { HEAD, JSON_PART "\r\n" JSON_PART END, "XAPI-00132" }, /* XAPI-00133: statements in a second part */
    { HEAD, JSON_PART "\r\n--b\r\nContent-Transfer-Encoding: binary\r\n\r\nx" END, "XAPI-00132" },
    { HEAD, JSON_PART "\r\n--b\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: 12\r\n\r\nx" END, "XAPI-00132" },
    { HEAD, JSON_PART "\r\n--b\r\nX-Experience-API-Hash: " HASH "\r\n\r\nx" END, "XAPI-00135" },
    { HEAD, JSON_PART "\r\n--b\r\nContent-Transfer-Encoding: base64\r\nX-Experience-API-Hash: " HASH "\r\n\r\nx" END, "XAPI-00135" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(GError) error = NULL;
    g_autoptr(GArray) parts = read_body(cases[i].type, cases[i].body, &error);
    if (parts || !g_error_matches(error, MENO_ERROR, MENO_ERROR_BAD_INPUT) || !strstr(error->message, cases[i].says)) g_error("case %zu wants %s: %s", i, cases[i].says, error ? error->message : "taken");
  }
}

static void limits(void) {
  g_autoptr(GString) body = g_string_new(JSON_PART), wide = g_string_new("--b\r\nContent-Type: application/json\r\nX-Long: ");
  g_autoptr(GError) many = NULL, error = NULL;
  for (int i = 0; i < LIMIT_XAPI_PARTS; i++) g_string_append(body, FILE_PART);
  g_string_append(body, END);
  g_assert_null(xapi_multipart_read(HEAD, body->str, body->len, &many));
  g_assert_error(many, MENO_ERROR, MENO_ERROR_TOO_LARGE);
  for (int i = 0; i < LIMIT_XAPI_PART_HEAD; i++) g_string_append_c(wide, 'x');
  g_string_append(wide, "\r\n\r\n{}" END);
  g_assert_null(xapi_multipart_read(HEAD, wide->str, wide->len, &error));
  g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
}

static void writes_what_it_reads(void) {
  const struct xapi_part parts[] = { { "application/json", 16, NULL, 0, "{}", 2 }, { "text/plain", 10, HASH, 64, DATA "\r\n--", strlen(DATA) + 4 }, { NULL, 0, HASH, 64, "\0\r\n\xff", 4 } };
  g_autofree char *boundary = xapi_multipart_boundary(parts, 3), *head = g_strdup_printf("multipart/mixed; boundary=%s", boundary);
  g_autoptr(GByteArray) out = g_byte_array_new();
  xapi_multipart_write(out, boundary, parts, 3);
  g_autoptr(GArray) again = xapi_multipart_read(head, (const char *)out->data, out->len, NULL);
  g_assert_nonnull(again);
  g_assert_cmpuint(again->len, ==, 3);
  for (unsigned i = 0; i < 3; i++) {
    struct xapi_part part = g_array_index(again, struct xapi_part, i);
    g_assert_cmpmem(part.data, part.length, parts[i].data, parts[i].length);
    g_assert_cmpmem(part.type, part.type_length, parts[i].type, parts[i].type_length);
    g_assert_cmpmem(part.hash, part.hash_length, parts[i].hash, parts[i].hash_length);
  }
  /* Where the first choice stands in the data, another is made. */
  const struct xapi_part awkward[] = { { "application/json", 16, NULL, 0, boundary, strlen(boundary) } };
  g_autofree char *other = xapi_multipart_boundary(awkward, 1);
  g_assert_cmpstr(other, !=, boundary);
}

/* ---- attachments ---- */

#define SHA512_X "a4abd4448c49562d828115d13a1fccea927f52b4d5459297f8b43e42da89238bc13626e43dcb38ddb082488927ec904fb42057443983e88585179d50551afe62"
#define WANTS(hash, length) "{'sha2':'" hash "','length':" length "}"

static void attachments(void) {
  const struct xapi_part file = { "text/plain", 10, HASH, 64, DATA, strlen(DATA) }, wrong = { "text/plain", 10, HASH, 64, DATA "!", strlen(DATA) + 1 };
  const struct xapi_part x = { "text/plain", 10, SHA512_X, 128, "x", 1 };
  const struct { const char *statements; struct xapi_part parts[3]; size_t count; bool exact; const char *says; } cases[] = {
    { "{}", { { 0 } }, 0, true, NULL }, { "{'attachments':[" WANTS(HASH, "27") "]}", { file }, 1, true, NULL },
    { "{'attachments':[{'sha2':'495395E777CD98DA653DF9615D09C0FD6BB2F8D4788394CD53C56A3BFDCD848A','length':27}," WANTS(SHA512_X, "1") "]}", { x, file }, 2, true, NULL },
    { "[{},{'attachments':[" WANTS(HASH, "27") "]},{'attachments':[" WANTS(HASH, "27") "]}]", { file }, 1, true, NULL }, /* once serves all */
    { "{'attachments':[" WANTS(HASH, "27") "," WANTS(HASH, "27") "]}", { file, file }, 2, true, NULL },
    { "{'attachments':[{'sha2':'" HASH "','length':27,'fileUrl':'http://e.com/f'}]}", { { 0 } }, 0, true, NULL },
    { "{'object':{'objectType':'SubStatement','attachments':[" WANTS(HASH, "27") "]}}", { file }, 1, true, NULL },
    { "{'object':{'objectType':'SubStatement','attachments':[" WANTS(HASH, "27") "]}}", { { 0 } }, 0, true, "XAPI-00129" },
    { "{'attachments':[" WANTS(HASH, "27") "]}", { { 0 } }, 0, true, "XAPI-00129" }, { "{'attachments':[" WANTS(HASH, "27") "," WANTS(SHA512_X, "1") "]}", { file }, 1, true, "XAPI-00129" },
    { "{'attachments':[" WANTS(HASH, "27") "]}", { file, x }, 2, true, "XAPI-00128" }, { "{}", { file }, 1, true, "XAPI-00128" },
    { "{'attachments':[" WANTS(HASH, "27") "]}", { wrong }, 1, true, "XAPI-00132" }, { "{'attachments':[" WANTS(HASH, "28") "]}", { file }, 1, true, "XAPI-00102" },
    { "{'attachments':[" WANTS(HASH, "28") "]}", { file }, 1, false, NULL } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(json_doc_auto) doc = parse(cases[i].statements);
    g_autoptr(GError) error = NULL;
    bool fine = xapi_attachments_match(json_root(doc), cases[i].parts, cases[i].count, cases[i].exact, &error);
    if (fine != !cases[i].says || (!fine && !strstr(error->message, cases[i].says))) g_error("case %zu: %s", i, error ? error->message : "taken");
  }
}

/* ---- signatures ---- */

static EVP_PKEY *new_key(void) { return EVP_RSA_gen(2048); }

/* A certificate of `key`, signed by `signer`, as base64. */
static char *certificate(EVP_PKEY *key, EVP_PKEY *signer) {
  X509 *made = X509_new();
  uint8_t *der = NULL;
  ASN1_INTEGER_set(X509_get_serialNumber(made), 1);
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 86400);
  X509_set_pubkey(made, key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC, (const uint8_t *)"test", -1, -1, 0);
  X509_set_issuer_name(made, X509_get_subject_name(made));
  g_assert_true(X509_sign(made, signer, EVP_sha256()) > 0);
  int length = i2d_X509(made, &der);
  char *text = g_base64_encode(der, (gsize)length);
  OPENSSL_free(der);
  X509_free(made);
  return text;
}

static void append_url(GString *out, const void *data, size_t length) {
  g_autofree char *text = g_base64_encode(data, length);
  for (char *p = text; *p && *p != '='; p++) g_string_append_c(out, *p == '+' ? '-' : *p == '/' ? '_' : *p);
}

static char *sign(EVP_PKEY *key, const char *header, const char *payload, const EVP_MD *hash) {
  GString *out = g_string_new(NULL);
  uint8_t signature[512];
  size_t length = sizeof signature;
  append_url(out, header, strlen(header));
  g_string_append_c(out, '.');
  append_url(out, payload, strlen(payload));
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  g_assert_true(EVP_DigestSignInit(context, NULL, hash, NULL, key) == 1 && EVP_DigestSign(context, signature, &length, (const uint8_t *)out->str, out->len) == 1);
  EVP_MD_CTX_free(context);
  g_string_append_c(out, '.');
  append_url(out, signature, length);
  return g_string_free(out, FALSE);
}

#define STATEMENT "{\"actor\":{\"mbox\":\"mailto:a@example.com\"},\"verb\":{\"id\":\"http://e.com/v\"},\"object\":{\"id\":\"http://e.com/o\"},\"result\":{\"duration\":\"PT1.12S\"}}"

static void expect(struct json statement, const char *jws, const char *says) {
  g_autoptr(GError) error = NULL;
  bool fine = xapi_signature_check(statement, jws, strlen(jws), &error);
  if (fine != !says || (!fine && !strstr(error->message, says))) g_error("%.80s…: wanted %s, says %s", jws, says ? says : "taken", error ? error->message : "taken");
}

static void signatures(void) {
  EVP_PKEY *key = new_key();
  g_autoptr(json_doc_auto) doc = parse(STATEMENT), changed = parse("{'actor':{'mbox':'mailto:b@example.com'},'verb':{'id':'http://e.com/v'},'object':{'id':'http://e.com/o'}}");
  g_autoptr(json_doc_auto) finer = parse("{'actor':{'mbox':'mailto:a@example.com'},'verb':{'id':'http://e.com/v'},'object':{'id':'http://e.com/o'},'result':{'duration':'PT1.1237S'}}");
  struct json statement = json_root(doc);
  g_autofree char *plain = sign(key, "{\"alg\":\"RS256\"}", STATEMENT, EVP_sha256());
  g_autofree char *r384 = sign(key, "{\"alg\":\"RS384\"}", STATEMENT, EVP_sha384()), *r512 = sign(key, "{\"alg\":\"RS512\"}", STATEMENT, EVP_sha512());
  expect(statement, plain, NULL);
  expect(statement, r384, NULL);
  expect(statement, r512, NULL);
  expect(json_root(finer), plain, NULL); /* beyond 0.01 s nothing is compared */
  expect(json_root(changed), plain, "XAPI-00116");
  static const char *const algorithms[] = { "{\"alg\":\"HS256\"}", "{\"alg\":\"none\"}", "{\"alg\":\"rs256\"}", "{}", "{\"alg\":null}" };
  for (size_t i = 0; i < G_N_ELEMENTS(algorithms); i++) {
    g_autofree char *jws = sign(key, algorithms[i], STATEMENT, EVP_sha256());
    expect(statement, jws, "XAPI-00117");
  }
  g_autofree char *critical = sign(key, "{\"alg\":\"RS256\",\"crit\":[\"x\"],\"x\":1}", STATEMENT, EVP_sha256()), *broken = sign(key, "{\"alg\":\"RS256\"}", "{'actor':1}", EVP_sha256());
  expect(statement, critical, "XAPI-00115");
  expect(statement, broken, "XAPI-00116");
  static const char *const malformed[] = { "", ".", "..", "a.b", "a.b.c", "eyJhbGciOiJSUzI1NiJ9.e30=.e30", "eyJhbGciOiJSUzI1NiJ9.e3 0.e30" };
  for (size_t i = 0; i < G_N_ELEMENTS(malformed); i++) expect(statement, malformed[i], "XAPI-0011");
  g_autofree char *short_ = g_strdup_printf("%.*s.AAAA", (int)(strrchr(plain, '.') - plain), plain);
  expect(statement, short_, "XAPI-00117");
  EVP_PKEY_free(key);
}

static void certificates(void) {
  EVP_PKEY *key = new_key(), *root = new_key();
  g_autoptr(json_doc_auto) doc = parse(STATEMENT);
  g_autofree char *own = certificate(key, key), *leaf = certificate(key, root), *top = certificate(root, root);
  const struct { char *header; EVP_PKEY *signer; const char *says; } cases[] = {
    { g_strdup_printf("{\"alg\":\"RS256\",\"x5c\":[\"%s\"]}", own), key, NULL }, { g_strdup_printf("{\"alg\":\"RS256\",\"x5c\":[\"%s\",\"%s\"]}", leaf, top), key, NULL },
    { g_strdup_printf("{\"alg\":\"RS256\",\"x5c\":[\"%s\"]}", own), root, "XAPI-00117" }, { g_strdup_printf("{\"alg\":\"RS512\",\"x5c\":[\"%s\"]}", own), key, "XAPI-00117" },
    { g_strdup_printf("{\"alg\":\"RS256\",\"x5c\":[\"%s\",\"%s\"]}", own, top), key, "x5c" }, { g_strdup("{\"alg\":\"RS256\",\"x5c\":[]}"), key, "x5c" },
    { g_strdup("{\"alg\":\"RS256\",\"x5c\":[\"AAAA\"]}"), key, "x5c" }, { g_strdup("{\"alg\":\"RS256\",\"x5c\":\"AAAA\"}"), key, "x5c" }, { g_strdup("{\"alg\":\"RS256\",\"x5c\":[7]}"), key, "x5c" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *jws = sign(cases[i].signer, cases[i].header, STATEMENT, EVP_sha256());
    expect(json_root(doc), jws, cases[i].says);
    g_free(cases[i].header);
  }
  EVP_PKEY_free(key);
  EVP_PKEY_free(root);
}

/* XAPI-00115: a signature without its part. */
static void signed_statement(void) {
  EVP_PKEY *key = new_key();
  g_autofree char *jws = sign(key, "{\"alg\":\"RS256\"}", STATEMENT, EVP_sha256()), *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, jws, -1);
  g_autofree char *text = g_strdup_printf("%.*s,'attachments':[{'usageType':'http://adlnet.gov/expapi/attachments/signature','display':{},'contentType':'application/octet-stream','length':%zu,'sha2':'%s'}]}",
                                          (int)strlen(STATEMENT) - 1, STATEMENT, strlen(jws), hash);
  g_autoptr(json_doc_auto) doc = parse(text), bare = parse(STATEMENT);
  struct xapi_part part = { "application/octet-stream", 24, hash, 64, jws, strlen(jws) };
  g_autoptr(GError) error = NULL;
  g_assert_true(xapi_check_statement(json_root(doc), XAPI_2_0_0, &error) && xapi_attachments_match(json_root(doc), &part, 1, true, &error) &&
                xapi_signatures_check(json_root(doc), &part, 1, &error));
  g_assert_true(xapi_signatures_check(json_root(bare), NULL, 0, &error));
  g_assert_false(xapi_signatures_check(json_root(doc), NULL, 0, &error));
  g_assert_nonnull(strstr(error->message, "XAPI-00115"));
  EVP_PKEY_free(key);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/xapi/multipart/reads", reads);
  g_test_add_func("/xapi/multipart/refuses", refuses);
  g_test_add_func("/xapi/multipart/limits", limits);
  g_test_add_func("/xapi/multipart/writes", writes_what_it_reads);
  g_test_add_func("/xapi/multipart/attachments", attachments);
  g_test_add_func("/xapi/signatures", signatures);
  g_test_add_func("/xapi/signatures/certificates", certificates);
  g_test_add_func("/xapi/signatures/statement", signed_statement);
  return g_test_run();
}
