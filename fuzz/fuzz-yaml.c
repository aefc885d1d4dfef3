/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Any bytes as YAML. What is refused names its place in UTF-8; what is taken is a tree whose nodes know their place and whose
 * keys are found. */
#include "base/yaml.h"
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_node(const struct yaml_node *node)
{
  g_assert(node->line > 0 && node->column > 0);
  g_assert((node->type == YAML_SCALAR) == (node->text != NULL));
  unsigned asked = 0;
  for (const struct yaml_node *child = node->first; child != NULL; child = child->next) {
    g_assert((node->type == YAML_MAP) == (child->key != NULL));
    if (child->key != NULL && asked++ < 8)
      g_assert(yaml_get(node, child->key) == child);
    check_node(child);
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
  static const char *const keys[] = { "a", NULL };
  g_autoptr(GError) error = NULL;
  g_autoptr(yaml_doc_auto) doc = yaml_parse("f", (const char *)data, size, &error);
  if (doc != NULL) {
    check_node(yaml_root(doc));
    if (yaml_only(doc, yaml_root(doc), keys, &error))
      return 0;
  }
  g_assert(g_str_has_prefix(error->message, "f:") && g_utf8_validate(error->message, -1, NULL));
  return 0;
}
