/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the two files of a study share: study.c runs designs on panels, study-series.c those on one series or one row per unit. */
#pragma once
#include "stats/study.h"

void study_note(struct study_result *r, const char *key, double number);
void study_note_text(struct study_result *r, const char *key, const char *text);
void study_note_panel(struct study_result *r, const struct panel *panel);
void study_effect(struct study_result *r, const char *kind, int64_t group, int64_t time, double estimate, double se, double low, double high, bool post);
/* Which of `choices` (NULL-ended) the study's method names; −1: none of them, `error` is set. 0 for no method. */
int study_choice(const struct study *study, const char *const *choices, GError **error);
/* What stands against a verdict, in words; the first one counts. */
void study_doubt(struct study_result *r, const char **doubt, const char *format, ...) G_GNUC_PRINTF(3, 4);

bool study_its(const struct study *study, struct study_result *r, const char **doubt, GError **error);
bool study_bsts(const struct study *study, struct study_result *r, const char **doubt, GError **error);
bool study_rct(const struct study *study, struct study_result *r, const char **doubt, GError **error);
bool study_match(const struct study *study, struct study_result *r, const char **doubt, GError **error);
