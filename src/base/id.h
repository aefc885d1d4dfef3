/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Identifiers and digests. What Meno originates gets a UUIDv7 (time-ordered); what arrives gets a UUIDv8 of its content,
 * so that the same thing is recognised when it comes again. */
#pragma once
#include "base/error.h"
#include <stddef.h>

#define ID_TEXT 37   /* a UUID in text, with NUL */
#define DIGEST_BYTES 32
#define DIGEST_TEXT 65

struct uuid { uint8_t bytes[16]; };

/* UUIDv7 of a moment (microseconds), never repeated in one process: a counter follows the time. */
struct uuid uuid_new(int64_t now);
/* UUIDv8 of SHA-256 over the parts, each ended by NUL; the list ends with NULL. */
struct uuid uuid_of(const char *first, ...) G_GNUC_NULL_TERMINATED;
char *uuid_format(struct uuid uuid, char out[ID_TEXT]);
bool uuid_parse(const char *text, struct uuid *ret_uuid);

void digest(const void *data, size_t length, uint8_t out[DIGEST_BYTES]); /* SHA-256 */
char *digest_format(const uint8_t digest[DIGEST_BYTES], char out[DIGEST_TEXT]);

/* A short stable name, "n-4k7q…" (prefix and 12 characters of base32), of the parts. */
char *id_short(const char *prefix, const char *first, ...) G_GNUC_NULL_TERMINATED; /* newly allocated */
/* An opaque person id, "p-" and 16 characters: keyed BLAKE2b of the employee number under the company's key. */
char *id_person(const uint8_t key[32], const char *employee_number); /* newly allocated */
