/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Words to stems: the first five letters of words of four or more, folded, without those that any text of an L&D
 * department has. Crude on purpose: it needs no language, and what it matches a person reads before anything follows.
 *
 * How it can be wrong: words that mean the same and share no stem; words that share a stem and nothing else. */
#include "company/stems.h"
#include <string.h>

#define STEM 5 /* letters that stand for a word */

static const char *const empty_words[] = { "about", "after", "again", "also", "because", "before", "being", "better", "between", "colleagues",
  "could", "course", "daily", "development", "every", "everybody", "from", "have", "help", "improve", "into", "knowledge", "learn", "learning", "like",
  "more", "much", "need", "needs", "only", "other", "over", "people", "please", "program", "programme", "request", "seminar", "session", "should",
  "skill", "skills", "some", "team", "teams", "than", "that", "their", "them", "there", "they", "this", "time", "train", "training", "want",
  "week", "what", "when", "which", "with", "workshop", "would", "year", "your", "rate", "share", "number", "hours", "days", "percent", "average", "level",
  "first", "second", "third", "next", "last", "whole", "company", "group", "colleague", "would", "practice", "three", "always", "great" };

static bool is_empty(const char *word)
{
  for (size_t i = 0; i < G_N_ELEMENTS(empty_words); i++)
    if (strcmp(word, empty_words[i]) == 0)
      return true;
  return false;
}

GHashTable *stems_new(void)
{
  return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
}

void stems_add(GHashTable *set, const char *text)
{
  if (text == NULL)
    return;
  g_auto(GStrv) words = g_str_tokenize_and_fold(text, NULL, NULL);
  for (char **w = words; *w; w++)
    if (g_utf8_strlen(*w, -1) >= 4 && !is_empty(*w))
      g_hash_table_add(set, g_utf8_substring(*w, 0, MIN(STEM, g_utf8_strlen(*w, -1))));
}

GHashTable *stems_of_goal(const struct company *c, const struct goal *goal)
{
  GHashTable *set = stems_new();
  stems_add(set, goal->name);
  for (int i = 0; i < goal->skill_count; i++) {
    stems_add(set, c->skills.at[goal->skills[i]].name);
    stems_add(set, c->skills.at[goal->skills[i]].aliases);
  }
  return set;
}
