/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Operations: everything a user can do is one row of one table. The router, the command line's verbs, OpenAPI, the
 * permission matrix, rate limits, the audit line and the help texts all come from the row; a handler gets input that is
 * already checked and typed, and a caller with roles, and writes a JSON view.
 *
 * To add an operation: write its fields and handler in the file of its subject, add its row to that file's table. */
#pragma once
#include "base/clock.h"
#include "base/json.h"

enum field_kind { FIELD_KIND_ID, FIELD_KIND_TEXT, FIELD_KIND_NUMBER, FIELD_KIND_INTEGER, FIELD_KIND_BOOL, FIELD_KIND_DAY, FIELD_KIND_TIME,
                  FIELD_KIND_WORD, FIELD_KIND_TEXTS, FIELD_KIND_OBJECT, FIELD_KIND_LIST, FIELD_KIND_FILES, FIELD_KIND_ANY };
struct field {
  const char *name;
  struct field_type { enum field_kind kind; double least, most; const char *noun; const char *const *words; const struct field *of; } type;
  unsigned flags;
  const char *help;
};
enum { REQUIRED = 1, NULLABLE = 2, IN_PATH = 4 /* a `{name}` of the address, and a plain argument of the verb */,
       FROM_FILE = 8 /* on the command line a path, whose text is the value */,
       BY_NAME = 16 /* of files: on the command line the handler opens them itself, as they may be larger than memory */ };

#define FIELD_ID(noun)            { FIELD_KIND_ID, 0, 0, noun, NULL, NULL }
#define FIELD_TEXT(most)          { FIELD_KIND_TEXT, 0, most, NULL, NULL, NULL }
#define FIELD_NUMBER(least, most) { FIELD_KIND_NUMBER, least, most, NULL, NULL, NULL }
#define FIELD_FIGURE              FIELD_NUMBER(-1e15, 1e15)
#define FIELD_SHARE               FIELD_NUMBER(0, 1)
#define FIELD_INTEGER(least, most) { FIELD_KIND_INTEGER, least, most, NULL, NULL, NULL }
#define FIELD_COUNT               FIELD_INTEGER(0, 9e15)
#define FIELD_BOOL                { FIELD_KIND_BOOL, 0, 0, NULL, NULL, NULL }
#define FIELD_DAY                 { FIELD_KIND_DAY, 0, 0, NULL, NULL, NULL }
#define FIELD_TIME                { FIELD_KIND_TIME, 0, 0, NULL, NULL, NULL }
#define FIELD_WORD(words)         { FIELD_KIND_WORD, 0, 0, NULL, words, NULL }
#define FIELD_TEXTS               { FIELD_KIND_TEXTS, 0, 0, NULL, NULL, NULL }          /* array of strings */
#define FIELD_OBJECT(fields)      { FIELD_KIND_OBJECT, 0, 0, NULL, NULL, fields }
#define FIELD_LIST(fields)        { FIELD_KIND_LIST, 0, 0, NULL, NULL, fields }        /* array of objects */
#define FIELD_FILES               { FIELD_KIND_FILES, 0, 0, NULL, NULL, NULL }          /* multipart parts; paths on the command line */
#define FIELD_ANY                 { FIELD_KIND_ANY, 0, 0, NULL, NULL, NULL }            /* any JSON; say why */

enum method { GET, POST, PUT, DELETE };

/* Who may. One permission per operation; the matrix roles × permissions is gate/access.def. */
#include "gate/access.h"

enum body_kind { BODY_JSON, BODY_FILES /* multipart in */, BODY_FILE_OUT /* the answer is a file, not JSON */ };

struct op_call;
struct op {
  const char *name;            /* "goals weigh": the verb */
  enum method method;
  const char *path;            /* "/goals/{id}/weight", below /api/v1 */
  enum permission may;
  const struct field *in, *out; /* NULL: none. `out` describes an object */
  bool (*run)(struct op_call *call, struct json_writer *out, GError **error); /* writes the object's members: the caller has opened it */
  const char *summary;
  const char *purpose;         /* why the data may be seen: "steering", "own data" … */
  enum body_kind body;
  bool job;                    /* may take over a second: over HTTP it answers 202 with a job, on the command line it shows progress */
  bool alone;                  /* reads nothing but its input: the command line needs no company for it, and call->system is NULL */
};

/* Who is asking. */
struct caller {
  const char *account;         /* login; "operator" on the command line */
  const char *actor;           /* for events: "person:p-…" or "account:…" */
  const char *person;          /* opaque id, or NULL: this account is nobody of the company */
  unsigned roles;              /* bits of enum role */
};

struct system;                 /* ledger, snapshot, rules: src/ops/system.h */
struct op_file { const char *name; GBytes *bytes; /* NULL: the handler opens the path `name`; "-" is the standard input */ };
/* A file that is made while it goes out, piece by piece. It may outlive its call, not the system. */
struct op_stream {
  int (*next)(void *data, GByteArray *out, GError **error); /* appends a piece: 1, 0 that was all, -1 */
  double (*share)(void *data);
  void (*free)(void *data);
  void *data;
};
struct op_call {
  const struct op *op;
  struct system *system;
  struct caller caller;
  int64_t now;
  struct json in;              /* the checked input; ask with op_text … */
  const struct op_file *files; size_t file_count;
  bool (*progress)(void *data, const char *what, double share); /* false: somebody asked to stop */
  void *progress_data;
  char *file_name; GBytes *file_out; const char *file_type; /* of BODY_FILE_OUT: set by the handler, owned by the call */
  struct op_stream stream; /* of BODY_FILE_OUT, instead of file_out; who runs the operation takes it */
};

const char *op_text(const struct op_call *call, const char *field);   /* NULL: not given */
double op_number(const struct op_call *call, const char *field, double otherwise);
bool op_flag(const struct op_call *call, const char *field);
bool op_has(const struct op_call *call, const char *field);
bool op_progress(struct op_call *call, const char *what, double share, GError **error); /* false with CANCELLED */

/* All rows, in the order of the documentation; ends with NULL. */
extern const struct op *const *const op_tables; /* ends with NULL; each table ends with a NULL name */
const struct op *op_find(const char *name);
/* Checks the input object against the row and runs it: permission, types, bounds, unknown fields. `in` is a JSON object;
 * `out` gets the answer object. This is the only way to a handler. */
bool op_run(struct op_call *call, const char *in, size_t in_length, GString *out, GError **error);
/* The same checks without running it: a job is refused when it is asked for, not when its turn comes. */
bool op_check(const struct op_call *call, const char *in, size_t in_length, GError **error);
