/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Roles and permissions: one matrix, access.def. */
#pragma once
#include "base/error.h"

enum role_bit {
#define ROLE(id, title, help) ROLE_BIT_##id,
#include "gate/access.def"
#undef ROLE
  ROLE_COUNT
};
enum role {
#define ROLE(id, title, help) ROLE_##id = 1 << ROLE_BIT_##id,
#include "gate/access.def"
#undef ROLE
};
enum permission {
#define PERMISSION(id, roles, help) MAY_##id,
#include "gate/access.def"
#undef PERMISSION
  PERMISSION_COUNT
};
struct role_row { const char *title, *help; };
struct permission_row { const char *name; unsigned roles; const char *help; };
extern const struct role_row access_roles[ROLE_COUNT];
extern const struct permission_row access_permissions[PERMISSION_COUNT];

bool access_allows(unsigned roles, enum permission may);
/* "lead, manager" → bits; false: a word is no role. */
bool access_parse_roles(const char *text, unsigned *ret_roles, GError **error);
