/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Declarative files: YAML through libyaml, without anchors, aliases, tags or several documents. Scalars stay text; the
 * reader's user types them by its own schema. Every node knows its place, so errors can name line and column. */
#pragma once
#include "base/error.h"
#include <stddef.h>

enum yaml_type { YAML_SCALAR, YAML_LIST, YAML_MAP };
struct yaml_node {
  enum yaml_type type;
  unsigned line, column;         /* of the value, from 1, in characters */
  unsigned key_line, key_column; /* of the key, in a map */
  const char *key;               /* in a map */
  const char *text;              /* of a scalar; "" where nothing is written */
  bool plain;                    /* a scalar without quotes */
  struct yaml_node *first, *next; /* children; siblings */
};
struct yaml_doc;

/* `name` is how errors call the file. `text` is copied. A byte order mark is tolerated; a file without
 * a value is an error. Error: BAD_INPUT "name:line:column: …"; TOO_LARGE over LIMIT_MAPPING_BYTES. */
struct yaml_doc *yaml_parse(const char *name, const char *text, size_t length, GError **error);
void yaml_doc_free(struct yaml_doc *doc);
typedef struct yaml_doc yaml_doc_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(yaml_doc_auto, yaml_doc_free)

const struct yaml_node *yaml_root(const struct yaml_doc *doc);
const struct yaml_node *yaml_get(const struct yaml_node *map, const char *key); /* NULL: absent */
const char *yaml_text(const struct yaml_node *map, const char *key);            /* NULL: absent or no scalar */
/* Sets BAD_INPUT "name:line:column: …" at the node and returns false. */
bool yaml_fail(const struct yaml_doc *doc, const struct yaml_node *node, GError **error, const char *format, ...) G_GNUC_PRINTF(4, 5);
/* Refuses keys of a map that are not in the NULL-terminated list. */
bool yaml_only(const struct yaml_doc *doc, const struct yaml_node *map, const char *const *keys, GError **error);
