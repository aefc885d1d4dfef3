/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a statement costs before it reaches a database, on one core: statements made here, of about 1 KB, or the array of statements in
 * the file of the command line. Each line adds a step to the one before; the ratio is to reading the JSON alone. The best of several
 * rounds, in processor seconds, for the machine is never quiet. Then multipart bodies in MB/s and signatures with a certificate in checks a second. */
#include "evidence/xapi-jws.h"
#include "evidence/xapi-multipart.h"
#include "evidence/xapi-output.h"
#include "evidence/xapi.h"
#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 7
#define MADE 20000

struct work { GPtrArray *texts; size_t bytes; };
enum step { READ, CHECK, TERMS, COMPLETE, STEPS };

static double cpu_micros(void) {
  struct timespec now;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return (double)now.tv_sec * 1e6 + (double)now.tv_nsec / 1e3;
}

static void do_work(const struct work *work, enum step step) {
  const struct xapi_receipt receipt = { "f81d4fae-7dec-11d0-a765-00a0c91e6bf6", INT64_C(1772366400000000), "{\"mbox\":\"mailto:lrs@example.com\"}", XAPI_2_0_0 };
  g_auto(xapi_terms_auto) terms;
  xapi_terms_init(&terms);
  for (unsigned i = 0; i < work->texts->len; i++) {
    const char *text = work->texts->pdata[i];
    g_autoptr(GError) error = NULL;
    g_autoptr(json_doc_auto) doc = json_parse(text, strlen(text), &error);
    if (!doc || (step >= CHECK && !xapi_check_statement(json_root(doc), XAPI_2_0_0, &error))) g_error("%s", error->message);
    if (step >= TERMS) xapi_terms_read(&terms, json_root(doc));
    if (step >= COMPLETE) {
      g_auto(json_writer_auto) writer;
      json_writer_init(&writer);
      xapi_complete(&writer, NULL, json_root(doc), &receipt);
    }
  }
}

static void report(const char *name, const struct work *work) {
  static const char *const names[] = { "read", "+ check", "+ terms", "+ complete" };
  double seconds[STEPS];
  printf("%s: %u statements of %.0f bytes\n", name, work->texts->len, (double)work->bytes / work->texts->len);
  for (int step = 0; step < STEPS; step++) {
    seconds[step] = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
      double start = cpu_micros();
      do_work(work, (enum step)step);
      seconds[step] = MIN(seconds[step], (cpu_micros() - start) / 1e6);
    }
    printf("  %-12s %10.0f statements/s  %6.2f us  ratio %.2f\n", names[step], work->texts->len / seconds[step], seconds[step] / work->texts->len * 1e6, seconds[step] / seconds[READ]);
  }
}

#define STATEMENT "{\"id\":\"%08x-7dec-41d0-a765-00a0c91e6bf6\",\"actor\":{\"objectType\":\"Agent\",\"name\":\"Person %d\",\"account\":{\"homePage\":\"https://lms.example.com/\",\"name\":\"%d\"}}," \
  "\"verb\":{\"id\":\"http://adlnet.gov/expapi/verbs/completed\",\"display\":{\"en-US\":\"completed\"}},\"object\":{\"objectType\":\"Activity\",\"id\":\"https://lms.example.com/courses/%d\"," \
  "\"definition\":{\"type\":\"http://adlnet.gov/expapi/activities/course\",\"name\":{\"en-US\":\"Course %d\"},\"description\":{\"en-US\":\"What is taught, for whom, and how long it takes.\"}}}," \
  "\"result\":{\"score\":{\"scaled\":0.85,\"raw\":85,\"min\":0,\"max\":100},\"success\":true,\"completion\":true,\"duration\":\"PT1H12M4.25S\"}," \
  "\"context\":{\"registration\":\"ec531277-b57b-4c15-8d91-%012d\",\"contextActivities\":{\"parent\":[{\"id\":\"https://lms.example.com/programmes/7\"}],\"category\":[{\"id\":\"https://w3id.org/xapi/cmi5/context/categories/cmi5\"}]}," \
  "\"platform\":\"LMS 12\",\"language\":\"en-US\",\"extensions\":{\"https://w3id.org/xapi/cmi5/context/extensions/sessionid\":\"b41e-%d\"}},\"timestamp\":\"2026-03-01T12:%02d:%02d.250Z\"}"

static void make(struct work *work) {
  for (int i = 0; i < MADE; i++) {
    char *text = g_strdup_printf(STATEMENT, (unsigned)i, i, i % 5000, i % 400, i % 400, i, i, i / 60 % 60, i % 60);
    work->bytes += strlen(text);
    g_ptr_array_add(work->texts, text);
  }
}

