/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The learning record store's door: xAPI 1.0.3 and 2.0.0 below /xapi, on the connections of an http server. Each request is
 * by itself: a credential in its Authorization header, the version in X-Experience-API-Version. */
#pragma once
#include "doors/http/http.h"
#include "evidence/xapi.h"

struct system;
struct xapi_door;

/* `system` is borrowed. `version` is named to clients that name none; they are refused with it, as the specification wants. */
struct xapi_door *xapi_door_new(struct system *system, enum xapi_version version, void (*count)(unsigned status) /* of what was answered later */);
void xapi_door_free(struct xapi_door *door);

bool xapi_door_is(const struct http_request *request); /* below /xapi */
enum http_step xapi_door_begin(struct xapi_door *door, const struct http_request *request, size_t *ret_body_limit, struct http_response *response);
bool xapi_door_answer(struct xapi_door *door, const struct http_request *request, struct http_response *response); /* as http_door's */
void xapi_door_full(struct xapi_door *door, const struct http_request *request, struct http_response *response);
