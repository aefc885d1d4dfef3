/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The browser client's files, as they lie in the binary (GResource prefix /meno/web). */
#pragma once
#include "doors/http/http.h"

struct web;
struct web *web_new(void); /* reads the resources' index once */
void web_free(struct web *web);
/* Answers GET and HEAD: the file, or index.html for an address that the client draws itself. `path` is decoded. */
void web_answer(const struct web *web, const char *path, const struct http_request *request, struct http_response *response);
