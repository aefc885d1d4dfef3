/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * JSON for the xAPI tests, written with ' for ". */
#pragma once
#include "base/json.h"
#include <string.h>

static inline char *quoted(const char *text) {
  char *json = g_strdup(text);
  for (char *p = json; *p; p++)
    if (*p == '\'') *p = '"';
  return json;
}

/* The text lives as long as the test. */
static inline struct json_doc *parse(const char *text) {
  g_autofree char *copy = quoted(text);
  const char *json = g_intern_string(copy);
  g_autoptr(GError) error = NULL;
  struct json_doc *doc = json_parse(json, strlen(json), &error);
  if (!doc) g_error("%s: %s", json, error->message);
  return doc;
}
