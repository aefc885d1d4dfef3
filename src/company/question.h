/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What pulse questions ask about, and whether agreeing is good news. */
#pragma once
#include "company/company.h"

/* Per question (arrays of company->questions.count): its topic, as its file gives it, else by its words, TOPIC_NONE where they
 * tell nothing; its sign, -1 where agreeing is bad news ("too much …"), else 1; and the mean of its answers times the
 * sign, 0 where its topic is unknown. */
void questions_read(const struct company *company, enum topic *ret_topic, double *ret_sign, double *ret_mean);
