/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Every size that somebody outside may choose has its maximum here: memory is bounded before it is taken. */
#pragma once

#define LIMIT_FILE_BYTES      (512u * 1024 * 1024) /* one file that comes in */
#define LIMIT_IMPORT_FILES    200                  /* files of one import */
#define LIMIT_CSV_COLUMNS     512
#define LIMIT_CSV_FIELD       (64u * 1024)         /* one cell; a comment or description */
#define LIMIT_CSV_ROWS        20000000
#define LIMIT_STUDY_BYTES     (128u * 1024 * 1024) /* a table to estimate from: some five million rows */
#define LIMIT_ROW_ERRORS      1000                 /* bad rows named one by one; the rest are counted */
#define LIMIT_MAPPING_BYTES   (256u * 1024)
#define LIMIT_YAML_NODES      100000
#define LIMIT_YAML_DEPTH      32
#define LIMIT_JSON_DEPTH      64
#define LIMIT_JSON_BYTES      (64u * 1024 * 1024)
#define LIMIT_STATEMENT_BYTES (1024u * 1024)
#define LIMIT_STATEMENT_TEXT  (2u * 1024 * 1024)   /* with what the store adds to it */
#define LIMIT_XAPI_BODY       (32u * 1024 * 1024)  /* one request to the record store, attachments included */
#define LIMIT_XAPI_BATCH      10000                /* statements of one request */
#define LIMIT_XAPI_DOCUMENT   (4u * 1024 * 1024)   /* a state or profile */
#define LIMIT_XAPI_PAGE       200                  /* statements of one answer */
#define LIMIT_XAPI_PAGE_BYTES (8u * 1024 * 1024)   /* after which an answer is full */
#define LIMIT_XAPI_PARTS      2000                 /* of one multipart body: the statements and their attachments */
#define LIMIT_XAPI_PART_HEAD  4096                 /* the header lines of one part */
#define LIMIT_XAPI_JWS        (2u * 1024 * 1024)   /* one signature, with the statement that it signs */
#define LIMIT_XAPI_X5C        10                   /* certificates in one signature */
#define LIMIT_BODY_BYTES      (64u * 1024 * 1024)  /* one HTTP request that carries files */
#define LIMIT_FORM_BYTES      (64u * 1024)         /* any other HTTP request */
#define LIMIT_TEXT            4000                 /* a reason, a note, a title that a person types */
#define LIMIT_ID              200                  /* an identifier that comes from outside */
#define LIMIT_SOURCE_BYTES    (8u * 1024 * 1024)   /* of a source, what is cut into spans; the rest is counted as cut off */
#define LIMIT_SOURCE_BLOCKS   100000               /* headings, paragraphs, items … of one source */
#define LIMIT_BLOCK_BYTES     (32u * 1024)         /* one of them; what is longer goes on in another */
#define LIMIT_SENTENCE_BYTES  2000                 /* what is longer is cut at a space */
#define LIMIT_LIST_DEPTH      8                    /* nesting that is kept; deeper items count as of this depth */
#define LIMIT_DRAFT_SOURCES   20                   /* that one draft may be made from */
