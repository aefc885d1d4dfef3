/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Decision rules, read from one declarative file: who decides what (per kind of proposal and risk tier), which yes/no
 * questions the approver answers, how long a proposal stays open, which evidence counts, how risk is scored, and what
 * people own and agents may not set. The rules are plain data, immutable once read; any number of threads may read them. */
#pragma once
#include "base/json.h"
#include "base/yaml.h"
#include "gate/access.h"

enum { TIER_AUTOMATIC, TIER_ONE, TIER_TWO, TIER_HUMAN, TIER_COUNT };
enum { RULES_CRITERIA_LEAST = 2, RULES_CRITERIA_MOST = 3, RULES_STEPS = 8 };

struct rule_criterion { const char *id, *question; };

/* Who decides at one tier. */
struct rule_who {
  bool automatic; int sample;        /* tier 0 only: accepted without a person, but for `sample` of a hundred */
  int people;                        /* how many different people must accept */
  unsigned of, with;                 /* roles that may decide; roles that must be among those who accept */
  bool not_requester, not_confirmer; /* separation of duties */
  bool reason_always;                /* to accept needs a reason, too */
};

struct rule_kind {
  const char *name, *does;           /* "act on need"; what accepting does, as a phrase */
  const char *per;                   /* the member of the body that tells proposals about one subject apart; NULL: one at a time */
  int least_tier;
  struct rule_who who[TIER_COUNT];   /* the file's `who`, overlaid by the kind's own */
  int open_days, rest_days;
  double minutes, least_worth;       /* least_worth 0: whatever it is worth */
  int records, people, sources;      /* evidence: at least so many records of so many sources; what speaks about people counts
                                        where at least `people` stand behind it */
  struct rule_criterion criteria[RULES_CRITERIA_MOST]; int criterion_count;
};

/* Something that people own: claims, members of a body and events that never come from an agent. NULL-terminated lists. */
struct rule_owned { const char *what; unsigned owners; const char **predicates, **members, **events; };

struct rule_step { int from, points; };

struct rules {
  char *revision;                    /* "r-…", a digest of the canonical content: comments and order do not change it */
  char *canonical;                   /* the content as canonical JSON */
  struct rule_owned *owned; int owned_count;
  struct rule_step audience[RULES_STEPS]; int audience_count;
  int regulated, individual, irreversible, novel;
  int taint[6];                      /* by bit of ledger.h's enum taint */
  double low_confidence; int low_points;
  int tier_from[TIER_COUNT];         /* points; ascending; tier 0 from 0 */
  struct rule_who who[TIER_COUNT];
  double budget_minutes;
  struct rule_kind *kinds; int kind_count;
  struct yaml_doc *doc;              /* owns the texts */
};

/* Reads rules; `name` is how errors call the file. Error: BAD_INPUT "name:line:column: …". */
struct rules *rules_parse(const char *name, const char *text, size_t length, GError **error);
/* The rules in force: rules.yaml in the folder `data` if there is one, else the ones that Meno carries. `data` may be NULL. */
struct rules *rules_load(const char *data, GError **error);
void rules_free(struct rules *rules);
typedef struct rules rules_auto;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rules_auto, rules_free)
const char *rules_default_text(size_t *ret_length); /* the file that Meno carries, to be copied and edited */

const struct rule_kind *rules_kind(const struct rules *rules, const char *name); /* NULL: no such kind */

/* What the risk score asks. */
struct risk_factors { int audience; unsigned taint; bool regulated, individual, irreversible, novel; double confidence; /* NAN: unknown */ };
enum risk_factor { RISK_AUDIENCE, RISK_REGULATED, RISK_INDIVIDUAL, RISK_IRREVERSIBLE, RISK_TAINT, RISK_NOVEL, RISK_CONFIDENCE, RISK_FLOOR, RISK_COUNT };
extern const char *const risk_names[RISK_COUNT];
struct risk { int tier, points; int part[RISK_COUNT]; /* points per factor; RISK_FLOOR: tiers added by the kind's floor */ };
/* Deterministic; an unknown confidence counts as low. Never below the kind's least tier, never 0 for what is individual. */
struct risk rules_risk(const struct rules *rules, const struct rule_kind *kind, const struct risk_factors *factors);
/* Members factor, points, text of every factor that counts, as an array under `key`. */
void rules_write_risk(const struct rules *rules, const struct risk *risk, const struct risk_factors *factors, struct json_writer *writer, const char *key);

/* Refuses (FORBIDDEN) what people own: a claim of `predicate` (NULL: a proposal) with this body or value. Members are
 * looked for at the top level: what stands deeper is material of the statement, not the statement. */
bool rules_check_owned(const struct rules *rules, const char *predicate, struct json body, GError **error);
/* Refuses (FORBIDDEN) an event of an owned kind in the name of an agent. */
bool rules_check_event(const struct rules *rules, const char *kind, const char *actor, GError **error);

/* One rule in words: who decides on this kind at this tier, on which evidence, and for how long. Newly allocated. */
char *rules_sentence(const struct rules *rules, const struct rule_kind *kind, int tier);
/* Every rule in words, in the file's order: owned things, points, tiers, the budget, kinds. Of char *, owned by the array. */
GPtrArray *rules_sentences(const struct rules *rules);
/* "lead or approver" with the word "or"; "lead, approver" with NULL, as access_parse_roles reads it. Newly allocated. */
char *rules_role_names(unsigned roles, const char *word);
