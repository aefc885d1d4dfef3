/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The ring of keys and the sealed form.
 *
 * A value: version (1 byte), the owner's key's id and the period's (8 each, 0 none), nonce (24), then XChaCha20-Poly1305 of
 * a letter (t a string's text, j JSON, b bytes) and the value. Associated data: all that goes before the ciphertext, the event's id,
 * the field. The key is BLAKE2b of the owner's key, keyed with the period's. The nonce is a keyed hash of event, field and
 * value under a second key of the same derivation (as in SIV, RFC 5297): no nonce repeats unless all of it does, no random
 * numbers have to be asked for, and an append that is done again after a crash makes the same bytes.
 *
 * The file: a head and fixed records, 192 bytes each, numbers little-endian. Records are only ever added at the end or
 * overwritten in place; the head's generation counts changes, by which other processes see that there are any. A record
 * that a crash cut off at the end is not read, and overwritten by the next one.
 *
 * Why a file and no table: a key must not be where its data's copies are (a copied database would carry both), and a row
 * that a database has deleted lives on in its log and its free pages until nobody can say when. A record in a file of our
 * own is overwritten in place and flushed before seal_destroy returns.
 *
 * How it can be wrong: a file system that copies on write, or a disk that moves blocks, keeps the old bytes until it uses
 * them again; they are still wrapped by the master key. Copies of the ring that were made before are out of its reach: an
 * import never brings a destroyed key back, but who has an old copy, the master key and the data can read. docs/personal-data.md
 * says what to do about that. Memory of a process that is still running may hold what it has opened. */
#include "ledger/seal.h"
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <unistd.h>

#define RECORD 192
#define OWNER_AT 104
#define OWNER_BYTES (RECORD - OWNER_AT)
G_STATIC_ASSERT(OWNER_BYTES == SEAL_OWNER_MOST + 1);
#define NONCE crypto_aead_xchacha20poly1305_ietf_NPUBBYTES
#define TAG crypto_aead_xchacha20poly1305_ietf_ABYTES
#define KEY 32
#define WRAPPED (NONCE + KEY + TAG)
#define PREFIX "sealed:"
#define HEAD (1 + 8 + 8 + NONCE) /* of a value, before its ciphertext */
#define VERSION 1
#define MOST_RECORDS 20000000
#define CHUNK 1024 /* records read at once */
#define HOUSE "house"
#define DIGESTS "digest"

static const char magic[8] = "MENOKEYS";

struct entry {
  uint64_t id;
  char *owner;
  int64_t made, destroyed;  /* destroyed: 0 it lives */
  uint8_t wrapped[WRAPPED];
  uint8_t key[KEY];
  bool unwrapped;
  uint64_t derived_with;    /* the period's id of the newest derivation: an event's fields come one after another */
  bool has_derived;
  uint8_t derived[2 * KEY];
};

struct seal {
  char *file;
  int handle;               /* -1: in memory only */
  GMutex lock;              /* over all below */
  uint64_t generation;
  GPtrArray *entries;       /* of struct entry, in the order of the file */
  guint stored;             /* how many of them the file has */
  GHashTable *by_id;        /* id → entry */
  GHashTable *by_owner;     /* owner → its first living entry, for all processes the same one; or a tombstone: then all are */
  uint8_t wrap[KEY], names[KEY], check[16];
};

/* ---- entries ---------------------------------------------------------------------------------------------------- */

static void entry_free(void *data) {
  struct entry *entry = data;
  sodium_memzero(entry->key, sizeof entry->key);
  sodium_memzero(entry->derived, sizeof entry->derived);
  g_free(entry->owner);
  g_free(entry);
}

static void put64(uint8_t *to, uint64_t value) {
  value = GUINT64_TO_LE(value);
  memcpy(to, &value, sizeof value);
}
static uint64_t get64(const uint8_t *from) {
  uint64_t value;
  memcpy(&value, from, sizeof value);
  return GUINT64_FROM_LE(value);
}

static void subkey(const uint8_t master[KEY], const char *name, uint8_t *out, size_t length) {
  crypto_generichash(out, length, (const unsigned char *)name, strlen(name), master, KEY);
}

static void add_entry(struct seal *seal, struct entry *entry) {
  g_ptr_array_add(seal->entries, entry);
  g_hash_table_insert(seal->by_id, &entry->id, entry);
  const struct entry *known = g_hash_table_lookup(seal->by_owner, entry->owner);
  if (!known || (entry->destroyed && !known->destroyed)) g_hash_table_insert(seal->by_owner, entry->owner, entry);
}

static size_t wrap_data(const struct entry *entry, uint8_t out[8 + OWNER_BYTES]) {
  size_t length = strlen(entry->owner);
  put64(out, entry->id);
  memcpy(out + 8, entry->owner, length);
  return 8 + length;
}

static void wrap_key(const struct seal *seal, struct entry *entry) {
  uint8_t data[8 + OWNER_BYTES];
  size_t length = wrap_data(entry, data);
  randombytes_buf(entry->wrapped, NONCE);
  crypto_aead_xchacha20poly1305_ietf_encrypt(entry->wrapped + NONCE, NULL, entry->key, KEY, data, length, NULL, entry->wrapped, seal->wrap);
}

static bool unwrap_key(const struct seal *seal, struct entry *entry) {
  uint8_t data[8 + OWNER_BYTES];
  if (entry->destroyed) return false;
  if (entry->unwrapped) return true;
  size_t length = wrap_data(entry, data);
  entry->unwrapped = crypto_aead_xchacha20poly1305_ietf_decrypt(entry->key, NULL, NULL, entry->wrapped + NONCE, KEY + TAG, data, length, entry->wrapped, seal->wrap) == 0;
  return entry->unwrapped;
}

static struct entry *make_entry(struct seal *seal, const char *owner, int64_t now) {
  struct entry *entry = g_new0(struct entry, 1);
  entry->owner = g_strdup(owner);
  entry->made = now;
  do randombytes_buf(&entry->id, sizeof entry->id); while (!entry->id || g_hash_table_contains(seal->by_id, &entry->id));
  randombytes_buf(entry->key, KEY);
  entry->unwrapped = true;
  wrap_key(seal, entry);
  add_entry(seal, entry);
  return entry;
}

/* The owner's key; NULL: there is none, or it is destroyed, or wrapped by who knows what. */
static struct entry *known_key(struct seal *seal, const char *owner) {
  struct entry *entry = g_hash_table_lookup(seal->by_owner, owner);
  return entry && unwrap_key(seal, entry) ? entry : NULL;
}

/* The same, made where there is none; NULL, too: the name is too long for one. */
static struct entry *key_of(struct seal *seal, const char *owner, int64_t now) {
  if (!g_hash_table_contains(seal->by_owner, owner)) return strlen(owner) > SEAL_OWNER_MOST ? NULL : make_entry(seal, owner, now);
  return known_key(seal, owner);
}

static void bury(struct entry *entry, int64_t now) {
  sodium_memzero(entry->key, sizeof entry->key);
  sodium_memzero(entry->derived, sizeof entry->derived);
  memset(entry->wrapped, 0, sizeof entry->wrapped);
  entry->unwrapped = entry->has_derived = false;
  if (!entry->destroyed) entry->destroyed = MAX(now, 1);
}

/* ---- the file --------------------------------------------------------------------------------------------------- */

static bool fail_file(const char *file, const char *what, GError **error) {
  return fail(error, MENO_ERROR_STORE, "the keys \"%s\" cannot be %s: %s", file, what, g_strerror(errno));
}

static void write_entry(const struct entry *entry, uint8_t out[RECORD]) {
  memset(out, 0, RECORD);
  out[0] = entry->destroyed ? 2 : 1;
  put64(out + 8, entry->id);
  put64(out + 16, (uint64_t)entry->made);
  put64(out + 24, (uint64_t)entry->destroyed);
  memcpy(out + 32, entry->wrapped, WRAPPED);
  memcpy(out + OWNER_AT, entry->owner, strlen(entry->owner));
}

/* NULL: no record of ours. */
static struct entry *read_entry(const uint8_t from[RECORD]) {
  bool known = (from[0] == 1 || from[0] == 2) && from[RECORD - 1] == 0 && from[OWNER_AT] && get64(from + 8);
  if (!known || !g_utf8_validate((const char *)from + OWNER_AT, -1, NULL)) return NULL;
  struct entry *entry = g_new0(struct entry, 1);
  entry->id = get64(from + 8);
  entry->made = (int64_t)get64(from + 16);
  entry->owner = g_strdup((const char *)from + OWNER_AT);
  memcpy(entry->wrapped, from + 32, WRAPPED);
  if (from[0] == 2) bury(entry, (int64_t)get64(from + 24));
  return entry;
}

static void write_head(const struct seal *seal, uint8_t out[RECORD]) {
  memset(out, 0, RECORD);
  memcpy(out, magic, sizeof magic);
  put64(out + 8, VERSION);
  put64(out + 16, seal->generation);
  memcpy(out + 24, seal->check, sizeof seal->check);
}

static bool check_head(const struct seal *seal, const char *file, const uint8_t head[RECORD], GError **error) {
  if (memcmp(head, magic, sizeof magic) != 0 || get64(head + 8) != VERSION) return fail(error, MENO_ERROR_BAD_INPUT, "the file \"%s\" is no ring of keys of this Meno", file);
  return sodium_memcmp(head + 24, seal->check, sizeof seal->check) == 0 ||
    fail(error, MENO_ERROR_BAD_INPUT, "the keys \"%s\" were wrapped by another master key: bring that meno.key", file);
}

static bool lock_file(const struct seal *seal, short type, GError **error) {
  struct flock lock = { .l_type = type, .l_whence = SEEK_SET };
  while (fcntl(seal->handle, F_OFD_SETLKW, &lock) != 0)
    if (errno != EINTR) return fail_file(seal->file, "locked", error);
  return true;
}

static bool write_at(const struct seal *seal, const uint8_t bytes[RECORD], guint place, GError **error) {
  return pwrite(seal->handle, bytes, RECORD, (off_t)place * RECORD) == RECORD || fail_file(seal->file, "written", error);
}

/* The next generation, and all of it on the disk. */
static bool finish_file(struct seal *seal, GError **error) {
  uint8_t head[RECORD];
  seal->generation++;
  write_head(seal, head);
  return write_at(seal, head, 0, error) && (fsync(seal->handle) == 0 || fail_file(seal->file, "written", error));
}

/* The record of the entry that has this index, or comes next. False: it stands elsewhere, too; then new keys would be counted wrong,
 * and lost. */
static bool take_record(struct seal *seal, struct entry *read, guint index) {
  struct entry *known = g_hash_table_lookup(seal->by_id, &read->id);
  bool here = known ? index < seal->entries->len && seal->entries->pdata[index] == known : index == seal->entries->len;
  if (here && !known) {
    add_entry(seal, read);
    return true;
  }
  if (here && read->destroyed && !known->destroyed) {
    bury(known, read->destroyed);
    g_hash_table_insert(seal->by_owner, known->owner, known);
  }
  entry_free(read);
  return here;
}

/* Under the lock of both. What is pending stays pending, behind what others have added. */
static bool read_file(struct seal *seal, GError **error) {
  uint8_t head[RECORD];
  if (pread(seal->handle, head, RECORD, 0) != RECORD)
    return fail(error, MENO_ERROR_CORRUPT, "the keys \"%s\" are damaged: put what `meno keys export` wrote in their place", seal->file);
  if (!check_head(seal, seal->file, head, error)) return false;
  if (get64(head + 16) == seal->generation) return true;
  g_autoptr(GPtrArray) pending = g_ptr_array_new();
  while (seal->entries->len > seal->stored) {
    struct entry *entry = g_ptr_array_steal_index(seal->entries, seal->entries->len - 1);
    if (g_hash_table_lookup(seal->by_owner, entry->owner) == entry) g_hash_table_remove(seal->by_owner, entry->owner);
    g_ptr_array_insert(pending, 0, entry);
  }
  g_autofree uint8_t *records = g_malloc(CHUNK * RECORD);
  ssize_t got = CHUNK * RECORD;
  for (guint place = 1; got == CHUNK * RECORD && place < MOST_RECORDS; place += CHUNK) {
    got = pread(seal->handle, records, CHUNK * RECORD, (off_t)place * RECORD);
    for (guint i = 0; got > 0 && i < (guint)got / RECORD; i++) {
      struct entry *read = read_entry(records + i * RECORD);
      if (!read || !take_record(seal, read, place + i - 1)) return fail(error, MENO_ERROR_CORRUPT, "the keys \"%s\" are damaged at record %u: put what `meno keys export` wrote in their place", seal->file, place + i);
      seal->stored = place + i;
    }
  }
  for (guint i = 0; i < pending->len; i++) add_entry(seal, pending->pdata[i]);
  seal->generation = get64(head + 16);
  return true;
}

static bool open_file(struct seal *seal, GError **error) {
  seal->handle = g_open(seal->file, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (seal->handle < 0) return fail_file(seal->file, "opened", error);
  if (!lock_file(seal, F_WRLCK, error)) return false;
  off_t size = lseek(seal->handle, 0, SEEK_END);
  seal->generation = UINT64_MAX; /* so the first of a new file is 0 */
  bool fine = size > 0 ? read_file(seal, error) : finish_file(seal, error);
  return lock_file(seal, F_UNLCK, error) && fine;
}

struct seal *seal_new(const char *file, const uint8_t master[32], GError **error) {
  if (sodium_init() < 0) return fail(error, MENO_ERROR_INTERNAL, "libsodium cannot start"), NULL;
  struct seal *seal = g_new0(struct seal, 1);
  seal->file = g_strdup(file);
  seal->handle = -1;
  g_mutex_init(&seal->lock);
  seal->entries = g_ptr_array_new_with_free_func(entry_free);
  seal->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
  seal->by_owner = g_hash_table_new(g_str_hash, g_str_equal);
  subkey(master, "meno wraps keys", seal->wrap, sizeof seal->wrap);
  subkey(master, "meno names actors", seal->names, sizeof seal->names);
  subkey(master, "meno knows its ring", seal->check, sizeof seal->check);
  if (!file || open_file(seal, error)) return seal;
  seal_free(seal);
  return NULL;
}

void seal_free(struct seal *seal) {
  if (!seal) return;
  if (seal->handle >= 0) close(seal->handle);
  g_hash_table_destroy(seal->by_owner);
  g_hash_table_destroy(seal->by_id);
  g_ptr_array_unref(seal->entries);
  g_mutex_clear(&seal->lock);
  sodium_memzero(seal->wrap, sizeof seal->wrap);
  sodium_memzero(seal->names, sizeof seal->names);
  g_free(seal->file);
  g_free(seal);
}

static bool refresh(struct seal *seal, GError **error) {
  uint8_t now[8];
  if (seal->handle < 0) return true;
  if (pread(seal->handle, now, sizeof now, 16) != (ssize_t)sizeof now) return fail_file(seal->file, "read", error);
  if (get64(now) == seal->generation) return true;
  if (!lock_file(seal, F_RDLCK, error)) return false;
  bool fine = read_file(seal, error);
  return lock_file(seal, F_UNLCK, error) && fine;
}

bool seal_refresh(struct seal *seal, GError **error) {
  if (!seal) return true;
  g_mutex_lock(&seal->lock);
  bool fine = refresh(seal, error);
  g_mutex_unlock(&seal->lock);
  return fine;
}

/* Writes what is pending; the file is locked. */
static bool write_pending(struct seal *seal, GError **error) {
  uint8_t record[RECORD];
  if (!read_file(seal, error)) return false;
  for (; seal->stored < seal->entries->len; seal->stored++) {
    struct entry *entry = seal->entries->pdata[seal->stored];
    const struct entry *known = g_hash_table_lookup(seal->by_owner, entry->owner);
    if (known->destroyed) bury(entry, known->destroyed); /* another process erased its owner meanwhile */
    write_entry(entry, record);
    if (!write_at(seal, record, seal->stored + 1, error)) return false;
  }
  return true;
}

static bool sync_locked(struct seal *seal, GError **error) {
  if (seal->handle < 0 || seal->stored == seal->entries->len) return true;
  if (!lock_file(seal, F_WRLCK, error)) return false;
  bool fine = write_pending(seal, error) && finish_file(seal, error);
  return lock_file(seal, F_UNLCK, error) && fine;
}

bool seal_sync(struct seal *seal, GError **error) {
  if (!seal) return true;
  g_mutex_lock(&seal->lock);
  bool fine = sync_locked(seal, error);
  g_mutex_unlock(&seal->lock);
  return fine;
}

/* ---- names ------------------------------------------------------------------------------------------------------ */

char *seal_actor(const struct seal *seal, const char *text) {
  char *id = id_person(seal->names, text); /* the same form under another key: "p-" becomes "a-" */
  id[0] = 'a';
  return id;
}

char *seal_period(const char *kind, int64_t recorded) {
  char day[CLOCK_TEXT];
  clock_format_day(clock_day(recorded), day);
  day[7] = 0; /* the month */
  return g_strconcat("period:", kind, ":", day, NULL);
}

/* ---- values ----------------------------------------------------------------------------------------------------- */

bool seal_is_sealed(const char *text) { return g_str_has_prefix(text, PREFIX); }

/* ---- base64url: ciphertext is no secret, so this need not take the same time for all of it ---- */

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/* Behind the prefix, without padding; newly allocated. */
static char *encode(const uint8_t *bytes, size_t length) {
  char *text = g_malloc(sizeof PREFIX + (length + 2) / 3 * 4), *to = text + sizeof PREFIX - 1;
  memcpy(text, PREFIX, sizeof PREFIX - 1);
  for (size_t i = 0; i < length; i += 3) {
    size_t left = MIN(length - i, 3);
    uint32_t three = (uint32_t)bytes[i] << 16 | (left > 1 ? (uint32_t)bytes[i + 1] << 8 : 0) | (left > 2 ? bytes[i + 2] : 0);
    for (size_t k = 0; k <= left; k++) *to++ = letters[three >> (18 - 6 * k) & 63];
  }
  *to = 0;
  return text;
}

static const int8_t *letter_values(void) {
  static gsize ready;
  static int8_t values[256];
  if (g_once_init_enter(&ready)) {
    memset(values, -1, sizeof values);
    for (int i = 0; i < 64; i++) values[(uint8_t)letters[i]] = (int8_t)i;
    g_once_init_leave(&ready, 1);
  }
  return values;
}

/* Strict: each value has one spelling, so the bits that a last letter has too many are zero. `out` holds length / 4 * 3 + 2. */
static bool decode_letters(const char *text, size_t length, uint8_t *out, size_t *ret_length) {
  const int8_t *values = letter_values();
  uint32_t held = 0;
  int bits = 0;
  uint8_t *to = out;
  for (size_t i = 0; i < length; i++) {
    int value = values[(uint8_t)text[i]];
    if (value < 0) return false;
    held = held << 6 | (uint32_t)value;
    if ((bits += 6) >= 8) *to++ = (uint8_t)(held >> (bits -= 8));
  }
  *ret_length = (size_t)(to - out);
  return bits < 6 && !(held & ((1u << bits) - 1));
}

/* 64 bytes: the key of the cipher, and that of the nonce. */
static void derive(struct entry *owner, const struct entry *period, uint8_t out[2 * KEY]) {
  static const uint8_t none[KEY];
  uint64_t with = period ? period->id : 0;
  if (!owner->has_derived || owner->derived_with != with) crypto_generichash(owner->derived, sizeof owner->derived, owner->key, KEY, period ? period->key : none, KEY);
  owner->has_derived = true;
  owner->derived_with = with;
  memcpy(out, owner->derived, sizeof owner->derived);
}

static GByteArray *bound_to(const uint8_t head[HEAD], size_t head_length, struct uuid event, const char *field) {
  GByteArray *data = g_byte_array_sized_new(128);
  g_byte_array_append(data, head, (guint)head_length);
  g_byte_array_append(data, event.bytes, sizeof event.bytes);
  g_byte_array_append(data, (const guint8 *)field, (guint)strlen(field));
  return data;
}

/* The keys to seal with, copied out from under the lock; false: one is destroyed, or not there and not to be made. */
static bool keys_for(struct seal *seal, const char *owner, const char *period, bool make, int64_t now, uint8_t head[HEAD], uint8_t keys[2 * KEY]) {
  if (!owner) owner = HOUSE;
  g_mutex_lock(&seal->lock);
  struct entry *of = make ? key_of(seal, owner, now) : known_key(seal, owner), *in = NULL;
  if (of && period) in = make ? key_of(seal, period, now) : known_key(seal, period);
  bool fine = of && (!period || in);
  if (fine) {
    head[0] = VERSION;
    put64(head + 1, of->id);
    put64(head + 9, in ? in->id : 0);
    derive(of, in, keys);
  }
  g_mutex_unlock(&seal->lock);
  return fine;
}

static uint8_t *seal_with(const uint8_t keys[2 * KEY], uint8_t head[HEAD], struct uuid event, const char *field, char letter, const void *value, size_t length, size_t *ret_length) {
  g_autofree uint8_t *plain = g_malloc(length + 1);
  plain[0] = (uint8_t)letter;
  if (length) memcpy(plain + 1, value, length);
  g_autoptr(GByteArray) data = bound_to(head, HEAD - NONCE, event, field);
  crypto_generichash_state hash;
  crypto_generichash_init(&hash, keys + KEY, KEY, NONCE);
  crypto_generichash_update(&hash, data->data, data->len);
  crypto_generichash_update(&hash, (const uint8_t[]){ 0 }, 1); /* a field has no NUL: event and field end here */
  crypto_generichash_update(&hash, plain, length + 1);
  crypto_generichash_final(&hash, head + HEAD - NONCE, NONCE);
  *ret_length = HEAD + length + 1 + TAG;
  uint8_t *bytes = g_malloc(*ret_length);
  memcpy(bytes, head, HEAD);
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes + HEAD, NULL, plain, length + 1, data->data, data->len, NULL, head + HEAD - NONCE, keys);
  sodium_memzero(plain, length + 1);
  return bytes;
}

char *seal_value(struct seal *seal, const char *owner, const char *period, struct uuid event, const char *field, const char *value, size_t length, bool json, int64_t now) {
  uint8_t keys[2 * KEY], head[HEAD];
  size_t whole;
  if (!keys_for(seal, owner, period, true, now, head, keys)) return NULL;
  g_autofree uint8_t *bytes = seal_with(keys, head, event, field, json ? 'j' : 't', value, length, &whole);
  sodium_memzero(keys, sizeof keys);
  return encode(bytes, whole);
}

uint8_t *seal_bytes(struct seal *seal, const char *owner, const char *period, struct uuid event, const char *field, const void *data, size_t length, bool make, int64_t now, size_t *ret_length) {
  uint8_t keys[2 * KEY], head[HEAD];
  if (!keys_for(seal, owner, period, make, now, head, keys)) return NULL;
  uint8_t *bytes = seal_with(keys, head, event, field, 'b', data, length, ret_length);
  sodium_memzero(keys, sizeof keys);
  return bytes;
}

static struct entry *find_entry(struct seal *seal, uint64_t id) {
  struct entry *entry = g_hash_table_lookup(seal->by_id, &id);
  if (!entry && refresh(seal, NULL)) entry = g_hash_table_lookup(seal->by_id, &id);
  return entry;
}

static enum seal_state keys_to(struct seal *seal, const uint8_t *head, uint8_t keys[2 * KEY]) {
  uint64_t period = get64(head + 9);
  g_mutex_lock(&seal->lock);
  struct entry *of = find_entry(seal, get64(head + 1)), *in = period ? find_entry(seal, period) : NULL;
  bool whole = of && (!period || in);
  enum seal_state state = of && of->destroyed ? SEAL_ERASED : in && in->destroyed ? SEAL_EXPIRED : SEAL_LOCKED;
  if (whole && unwrap_key(seal, of) && (!in || unwrap_key(seal, in))) {
    derive(of, in, keys);
    state = SEAL_OPEN;
  }
  g_mutex_unlock(&seal->lock);
  return state;
}

/* The value's letter and bytes; NULL and a state that says why not. */
static char *open_bytes(struct seal *seal, const uint8_t *bytes, size_t length, struct uuid event, const char *field, enum seal_state *state) {
  uint8_t keys[2 * KEY];
  *state = SEAL_LOCKED;
  if (!bytes || !seal) return NULL;
  *state = keys_to(seal, bytes, keys);
  if (*state != SEAL_OPEN) return NULL;
  size_t plain = length - HEAD - TAG;
  g_autofree char *out = g_malloc(plain + 1);
  g_autoptr(GByteArray) data = bound_to(bytes, HEAD - NONCE, event, field);
  int bad = crypto_aead_xchacha20poly1305_ietf_decrypt((uint8_t *)out, NULL, NULL, bytes + HEAD, length - HEAD, data->data, data->len, bytes + HEAD - NONCE, keys);
  sodium_memzero(keys, sizeof keys);
  out[plain] = 0;
  if (!bad) return g_steal_pointer(&out);
  *state = SEAL_LOCKED;
  return NULL;
}

uint8_t *seal_open(struct seal *seal, const void *data, size_t length, struct uuid event, const char *field, enum seal_state *ret_state, size_t *ret_length) {
  const uint8_t *bytes = data;
  bool whole = bytes && length >= HEAD + 1 + TAG && bytes[0] == VERSION;
  g_autofree char *plain = open_bytes(seal, whole ? bytes : NULL, length, event, field, ret_state);
  if (!plain) return NULL;
  *ret_length = length - HEAD - TAG - 1;
  memmove(plain, plain + 1, *ret_length + 1);
  return (uint8_t *)g_steal_pointer(&plain);
}

/* The bytes of a sealed text; NULL: it is none. */
static uint8_t *decode(const char *text, size_t *ret_length) {
  const char *from = text + sizeof PREFIX - 1;
  size_t length = strlen(from);
  g_autofree uint8_t *bytes = g_malloc(length / 4 * 3 + 3);
  bool fine = decode_letters(from, length, bytes, ret_length);
  return fine && *ret_length >= HEAD + 1 + TAG && bytes[0] == VERSION ? g_steal_pointer(&bytes) : NULL;
}

char *seal_owner(struct seal *seal, const char *text) {
  size_t length;
  g_autofree uint8_t *bytes = seal_is_sealed(text) ? decode(text, &length) : NULL;
  if (!bytes) return NULL;
  g_mutex_lock(&seal->lock);
  const struct entry *entry = find_entry(seal, get64(bytes + 1));
  char *owner = entry ? g_strdup(entry->owner) : NULL;
  g_mutex_unlock(&seal->lock);
  return owner;
}

char *seal_reveal(struct seal *seal, const char *text, struct uuid event, const char *field, enum seal_state *ret_state, bool *ret_json) {
  static const char *const words[] = { [SEAL_ERASED] = "(erased)", [SEAL_EXPIRED] = "(past its retention)", [SEAL_LOCKED] = "(its key is missing)" };
  enum seal_state state = SEAL_CLEAR;
  char *value = NULL;
  if (ret_json) *ret_json = false;
  if (text && seal_is_sealed(text)) {
    size_t length = 0;
    g_autofree uint8_t *bytes = decode(text, &length);
    g_autofree char *plain = open_bytes(seal, bytes, length, event, field, &state);
    if (plain && ret_json) *ret_json = plain[0] == 'j';
    value = g_strdup(plain ? plain + 1 : words[state]);
  } else value = g_strdup(text);
  if (ret_state) *ret_state = state;
  return value;
}

int64_t seal_digest(struct seal *seal, const char *owner, const char *body, size_t length, int64_t now) {
  uint8_t keys[2 * KEY], hash[16];
  g_mutex_lock(&seal->lock);
  const struct entry *of = key_of(seal, owner ? owner : HOUSE, now), *digests = of ? key_of(seal, DIGESTS, now) : NULL;
  if (digests) { /* both as one key of 64 bytes: no key that seals also makes digests */
    memcpy(keys, of->key, KEY);
    memcpy(keys + KEY, digests->key, KEY);
  }
  g_mutex_unlock(&seal->lock);
  if (!digests) return 0;
  crypto_generichash(hash, sizeof hash, (const uint8_t *)body, length, keys, sizeof keys);
  sodium_memzero(keys, sizeof keys);
  int64_t value = (int64_t)get64(hash);
  return value ? value : 1;
}

/* ---- destroying, naming ----------------------------------------------------------------------------------------- */

static bool destroy_locked(struct seal *seal, const char *owner, int64_t now, GError **error) {
  uint8_t record[RECORD];
  if (seal->handle >= 0 && !write_pending(seal, error)) return false;
  if (!g_hash_table_contains(seal->by_owner, owner)) make_entry(seal, owner, now); /* a tombstone for what a backup may bring */
  for (guint i = 0; i < seal->entries->len; i++) {
    struct entry *entry = seal->entries->pdata[i];
    if (entry->destroyed || strcmp(entry->owner, owner) != 0) continue;
    bury(entry, now);
    g_hash_table_insert(seal->by_owner, entry->owner, entry);
    if (seal->handle < 0) continue;
    write_entry(entry, record);
    if (!write_at(seal, record, i + 1, error)) return false;
    seal->stored = MAX(seal->stored, i + 1);
  }
  return seal->handle < 0 || finish_file(seal, error);
}

bool seal_destroy(struct seal *seal, const char *owner, int64_t now, GError **error) {
  if (strlen(owner) > SEAL_OWNER_MOST) return fail(error, MENO_ERROR_BAD_INPUT, "\"%.*s…\" is longer than a key's name can be", SEAL_OWNER_MOST, owner);
  g_mutex_lock(&seal->lock);
  bool locked = seal->handle < 0 || lock_file(seal, F_WRLCK, error);
  bool fine = locked && destroy_locked(seal, owner, now, error);
  if (locked && seal->handle >= 0) fine = lock_file(seal, F_UNLCK, error) && fine;
  g_mutex_unlock(&seal->lock);
  return fine;
}

bool seal_is_destroyed(struct seal *seal, const char *owner) {
  g_mutex_lock(&seal->lock);
  const struct entry *entry = g_hash_table_lookup(seal->by_owner, owner);
  bool destroyed = entry && entry->destroyed;
  g_mutex_unlock(&seal->lock);
  return destroyed;
}

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

GPtrArray *seal_names(struct seal *seal, const char *prefix, bool destroyed) {
  GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
  GHashTableIter it;
  void *owner, *entry;
  g_mutex_lock(&seal->lock);
  g_hash_table_iter_init(&it, seal->by_owner);
  while (g_hash_table_iter_next(&it, &owner, &entry))
    if (g_str_has_prefix(owner, prefix) && (((const struct entry *)entry)->destroyed != 0) == destroyed) g_ptr_array_add(names, g_strdup(owner));
  g_mutex_unlock(&seal->lock);
  g_ptr_array_sort(names, by_name);
  return names;
}

/* ---- backup ----------------------------------------------------------------------------------------------------- */

bool seal_export(struct seal *seal, const char *file, GError **error) {
  g_autoptr(GByteArray) all = g_byte_array_new();
  g_autoptr(GError) problem = NULL;
  uint8_t record[RECORD];
  g_mutex_lock(&seal->lock);
  bool fine = refresh(seal, error);
  write_head(seal, record);
  g_byte_array_append(all, record, RECORD);
  for (guint i = 0; fine && i < seal->entries->len; i++) {
    write_entry(seal->entries->pdata[i], record);
    g_byte_array_append(all, record, RECORD);
  }
  g_mutex_unlock(&seal->lock);
  if (!fine) return false;
  return g_file_set_contents_full(file, (const char *)all->data, all->len, G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600, &problem) ||
    fail(error, MENO_ERROR_STORE, "%s", problem->message);
}

/* One record of a backup against what is here. */
static bool merge_entry(struct seal *seal, struct entry *entry, int64_t now, struct seal_merge *merge, GPtrArray *doomed) {
  const struct entry *here = g_hash_table_lookup(seal->by_owner, entry->owner);
  bool gone = here && here->destroyed;
  if (entry->destroyed && !gone) {
    merge->destroyed++;
    g_ptr_array_add(doomed, g_strdup(entry->owner));
  } else if (!entry->destroyed && gone) merge->refused++;
  else if (!entry->destroyed && !g_hash_table_contains(seal->by_id, &entry->id)) {
    if (!unwrap_key(seal, entry)) return false;
    /* behind the ring's own key of that owner, which goes on being the one that seals */
    merge->added++;
    g_ptr_array_add(seal->entries, entry);
    g_hash_table_insert(seal->by_id, &entry->id, entry);
    if (!here) g_hash_table_insert(seal->by_owner, entry->owner, entry);
    return true;
  }
  entry_free(entry);
  return true;
}

bool seal_import(struct seal *seal, const char *file, int64_t now, struct seal_merge *ret_merge, GError **error) {
  g_autofree char *bytes = NULL;
  g_autoptr(GError) problem = NULL;
  g_autoptr(GPtrArray) doomed = g_ptr_array_new_with_free_func(g_free);
  gsize length = 0;
  struct seal_merge merge = { 0 };
  if (!g_file_get_contents(file, &bytes, &length, &problem)) return fail(error, MENO_ERROR_NOT_FOUND, "%s", problem->message);
  if (length < RECORD || length % RECORD) return fail(error, MENO_ERROR_BAD_INPUT, "the file \"%s\" is no ring of keys of this Meno", file);
  if (!check_head(seal, file, (const uint8_t *)bytes, error)) return false;
  for (gsize at = RECORD; at < length; at += RECORD) { /* all of it is looked at before any of it is taken */
    struct entry *entry = read_entry((const uint8_t *)bytes + at);
    bool fine = entry && (entry->destroyed || unwrap_key(seal, entry));
    if (entry) entry_free(entry);
    if (!fine) return fail(error, MENO_ERROR_BAD_INPUT, "the keys \"%s\" are damaged at record %d; take another copy", file, (int)(at / RECORD));
  }
  g_mutex_lock(&seal->lock);
  bool fine = refresh(seal, error);
  for (gsize at = RECORD; fine && at < length; at += RECORD) merge_entry(seal, read_entry((const uint8_t *)bytes + at), now, &merge, doomed);
  fine = fine && sync_locked(seal, error);
  g_mutex_unlock(&seal->lock);
  for (guint i = 0; fine && i < doomed->len; i++) fine = seal_destroy(seal, doomed->pdata[i], now, error);
  if (fine) *ret_merge = merge;
  return fine;
}
