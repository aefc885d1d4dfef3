/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What sealing costs per field, and where: microseconds to seal, to open and to make a row's digest, for texts of several
 * lengths; and the bare ciphers that could be under it. Of the processor's time, the best of several rounds, for the machine is never quiet. */
#include "ledger/seal.h"
#include <sodium.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#define ROUNDS 7
#define TIMES 20000

static double best(void (*work)(void *), void *data) {
  double least = 1e9;
  for (int round = 0; round < ROUNDS; round++) {
    clock_t begun = clock();
    for (int i = 0; i < TIMES; i++) work(data);
    least = MIN(least, (double)(clock() - begun) * 1e6 / CLOCKS_PER_SEC / TIMES);
  }
  return least;
}

struct work { struct seal *seal; const char *text; size_t length; char *sealed; uint8_t bytes[4096], key[32], nonce[24]; crypto_aead_aes256gcm_state gcm; };
static const struct uuid event;

static void do_seal(void *data) {
  struct work *w = data;
  g_free(seal_value(w->seal, "person:p-1", "period:k:2026-03", event, "comment", w->text, w->length, false, 1));
}
static void do_open(void *data) {
  struct work *w = data;
  g_free(seal_reveal(w->seal, w->sealed, event, "comment", NULL, NULL));
}
static void do_digest(void *data) {
  struct work *w = data;
  seal_digest(w->seal, "person:p-1", w->text, w->length, 1);
}
static void do_chacha(void *data) {
  struct work *w = data;
  crypto_aead_xchacha20poly1305_ietf_encrypt(w->bytes, NULL, (const uint8_t *)w->text, w->length, NULL, 0, NULL, w->nonce, w->key);
}
static void do_gcm(void *data) {
  struct work *w = data;
  crypto_aead_aes256gcm_beforenm(&w->gcm, w->key); /* a key per field: the schedule is part of it */
  crypto_aead_aes256gcm_encrypt_afternm(w->bytes, NULL, (const uint8_t *)w->text, w->length, NULL, 0, NULL, w->nonce, &w->gcm);
}

int main(void) {
  static const uint8_t master[32];
  static const size_t lengths[] = { 10, 100, 1000 };
  struct work *w = g_new0(struct work, 1);
  g_autofree char *text = g_strnfill(4000, 'x');
  if (sodium_init() < 0 || !(w->seal = seal_new(NULL, master, NULL))) return 1;
  printf("%8s %8s %8s %8s %10s %10s\n", "bytes", "seal", "open", "digest", "XChaCha20", "AES-GCM");
  for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
    w->text = text;
    w->length = lengths[i];
    w->sealed = seal_value(w->seal, "person:p-1", "period:k:2026-03", event, "comment", text, lengths[i], false, 1);
    double gcm = crypto_aead_aes256gcm_is_available() ? best(do_gcm, w) : 0;
    printf("%8zu %8.2f %8.2f %8.2f %10.2f %10.2f  microseconds\n", lengths[i], best(do_seal, w), best(do_open, w), best(do_digest, w), best(do_chacha, w), gcm);
    g_free(w->sealed);
  }
  seal_free(w->seal);
  g_free(w);
  return 0;
}
