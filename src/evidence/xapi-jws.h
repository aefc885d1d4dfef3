/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Signed statements (xAPI-Data 2.6): a JSON Web Signature in compact form as an attachment, over the statement as it was before. */
#pragma once
#include "evidence/xapi-multipart.h"

/* Checks every signature of a valid statement; one without any is fine. `parts` are those after the first. Error: BAD_INPUT, with
 * the requirement. What is checked: the form; an algorithm of RS256, RS384, RS512; a payload that says the same as the statement; and
 * where the header brings certificates (x5c), that each is readable and signed by the next, and that the signature is the
 * first's. Whether to trust a certificate, and its dates, are not looked at: the specification means this to catch mistakes. */
bool xapi_signatures_check(struct json statement, const struct xapi_part *parts, size_t count, GError **error);
/* One signature, as bytes. */
bool xapi_signature_check(struct json statement, const char *jws, size_t length, GError **error);
