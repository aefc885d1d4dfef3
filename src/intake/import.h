/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An import: from an intake to events. Only what is new or changed against the company's tables becomes events, so every
 * file may come again, whole or grown. Events are staged in chunks under the import's id and become visible at once with
 * `import.committed`; an import that was killed leaves nothing visible, and the same files continue where it stopped. */
#pragma once
#include "intake/intake.h"
#include "ledger/ledger.h"

struct import_request {
  const struct intake_file *files; size_t count;
  const struct intake_file *mapping; /* NULL: none, or import.yaml among the files */
  bool dry_run, skip_bad;
  GHashTable *answers;               /* to an earlier report's questions, as struct intake_known has them; NULL: none */
  const char *actor;
  const uint8_t *key;                /* 32 bytes, for opaque person ids */
  bool (*progress)(void *data, const char *what, double share); void *data; /* may be NULL */
};

/* Writes the report's members: id (null where nothing was committed), refused (why not; null), dry_run, files, problems,
 * problem_count, warnings, preview, questions, mapping (the draft that follows the answers; null: none is needed). A refusal for bad rows is a report, not an error. */
bool import_run(struct ledger *ledger, int64_t now, const struct import_request *request, struct json_writer *report, GError **error);

/* Takes a committed import back and rebuilds the tables without it. CONFLICT once a person's decision rests on it. */
bool import_undo(struct ledger *ledger, int64_t now, const char *id, const char *actor, GError **error);
/* The same within a write and whatever rests on it: for a roll-back that people accepted. `cause`: their proposal's event. */
bool import_take_back(struct ledger_write *write, const char *id, const char *actor, int64_t cause, GError **error);
/* May it be taken back? 1; 0 with the reason, newly allocated; -1. */
int import_may_undo(struct db *db, const char *id, char **ret_reason, GError **error);
