/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company's own documents, the Markdown files in src/sim/sources, kept as files and linked in as a resource. Each opens with front
 * matter in which {{head:N}} stands for the head of department N of the catalogue and {{day:N}} for the day N days after
 * the end of the history; the rest is text as people wrote it.
 *
 * How it can be wrong: the documents do not depend on the seed, so they speak of every process and skill, troubled or not. */
#include "sim/files.h"
#include "sim/sim-sources.h"

#define FOLDER "/sim/sources"

static void put_value(const struct world *world, GString *out, const char *what)
{
  char text[CLOCK_TEXT];
  if (g_str_has_prefix(what, "day:")) {
    g_string_append(out, clock_format_day(world->options.until + (int32_t)g_ascii_strtoll(what + 4, NULL, 10), text));
  } else {
    g_assert(g_str_has_prefix(what, "head:"));
    uint64_t department = g_ascii_strtoull(what + 5, NULL, 10);
    g_assert(department < DEPT_COUNT);
    const struct person *head = sim_person(world, (unsigned)world->seats[world->head_seat[department]].holder);
    g_string_append_printf(out, "%s %s", head->given, head->family);
  }
}

static bool write_source(const struct world *world, GResource *resource, const char *dir, const char *name, GError **error)
{
  g_autofree char *path = g_strconcat(FOLDER "/", name, NULL);
  g_autoptr(GBytes) bytes = g_resource_lookup_data(resource, path, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (bytes == NULL)
    return false;
  size_t length = 0;
  const char *text = g_bytes_get_data(bytes, &length), *end = text + length, *open;
  g_autoptr(GString) out = g_string_sized_new(length);
  while ((open = g_strstr_len(text, end - text, "{{")) != NULL) {
    const char *close = g_strstr_len(open, end - open, "}}");
    g_assert(close != NULL);
    g_autofree char *what = g_strndup(open + 2, (size_t)(close - open - 2));
    g_string_append_len(out, text, open - text);
    put_value(world, out, what);
    text = close + 2;
  }
  g_string_append_len(out, text, end - text);
  return sheet_save_text(dir, name, out->str, out->len, error);
}

bool sim_sources_write(const struct world *world, const char *dir, GError **error)
{
  g_autofree char *folder = g_build_filename(dir, "sources", NULL);
  if (g_mkdir_with_parents(folder, 0777) != 0)
    return fail(error, MENO_ERROR_STORE, "cannot make the directory \"%s\"; choose another place", folder);
  GResource *resource = sim_sources_get_resource();
  g_auto(GStrv) names = g_resource_enumerate_children(resource, FOLDER, G_RESOURCE_LOOKUP_FLAGS_NONE, error);
  if (names == NULL)
    return false;
  for (unsigned i = 0; names[i] != NULL; i++)
    if (!write_source(world, resource, folder, names[i], error))
      return false;
  return true;
}
