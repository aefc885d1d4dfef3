/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * From an address to the row that stands for it. The rows are walked one by one: some sixty string comparisons, a
 * microsecond or two, against an index that would have to be kept right. Where two patterns fit, the one with the earlier
 * plain word wins ("/jobs/mine" before "/jobs/{id}"). Values stay encoded here, so that a %2F in an id is no slash. */
#include "doors/rest/rest-private.h"
#include <string.h>

const char *const rest_methods[4] = { [GET] = "GET", [POST] = "POST", [PUT] = "PUT", [DELETE] = "DELETE" };

int rest_method(const char *name) {
  if (strcmp(name, "HEAD") == 0) return GET;
  for (int i = 0; i < 4; i++)
    if (strcmp(name, rest_methods[i]) == 0) return i;
  return -1;
}

void rest_each_row(void (*visit)(const struct op *op, const struct rest_row *row, void *data), void *data) {
  for (const struct op *const *table = op_tables; *table; table++)
    for (const struct op *op = *table; op->name; op++) visit(op, NULL, data);
  for (const struct rest_row *row = rest_rows; row->op.name; row++) visit(&row->op, row, data);
}

/* How well the pattern fits: −1 not at all, else a bit per plain segment, the first highest. */
static int fit(const char *pattern, const char *path, size_t length, struct rest_slice values[REST_SEGMENTS]) {
  const char *end = path + length;
  int score = 0, value = 0;
  while (*pattern == '/') {
    if (path == end || *path != '/') return -1;
    size_t wanted = strcspn(++pattern, "/");
    path++;
    const char *slash = memchr(path, '/', (size_t)(end - path));
    size_t given = (size_t)((slash ? slash : end) - path);
    if (given == 0) return -1;
    bool open = *pattern == '{';
    if (open && value == REST_SEGMENTS) return -1;
    if (open) values[value++] = (struct rest_slice){ path, given };
    else if (given != wanted || memcmp(path, pattern, given) != 0) return -1;
    score = score << 1 | !open;
    pattern += wanted;
    path += given;
  }
  return path == end ? score : -1;
}

struct search { const char *path; size_t length; int method, best; struct rest_match *match; };

static void consider(const struct op *op, const struct rest_row *row, void *data) {
  struct search *search = data;
  struct rest_slice values[REST_SEGMENTS];
  int score = fit(op->path, search->path, search->length, values);
  if (score < 0) return;
  search->match->allowed |= 1u << op->method;
  if ((int)op->method != search->method || score <= search->best) return;
  search->best = score;
  search->match->op = op;
  search->match->row = row;
  memcpy(search->match->values, values, sizeof values);
}

void rest_match(const char *path, size_t length, int method, struct rest_match *ret_match) {
  *ret_match = (struct rest_match){ 0 };
  struct search search = { path, length, method, -1, ret_match };
  rest_each_row(consider, &search);
}
