/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The table of assumptions, and the file that overrides it:
 *
 *   workforce: 1
 *   assumptions:
 *     pay a year: 92000
 *     hiring months: 4
 *
 * A closed schema like the decision rules': an unknown name or a number out of its bounds is refused with its place, since
 * a misspelt assumption must not silently mean the default. */
#include "company/assumptions.h"
#include "base/json.h"
#include "base/yaml.h"
#include <math.h>
#include <string.h>

#define ASSUMPTION(id, name, unit, value, least, most, what, source) [ASSUME_##id] = { name, unit, value, least, most, what, source },
const struct assumption assumptions[ASSUME_COUNT] = {
#include "company/assumptions.def"
};
#undef ASSUMPTION

void assumptions_of(const struct company *company, double ret_values[ASSUME_COUNT])
{
  for (int i = 0; i < ASSUME_COUNT; i++)
    ret_values[i] = assumptions[i].value;
  for (int i = 0; i < company->assumed.count; i++)
    for (int a = 0; a < ASSUME_COUNT; a++)
      if (strcmp(company->assumed.at[i].name, assumptions[a].name) == 0)
        ret_values[a] = company->assumed.at[i].value;
}

static bool read_one(const struct yaml_doc *doc, const struct yaml_node *node, double *ret_values, GError **error)
{
  for (int a = 0; a < ASSUME_COUNT; a++) {
    const struct assumption *is = &assumptions[a];
    if (strcmp(node->key, is->name) != 0)
      continue;
    char *end = NULL;
    double value = node->type == YAML_SCALAR ? g_ascii_strtod(node->text, &end) : NAN;
    if (node->type != YAML_SCALAR || !*node->text || *end || !isfinite(value) || value < is->least || value > is->most)
      return yaml_fail(doc, node, error, "\"%s\" is not a number from %g to %g; write one", is->name, is->least, is->most);
    ret_values[a] = json_round(value);
    return true;
  }
  struct yaml_node place = *node;
  place.line = node->key_line, place.column = node->key_column;
  return yaml_fail(doc, &place, error, "\"%s\" is no assumption; `meno workforce` lists them", node->key);
}

bool assumptions_parse(const char *name, const char *text, size_t length, double ret_values[ASSUME_COUNT], GError **error)
{
  static const char *const keys[] = { "workforce", "assumptions", NULL };
  g_autoptr(yaml_doc_auto) doc = yaml_parse(name, text, length, error);
  if (doc == NULL)
    return false;
  double values[ASSUME_COUNT];
  for (int a = 0; a < ASSUME_COUNT; a++)
    values[a] = NAN;
  const struct yaml_node *root = yaml_root(doc);
  if (root->type != YAML_MAP)
    return yaml_fail(doc, root, error, "the file is not a map; begin with \"workforce: 1\"");
  if (!yaml_only(doc, root, keys, error))
    return false;
  if (g_strcmp0(yaml_text(root, "workforce"), "1") != 0)
    return yaml_fail(doc, root, error, "the version is missing or unknown; begin with \"workforce: 1\"");
  const struct yaml_node *map = yaml_get(root, "assumptions");
  if (map == NULL || map->type != YAML_MAP)
    return yaml_fail(doc, map ? map : root, error, "\"assumptions\" is not a map of names to numbers; write one");
  for (const struct yaml_node *node = map->first; node != NULL; node = node->next)
    if (!read_one(doc, node, values, error))
      return false;
  memcpy(ret_values, values, sizeof values);
  return true;
}
