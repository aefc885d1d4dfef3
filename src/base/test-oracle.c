/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * jansson and our own reader both have a json_string, json_integer, json_type …, so they can share neither a source file nor
 * a link. jansson is therefore loaded at run time, where its own names win inside it, and only this file sees its header. */
#include "base/test-oracle.h"
#include <dlfcn.h>
#include <glib.h>
#include <jansson.h>

static struct {
  __typeof__(json_loadb) *loadb;
  __typeof__(json_dumps) *dumps;
  __typeof__(json_equal) *equal;
  __typeof__(json_delete) *delete;
} jansson;

static void bind(void *library, const char *name, void *slot)
{
  *(void **)slot = dlsym(library, name);
  if (*(void **)slot == NULL)
    g_error("jansson has no %s", name);
}

static void load_jansson(void)
{
  static gsize once;
  if (!g_once_init_enter(&once))
    return;
  void *library = dlopen("libjansson.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == NULL)
    g_error("cannot load jansson: %s; install libjansson4", dlerror());
  bind(library, "json_loadb", &jansson.loadb);
  bind(library, "json_dumps", &jansson.dumps);
  bind(library, "json_equal", &jansson.equal);
  bind(library, "json_delete", &jansson.delete);
  g_once_init_leave(&once, 1);
}

/* json_decref is inline in the header and would be bound to a json_delete that is not linked. */
static void let_go(json_t *value)
{
  if (value != NULL && value->refcount != (size_t)-1 && --value->refcount == 0)
    jansson.delete(value);
}

static json_t *load(const char *text, size_t length, json_error_t *error)
{
  load_jansson();
  return jansson.loadb(text, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, error);
}

enum oracle oracle_judge(const char *text, size_t length)
{
  json_error_t error;
  json_t *value = load(text, length, &error);
  enum oracle verdict = value != NULL                                              ? ORACLE_TAKEN
                        : json_error_code(&error) == json_error_numeric_overflow ? ORACLE_OVERFLOW
                                                                                   : ORACLE_REFUSED;
  let_go(value);
  return verdict;
}

bool oracle_same(const char *a, size_t a_length, const char *b, size_t b_length)
{
  json_error_t error;
  json_t *left = load(a, a_length, &error), *right = load(b, b_length, &error);
  bool same = left != NULL && right != NULL && jansson.equal(left, right);
  let_go(left);
  let_go(right);
  return same;
}

char *oracle_canonical(const char *text, size_t length)
{
  json_error_t error;
  json_t *value = load(text, length, &error);
  if (value == NULL)
    return NULL;
  char *dumped = jansson.dumps(value, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY);
  let_go(value);
  return dumped;
}
