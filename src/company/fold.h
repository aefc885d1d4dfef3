/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The company's event kinds and folds. */
#pragma once
#include "company/formats.h"
#include "ledger/ledger.h"

extern const struct event_kind company_kinds[];
extern const struct fold company_folds[];

/* Where a term stands in its statement: what a plain filter of the xAPI door looks at, what only a related_ one does, who vouches. */
enum place { PLACE_DIRECT, PLACE_RELATED, PLACE_AUTHORITY, PLACE_COUNT };

/* A term of a statement from the door: its number, and a letter for its role: a the actor, v the verb, o the object, d another that a plain
 * filter finds (an agent as object, a member, the registration), r one that only a related_ filter finds, w who vouches, h the room that who
 * vouches is of, t the activity's type, which none finds. */
struct statement_ref { int64_t term; char role; };
GArray *statement_refs(const char *text); /* "ac v3 o14 w5"; of struct statement_ref */
#define STATEMENT_BASE 36 /* of its numbers */
enum place statement_place(char role);
/* Events whose statements' terms are written to statement_term together: with more, one commit takes longer (a fifth of a second); with fewer, more pages
 * are written for each, and more than one statement of a hundred waits for such a commit. */
#define STATEMENTS_ROLLED 16384