static bool load(const char *path, struct work *work) {
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr(GError) error = NULL;
  if (!g_file_get_contents(path, &text, &length, &error)) return false;
  g_autoptr(json_doc_auto) doc = json_parse(text, length, &error);
  for (struct json_iter it = json_iter(json_root(doc)); json_next(&it);) {
    size_t n;
    char *compact = json_canonical(it.value, &n);
    work->bytes += n;
    g_ptr_array_add(work->texts, compact);
  }
  return work->texts->len > 0;
}

/* ---- bodies and signatures ---- */

static void report_multipart(void) {
  size_t size = 1 << 20;
  g_autofree char *data = g_malloc0(size);
  g_autofree char *hash = g_compute_checksum_for_data(G_CHECKSUM_SHA256, (const uint8_t *)data, size);
  const struct xapi_part parts[] = { { "application/json", 16, NULL, 0, "{}", 2 }, { "video/mp4", 9, hash, 64, data, size } };
  g_autoptr(GByteArray) body = g_byte_array_new();
  double read = 1e9, matched = 1e9;
  g_autofree char *list = g_strdup_printf("{\"attachments\":[{\"sha2\":\"%s\",\"length\":%zu}]}", hash, size);
  g_autoptr(json_doc_auto) doc = json_parse(list, strlen(list), NULL);
  xapi_multipart_write(body, "b", parts, 2);
  for (int round = 0; round < ROUNDS * 10; round++) {
    double start = cpu_micros(), middle;
    g_autoptr(GArray) found = xapi_multipart_read("multipart/mixed; boundary=b", (const char *)body->data, body->len, NULL);
    g_assert(found && found->len == 2);
    middle = cpu_micros();
    g_assert(xapi_attachments_match(json_root(doc), &g_array_index(found, struct xapi_part, 1), 1, true, NULL));
    read = MIN(read, middle - start);
    matched = MIN(matched, cpu_micros() - middle);
  }
  printf("multipart, 1 MB: cut at %.0f MB/s, hashed and matched at %.0f MB/s\n", body->len / MAX(read, 1), body->len / matched);
}

static void append_url(GString *out, const void *data, size_t length) {
  g_autofree char *text = g_base64_encode(data, length);
  for (char *p = text; *p && *p != '='; p++) g_string_append_c(out, *p == '+' ? '-' : *p == '/' ? '_' : *p);
}

static void report_signatures(const char *statement) {
  EVP_PKEY *key = EVP_RSA_gen(2048);
  X509 *made = X509_new();
  uint8_t *der = NULL, signature[256];
  size_t length = sizeof signature;
  X509_gmtime_adj(X509_getm_notBefore(made), 0);
  X509_gmtime_adj(X509_getm_notAfter(made), 86400);
  X509_set_pubkey(made, key);
  X509_sign(made, key, EVP_sha256());
  int size = i2d_X509(made, &der);
  g_autofree char *text = g_base64_encode(der, (gsize)size), *header = g_strdup_printf("{\"alg\":\"RS256\",\"x5c\":[\"%s\"]}", text);
  g_autoptr(GString) jws = g_string_new(NULL);
  append_url(jws, header, strlen(header));
  g_string_append_c(jws, '.');
  append_url(jws, statement, strlen(statement));
  EVP_MD_CTX *context = EVP_MD_CTX_new();
  EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key);
  EVP_DigestSign(context, signature, &length, (const uint8_t *)jws->str, jws->len);
  g_string_append_c(jws, '.');
  append_url(jws, signature, length);
  g_autoptr(json_doc_auto) doc = json_parse(statement, strlen(statement), NULL);
  double start = cpu_micros();
  int checks = 0;
  for (; cpu_micros() - start < 1e6; checks++)
    if (!xapi_signature_check(json_root(doc), jws->str, jws->len, NULL)) g_error("the signature is refused");
  printf("signatures, RSA 2048, SHA-256, with certificate: %d checks/s\n", checks);
  EVP_MD_CTX_free(context);
  OPENSSL_free(der);
  X509_free(made);
  EVP_PKEY_free(key);
}

int main(int argc, char **argv) {
  struct work work = { g_ptr_array_new_with_free_func(g_free), 0 };
  if (argc < 2) make(&work);
  else if (!load(argv[1], &work)) return fprintf(stderr, "no array of statements in %s\n", argv[1]), 66;
  report(argc < 2 ? "made statements" : argv[1], &work);
  report_multipart();
  report_signatures(work.texts->pdata[0]);
  g_ptr_array_unref(work.texts);
  return 0;
}
