/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Evidence rules, read from one declarative file: which xAPI statements say something about a skill, about which, and how much
 * that weighs; and whose accounts are whose. Plain data, immutable once read; any number of threads may read them.
 *
 * The file that Meno carries (evidence.yaml) holds until somebody sets another: that is an event, evidence.ruled, with who and why.
 * They are applied where the company is loaded, so a change holds for all history at once. */
#pragma once
#include "base/json.h"
#include "base/yaml.h"
#include "company/company.h"

enum { EVIDENCE_RULES_MOST = 64 /* bits of a mask */ };

/* What a rule asks of something that a statement may tell. */
enum evidence_ask { ASK_NOTHING, ASK_TOLD, ASK_NOT_TOLD, ASK_YES, ASK_NO, ASK_RANGE };
struct evidence_number { enum evidence_ask ask; double least, below; /* of ASK_RANGE; NAN: open */ };

struct evidence_rule {
  const char *name, *because;
  const char **verbs, **types;              /* IRIs; NULL-terminated; empty: any */
  const char **verb_words, **type_words;    /* the same as the file calls them */
  struct evidence_number score, progress;
  enum evidence_ask success, completion;
  bool nothing;                             /* it counts for nothing; what follows says nothing then */
  enum result_kind kind;
  double weight, fixed;                     /* in results of an assessment; the score that it stands for, NAN: the stated one */
  bool once;                                /* per person, skill and activity: the first alone */
  const char *skill;                        /* whatever the activity is called; NULL: as the activity says */
};
struct evidence_account { const char *home; bool by_address; /* names are work addresses, else employee numbers */ };
struct evidence_activity { const char *id, *skill; };

struct evidence_rules {
  char *revision;                           /* "e-…", of the content: comments and layout do not change it */
  char *text;                               /* as it was written */
  char *unreadable;                         /* why no rule could be read from it; NULL */
  struct evidence_rule *rules; int rule_count;
  struct evidence_account *accounts; int account_count;
  struct evidence_activity *activities; int activity_count; /* with what is below them */
  bool by_id, by_name;                      /* a segment of the activity's id, and its name, may be a skill's id, name or alias */
  struct yaml_doc *doc;                     /* owns the texts */
};

/* Error: BAD_INPUT "name:line:column: …". */
struct evidence_rules *evidence_rules_parse(const char *name, const char *text, size_t length, GError **error);
/* Rules by which nothing counts, with the reason. */
struct evidence_rules *evidence_rules_unreadable(const char *revision, const char *text, const char *why);
void evidence_rules_free(struct evidence_rules *rules);
typedef struct evidence_rules evidence_rules_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(evidence_rules_auto, evidence_rules_free)
const char *evidence_rules_carried(size_t *ret_length); /* the text of the file that Meno carries */

/* What a statement tells: NULL, NAN and -1 where it does not. */
struct evidence_told { const char *verb, *type; double score /* 0–1 */, progress /* 0–1 */; int success, completion; };

/* Which rules may fit a statement with this verb and type, as bits; and which of those is the first that fits the rest: its index, -1. */
uint64_t evidence_rules_candidates(const struct evidence_rules *rules, const char *verb, const char *type);
int evidence_rules_first(const struct evidence_rules *rules, uint64_t candidates, const struct evidence_told *told);
/* Does a verb count for nothing, whatever else its statement tells? */
bool evidence_rules_ignore(const struct evidence_rules *rules, const char *verb);
/* What hinders a rule from fitting, in words, newly allocated; NULL: nothing does. */
char *evidence_rule_misses(const struct evidence_rule *rule, const struct evidence_told *told);
/* The skill that the rules name for an activity: its own, or of the nearest above it; NULL none. */
const char *evidence_rules_skill(const struct evidence_rules *rules, const char *activity);

/* Every rule in words, in the file's order; then whose accounts, and how a skill is found. Of char *, owned by the array. */
GPtrArray *evidence_rules_sentences(const struct evidence_rules *rules);
char *evidence_rule_sentence(const struct evidence_rule *rule);
/* What one rule makes of a statement that it fits: "counts as an assessment with the score 0.25, weight 1". Newly allocated. */
char *evidence_rule_counts(const struct evidence_rule *rule);
