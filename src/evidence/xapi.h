/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * xAPI statements, versions 1.0.3 and 2.0.0 (IEEE 9274.1.1): what is accepted, what is the same, what is stored, what is
 * returned, and what a store has to index. Nothing here knows HTTP, a database or the clock.
 *
 * How a door is built on it. For a request that brings statements:
 *   1. xapi_version_read: the header X-Experience-API-Version. Its major version chooses the rules for the whole request.
 *   2. Content-Type multipart/mixed: xapi_multipart_read (xapi-multipart.h); the first part is the JSON. Otherwise the body is.
 *   3. json_parse, then xapi_check_batch: one statement or an array, every rule, no id twice.
 *   4. xapi_attachments_match (xapi-multipart.h), for JSON alone too: an attachment without fileUrl needs its part. Lengths
 *      need not be exact: ADL's conformance tests send, and want accepted, an attachment whose length is not its data's.
 *   5. xapi_signatures_check (xapi-jws.h) for each statement, with the same parts.
 *   6. For each statement: the id that it has, or a new one; xapi_complete makes the text that is stored (and later returned as
 *      `exact`); xapi_terms_read lists what to index. An id that the store already holds: xapi_same decides between
 *      "the same again" (nothing happens) and a conflict (409).
 *   7. xapi_visit_activities over the statement: for each definition, xapi_merge_definition with the one that is held.
 * For a query: xapi_query_read (xapi-query.h) checks the parameters and makes the keys and roles to look for; each statement found
 * is written as it was stored, or through xapi_write_ids or xapi_write_canonical (xapi-output.h). The parameters of the other
 * resources: xapi_check_agent_text, xapi_is_iri, xapi_is_uuid, xapi_read_time.
 *
 * Errors are BAD_INPUT and read "/3/actor/mbox: "james" is not a mailto IRI; write … (XAPI-00038)": the place as a JSON pointer
 * (RFC 6901; left out with its colon where it is the whole), what is wrong, and the requirement by its number in ADL's list of
 * conformance requirements for learning record stores, or by its clause where that list has none. Duplicate keys, NUL, lone
 * surrogates and bad UTF-8 are refused before, by the JSON reader. All functions that take `struct json` use one document from
 * one thread at a time (base/json.h). */
#pragma once
#include "base/id.h"
#include "base/json.h"

enum xapi_version { XAPI_1_0_3, XAPI_2_0_0 };

/* The request's version: "1.0" and "1.0.x" are XAPI_1_0_3, "2.0" and "2.0.x" XAPI_2_0_0; anything else, or none (NULL), is an error. */
bool xapi_version_read(const char *header, enum xapi_version *ret_version, GError **error);

/* ---- judging ---- */

bool xapi_check_statement(struct json statement, enum xapi_version version, GError **error);
/* One statement or an array of them; no id may stand in it twice. `*ret_count` is how many. */
bool xapi_check_batch(struct json root, enum xapi_version version, size_t *ret_count, GError **error);
/* The parameter `agent`: an Agent, or a Group with an identifier. */
bool xapi_check_agent(struct json agent, enum xapi_version version, GError **error);
bool xapi_check_agent_text(const char *text, size_t length, enum xapi_version version, GError **error);

/* Data types; `text` needs no NUL. */
bool xapi_is_iri(const char *text, size_t length);      /* RFC 3987, absolute; by its characters and its scheme */
bool xapi_is_uri(const char *text, size_t length);      /* RFC 3986: the same in ASCII */
bool xapi_is_mailto(const char *text, size_t length);   /* "mailto:" and one address */
bool xapi_is_uuid(const char *text, size_t length);     /* RFC 4122, standard form, any version */
bool xapi_is_language(const char *text, size_t length); /* RFC 5646, well-formed */
bool xapi_is_duration(const char *text, size_t length); /* ISO 8601:2004 4.4.3.2 */
bool xapi_is_media_type(const char *text, size_t length);
bool xapi_is_sha2(const char *text, size_t length);     /* hexadecimal, 224, 256, 384 or 512 bits */
/* A moment. 2.0.0: RFC 3339. 1.0.3: also ISO 8601's basic form, minutes without seconds, and no zone (then UTC). "-00:00" is
 * refused in both, as ISO 8601 and the conformance tests do. `ret_time` (microseconds, cut) may be NULL. */
