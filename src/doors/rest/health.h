/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What a supervisor may ask: does the process live, can it work, what does it measure. Outside of the REST interface; no word
 * of the company's. */
#pragma once
#include "doors/http/http.h"
#include "ops/system.h"

struct health;
/* `folder`: where the key, the rules and the outbox are; NULL: no disk is looked at. */
struct health *health_new(struct system *system, const char *folder);
void health_free(struct health *health);
/* NULL: it can work; else the check that failed, static: "database", "schema", "disk", "write". Looks at most once a second,
 * whoever asks, and waits a second at most. */
const char *health_look(struct health *health);

void health_answer_alive(struct http_response *response);
void health_answer_ready(struct health *health, struct http_response *response);
/* `read_gauges` (may be NULL) sets what is read from the database. */
void health_answer_metrics(struct health *health, void (*read_gauges)(struct system *system), struct http_response *response);
