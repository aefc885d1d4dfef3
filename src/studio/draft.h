/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The built-in drafter: from sources, a topic and a pattern to an asset. It writes no sentence of its own. Sentences are the
 * sources', selected, ordered, and lightly trimmed; what connects them are the pattern's headings and labels. Where the sources lack what
 * a pattern needs, or what they hold would not stand on its own, it leaves out or refuses.
 *
 * An asset is a JSON object, the same in an answer, a proposal and an event:
 *
 *   id, title, modality, pattern, topic, language, drafted_by
 *   blocks    {id, kind: text | list | steps | check, role, heading (null: none), heading_spans (none: the pattern's own words),
 *              items: [{lead: sentence or null, sentences: [sentence]}], questions: [{id, kind, ask, stem: sentence,
 *              options: [{text, spans, right}], feedback: [sentence]}]}; a sentence is {text, spans: [id]}
 *   sources   {name, title, valid_until, licence}, those that it rests on; who owns them stands with the source, which can be erased
 *   spans     {id, source, text, before, after}: what it rests on, as it stood when it was drafted */
#pragma once
#include "base/json.h"
#include "studio/pattern.h"

#define STUDIO_DRAFTER "Meno's built-in drafter 1"

struct draft_request {
  const char *id;                   /* of the asset; NULL: made of topic and pattern */
  const char *topic;                /* as a reader calls it; NULL: the first source's title */
  const char *const *phrases; int phrase_count; /* what the topic is called: name and aliases; none: the sources are on it as a whole */
  const char *context;              /* more words that make a passage fit: goal, cause; may be NULL */
  const int *sources; int source_count; /* indices; 0: all of the library that speak of the topic */
  const struct pattern *pattern;
};

/* How much of each source is on the topic: 0 nothing, from 1 on the whole of it (the more, the more it says what to do), between:
 * some of its sections. */
void draft_relevance(const struct library *library, const char *const *phrases, int count, double *ret_per_source);

/* Writes the asset's members into an object that is open. False: it refuses, nothing is written, and `ret_missing`
 * (newly allocated) says what the sources lack. */
bool draft_asset(const struct library *library, const struct draft_request *request, struct json_writer *out, char **ret_missing);
