/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The matrix of roles and permissions, made of access.def. There is no inheritance between roles and no rule that adds a
 * permission from elsewhere: what the file does not give is refused. */
#include "gate/access.h"
#include <string.h>

const struct role_row access_roles[ROLE_COUNT] = {
#define ROLE(id, title, help) [ROLE_BIT_##id] = { title, help },
#include "gate/access.def"
#undef ROLE
};

#define R(id) ROLE_##id
const struct permission_row access_permissions[PERMISSION_COUNT] = {
#define PERMISSION(id, roles, help) [MAY_##id] = { #id, roles, help },
#include "gate/access.def"
#undef PERMISSION
};
#undef R

bool access_allows(unsigned roles, enum permission may) {
  return (unsigned)may < PERMISSION_COUNT && (access_permissions[may].roles & roles) != 0;
}

static int find_role(const char *word) {
  for (int i = 0; i < ROLE_COUNT; i++)
    if (g_ascii_strcasecmp(word, access_roles[i].title) == 0) return i;
  return -1;
}

bool access_parse_roles(const char *text, unsigned *ret_roles, GError **error) {
  unsigned roles = 0;
  g_auto(GStrv) words = g_strsplit(text, ",", ROLE_COUNT + 1);
  for (size_t i = 0; words[i]; i++) {
    int role = find_role(g_strstrip(words[i]));
    if (role < 0) {
      g_autoptr(GString) known = g_string_new(NULL);
      for (int k = 0; k < ROLE_COUNT; k++) g_string_append_printf(known, "%s%s", k ? ", " : "", access_roles[k].title);
      return fail(error, MENO_ERROR_BAD_INPUT, "\"%s\" is no role; the roles are: %s", words[i], known->str);
    }
    roles |= 1u << role;
  }
  if (!roles) return fail(error, MENO_ERROR_BAD_INPUT, "no role given; an account needs at least one");
  *ret_roles = roles;
  return true;
}
