/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The snapshot that agents and pages read, from the tables that the folds keep. Immutable and shared by reference. */
#pragma once
#include "company/company.h"
#include "ledger/seal.h"
#include "store/store.h"

/* Everything as of `day` (who is a member today), opened with the ring (NULL: nothing is sealed). Free with company_unref. */
struct company *company_load(struct db *db, struct seal *seal, int32_t day, GError **error);
struct company *company_ref(struct company *company);
void company_unref(struct company *company);
typedef struct company company_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(company_auto, company_unref)

/* The version that a load would have now: the event of the newest import or decision that it would contain. */
int64_t company_version(struct db *db, GError **error);

/* Look-ups by the outside name; -1: none. Linear where the list is short, else by the loaded index. */
int company_person(const struct company *company, const char *id);
int company_team(const struct company *company, const char *name);
int company_skill(const struct company *company, const char *id);
int company_goal(const struct company *company, const char *id);
/* The live need of that id; NULL: none. */
const struct known_need *known_need_named(const struct company *company, const char *id);
int company_department(const struct company *company, const char *name);