bool xapi_read_time(const char *text, size_t length, enum xapi_version version, int64_t *ret_time);

/* ---- the same again ---- */

/* Whether two valid statements say the same (xAPI-Data 2.3.1): what a store assigns (id if one lacks it, authority, stored,
 * version, a missing timestamp), verb displays, activity definitions, the order of group members, one activity for an array of one,
 * how a moment or a number is written, the case of what has none, and durations beyond 0.01 s do not count. The rest does. */
bool xapi_same(struct json a, struct json b);
/* The same, where `received` may also have attachments with a signature that the signed text could not have. */
bool xapi_same_as_signed(struct json received, struct json payload);

/* ---- what a store indexes ---- */

enum xapi_term_kind { XAPI_VERB, XAPI_ACTIVITY, XAPI_AGENT, XAPI_REGISTRATION, XAPI_STATEMENT };
/* Where a term stands in its statement; one term may stand in several places. */
enum xapi_role {
  XAPI_ROLE_ACTOR = 1 << 0,        /* the actor, or a member of the actor */
  XAPI_ROLE_VERB = 1 << 1,
  XAPI_ROLE_OBJECT = 1 << 2,       /* activity, agent (or member), or the statement that a StatementRef names */
  XAPI_ROLE_CONTEXT = 1 << 3,      /* contextActivities; instructor, team, contextAgents, contextGroups; registration */
  XAPI_ROLE_AUTHORITY = 1 << 4,
  XAPI_ROLE_INNER = 1 << 5,        /* anywhere in a SubStatement */
  XAPI_ROLE_VOIDED = 1 << 6,       /* the statement that this one voids (then ROLE_OBJECT too) */
  XAPI_ROLE_CONTEXT_REF = 1 << 7   /* context.statement; no filter asks for it */
};
/* Which roles answer which filter of GET statements. A filter also finds statements whose StatementRef (kind XAPI_STATEMENT,
 * XAPI_ROLE_OBJECT) leads to one that it finds: following those is the store's. */
#define XAPI_FILTER_VERB XAPI_ROLE_VERB
#define XAPI_FILTER_ACTIVITY XAPI_ROLE_OBJECT
#define XAPI_FILTER_RELATED_ACTIVITIES (XAPI_ROLE_OBJECT | XAPI_ROLE_CONTEXT | XAPI_ROLE_INNER)
#define XAPI_FILTER_AGENT (XAPI_ROLE_ACTOR | XAPI_ROLE_OBJECT)
#define XAPI_FILTER_RELATED_AGENTS (XAPI_ROLE_ACTOR | XAPI_ROLE_OBJECT | XAPI_ROLE_CONTEXT | XAPI_ROLE_AUTHORITY | XAPI_ROLE_INNER)
#define XAPI_FILTER_REGISTRATION XAPI_ROLE_CONTEXT

struct xapi_term { enum xapi_term_kind kind; unsigned roles; const char *key; }; /* key: NUL-terminated, owned by the list */
struct xapi_terms { struct xapi_term *items; size_t count; GArray *found; GString *keys; };
typedef struct xapi_terms xapi_terms_auto;
void xapi_terms_init(struct xapi_terms *terms);
void xapi_terms_clear(struct xapi_terms *terms);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(xapi_terms_auto, xapi_terms_clear)
/* The terms of a valid statement, sorted by kind and key, each once. What the list held before is gone; its memory is reused. */
void xapi_terms_read(struct xapi_terms *terms, struct json statement);

/* "mailto:…" (domain in lower case), "mbox_sha1sum:…", "openid:…" or "account:home|name", appended; false: it has no identifier. */
bool xapi_agent_key(struct json agent, GString *out);
/* A UUID in lower case, appended. */
void xapi_uuid_key(struct json uuid, GString *out);

/* Every Activity of a valid statement: its object, its contextActivities, those of a SubStatement. */
typedef void (*xapi_visitor)(struct json node, unsigned roles, void *data);
void xapi_visit_activities(struct json statement, xapi_visitor visit, void *data);
/* Every Agent and Group, members after their group. */
void xapi_visit_agents(struct json statement, xapi_visitor visit, void *data);
