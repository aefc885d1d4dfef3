/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A toy house behind the door, for the door's tests and its benchmark: a few operations on nothing, one account per role,
 * a database in memory, and a clock that stands where it is put. It takes the place of the operations' room. */
#pragma once
#include "doors/server.h"
#include "gate/account.h"

#define TOY_PASSWORD "a long toy password"

struct system *toy_open(void); /* accounts "lead", "admin", "employee" … by the first word of each role's title */
void toy_close(struct system *system);
/* The "toys wait" job goes on, or ends as it likes. */
void toy_let_go(void);
