/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Which differences make another statement, and what a store indexes. JSON is written with ' for ". */
#include "evidence/test-xapi.h"
#include "evidence/xapi.h"

#define A "'actor':{'mbox':'mailto:ada@example.com'}"
#define V "'verb':{'id':'http://example.com/did'}"
#define O "'object':{'id':'http://example.com/thing'}"
#define REST A "," V "," O
#define BASE "{" REST "}"
#define WITH(more) "{" REST "," more "}"
#define U1 "'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'"
#define U2 "'a81d4fae-7dec-11d0-a765-00a0c91e6bf6'"
#define GROUP(m) "{'actor':{'objectType':'Group','member':[" m "]}," V "," O "}"
#define M1 "{'mbox':'mailto:a@example.com'}"
#define M2 "{'account':{'homePage':'http://x.example.com','name':'2'}}"
#define SIGNATURE "{'usageType':'http://adlnet.gov/expapi/attachments/signature','display':{'en':'s'},'contentType':'application/octet-stream','length':1,'sha2':'s'}"
#define FILE_ "{'usageType':'http://example.com/u','display':{'en':'x'},'contentType':'text/plain','length':1,'sha2':'ab'}"

static void same(void) {
  static const struct { const char *a, *b; bool same; } cases[] = {
    { BASE, "{" O "," V "," A "}", true },
    { BASE, WITH("'result':{}"), false },
    { BASE, WITH("'id':" U1), true }, /* a store assigns it */
    { WITH("'id':" U1), WITH("'id':'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'"), true },
    { WITH("'id':" U1), WITH("'id':" U2), false },
    { WITH("'stored':'2026-03-01T12:00:00Z','version':'1.0.0','authority':" M1), WITH("'stored':'2026-04-01T12:00:00Z','authority':" M2), true },
    { BASE, WITH("'timestamp':'2026-03-01T12:00:00Z'"), true },
    { WITH("'timestamp':'2026-03-01T12:00:00Z'"), WITH("'timestamp':'2026-03-01T13:00:00.000+01:00'"), true },
    { WITH("'timestamp':'2026-03-01T12:00:00.1234Z'"), WITH("'timestamp':'2026-03-01T12:00:00.123Z'"), true },
    { WITH("'timestamp':'2026-03-01T12:00:00.125Z'"), WITH("'timestamp':'2026-03-01T12:00:00.123Z'"), false },
    { "{" A "," O ",'verb':{'id':'http://example.com/did','display':{'en':'did'}}}", BASE, true },
    { "{" A "," O ",'verb':{'id':'http://example.com/done'}}", BASE, false },
    { "{" A "," V ",'object':{'id':'http://example.com/thing','definition':{'name':{'en':'x'}}}}", BASE, true },
    { "{" A "," V ",'object':{'id':'http://example.com/things'}}", BASE, false },
    { "{" A "," V ",'object':{'objectType':'Activity','id':'http://example.com/thing'}}", BASE, false }, /* a different serialization */
    { GROUP(M1 "," M2), GROUP(M2 "," M1), true }, { GROUP(M1 "," M2), GROUP(M1 "," M1), false }, { GROUP(M1), GROUP(M1 "," M1), false },
    { "{" V "," O ",'actor':{'mbox':'mailto:ada@EXAMPLE.com'}}", BASE, true }, { "{" V "," O ",'actor':{'mbox':'mailto:Ada@example.com'}}", BASE, false },
    { "{" V "," O ",'actor':{'mbox':'mailto:ada@example.com','name':'Ada'}}", BASE, false },
    { WITH("'context':{'contextActivities':{'parent':{'id':'http://e.com/p','definition':{}}}}"), WITH("'context':{'contextActivities':{'parent':[{'id':'http://e.com/p'}]}}"), true },
    { WITH("'context':{'contextActivities':{'parent':[{'id':'http://e.com/p'},{'id':'http://e.com/q'}]}}"), WITH("'context':{'contextActivities':{'parent':[{'id':'http://e.com/p'}]}}"), false },
    { WITH("'context':{'registration':" U1 ",'language':'en-US'}"), WITH("'context':{'language':'EN-us','registration':'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'}"), true },
    { WITH("'result':{'score':{'raw':1}}"), WITH("'result':{'score':{'raw':1.0e0}}"), true }, { WITH("'result':{'score':{'raw':1}}"), WITH("'result':{'score':{'raw':2}}"), false },
    { WITH("'result':{'response':'\\u0061'}"), WITH("'result':{'response':'a'}"), true }, { WITH("'result':{'response':'A'}"), WITH("'result':{'response':'a'}"), false },
    { WITH("'result':{'extensions':{'http://e.com/x':{'b':[1,2],'a':null}}}"), WITH("'result':{'extensions':{'http://e.com/x':{'a':null,'b':[1,2]}}}"), true },
    { WITH("'result':{'extensions':{'http://e.com/x':[1,2]}}"), WITH("'result':{'extensions':{'http://e.com/x':[2,1]}}"), false },
    { WITH("'result':{'duration':'PT1.127S'}"), WITH("'result':{'duration':'PT1.12S'}"), true }, { WITH("'result':{'duration':'PT1.127S'}"), WITH("'result':{'duration':'PT1.13S'}"), false },
    { WITH("'result':{'duration':'PT1S'}"), WITH("'result':{'duration':'PT1.009S'}"), true }, { WITH("'result':{'duration':'PT60S'}"), WITH("'result':{'duration':'PT1M'}"), false },
    { WITH("'result':{'duration':'PT1.1S'}"), WITH("'result':{'duration':'PT1.10S'}"), true }, { WITH("'result':{'duration':'P1.5Y'}"), WITH("'result':{'duration':'P1.4Y'}"), false },
    { WITH("'result':{'duration':'PT1S'}"), WITH("'result':{}"), false },
    { "{" A "," V ",'object':{'objectType':'SubStatement'," REST ",'timestamp':'2026-03-01T12:00:00Z'}}", "{" A "," V ",'object':{'objectType':'SubStatement'," REST ",'timestamp':'2026-03-01T14:00:00+02:00'}}", true },
    { "{" A "," V ",'object':{'objectType':'SubStatement'," REST ",'timestamp':'2026-03-01T12:00:00Z'}}", "{" A "," V ",'object':{'objectType':'SubStatement'," REST "}}", false },
    { "{" A "," V ",'object':{'objectType':'StatementRef','id':" U1 "}}", "{" A "," V ",'object':{'objectType':'StatementRef','id':" U2 "}}", false },
    { WITH("'attachments':[" FILE_ "]"), WITH("'attachments':[{'usageType':'http://example.com/u','display':{'en':'x'},'contentType':'text/plain','length':1,'sha2':'AB'}]"), true },
    { WITH("'attachments':[" FILE_ "]"), BASE, false },
    { WITH("'attachments':[" SIGNATURE "]"), BASE, false } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(json_doc_auto) a = parse(cases[i].a), b = parse(cases[i].b);
    for (int turned = 0; turned < 2; turned++) {
      bool found = xapi_same(json_root(turned ? b : a), json_root(turned ? a : b));
      if (found != cases[i].same) g_error("%s and %s: %s", cases[i].a, cases[i].b, found ? "same" : "different");
    }
  }
}

static void signed_ones(void) {
  static const struct { const char *received, *payload; bool same; } cases[] = {
    { WITH("'attachments':[" SIGNATURE "]"), BASE, true }, { WITH("'attachments':[" SIGNATURE "]"), WITH("'attachments':[]"), true },
    { WITH("'attachments':[" FILE_ "," SIGNATURE "]"), WITH("'attachments':[" FILE_ "]"), true }, { WITH("'attachments':[" FILE_ "," SIGNATURE "]"), BASE, false },
    { WITH("'attachments':[" SIGNATURE "]"), WITH("'attachments':[" FILE_ "]"), false }, { WITH("'attachments':[" SIGNATURE "],'result':{}"), BASE, false },
    { BASE, "7", false }, { BASE, "[]", false } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autoptr(json_doc_auto) received = parse(cases[i].received), payload = parse(cases[i].payload);
    if (xapi_same_as_signed(json_root(received), json_root(payload)) != cases[i].same) g_error("%s and %s", cases[i].received, cases[i].payload);
  }
}

/* ---- terms ---- */

static char *list_terms(const char *text) {
  g_autoptr(json_doc_auto) doc = parse(text);
  g_auto(xapi_terms_auto) terms;
  GString *out = g_string_new(NULL);
  xapi_terms_init(&terms);
  g_assert_true(xapi_check_statement(json_root(doc), XAPI_2_0_0, NULL));
  for (int again = 0; again < 2; again++) { /* a list is used again and again */
    g_string_truncate(out, 0);
    xapi_terms_read(&terms, json_root(doc));
    for (size_t i = 0; i < terms.count; i++) g_string_append_printf(out, "%d %02x %s\n", (int)terms.items[i].kind, terms.items[i].roles, terms.items[i].key);
  }
  return g_string_free(out, FALSE);
}

static void terms(void) {
  static const struct { const char *statement, *terms; } cases[] = {
    { BASE, "0 02 http://example.com/did\n1 04 http://example.com/thing\n2 01 mailto:ada@example.com\n" },
    { "{'actor':{'objectType':'Group','mbox':'mailto:Team@EXAMPLE.com','member':[{'openid':'http://o.example.com/'},{'mbox_sha1sum':'EBD31E95054C018B10727CCFFD2EF2EC3A016EE9'}]}," V ","
      "'object':{'objectType':'Agent','account':{'homePage':'http://x.example.com','name':'a|b'}},"
      "'context':{'registration':'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6','instructor':{'mbox':'mailto:Team@example.com'},'team':{'objectType':'Group','member':[{'mbox':'mailto:m@example.com'}]},"
      "'contextActivities':{'parent':{'id':'http://example.com/p'},'category':[{'id':'http://example.com/c'},{'id':'http://example.com/p'}]},'statement':{'objectType':'StatementRef','id':" U2 "}},"
      "'authority':{'mbox':'mailto:lrs@example.com'}}",
      "0 02 http://example.com/did\n1 08 http://example.com/c\n1 08 http://example.com/p\n2 04 account:http://x.example.com|a|b\n2 09 mailto:Team@example.com\n"
      "2 10 mailto:lrs@example.com\n2 08 mailto:m@example.com\n2 01 mbox_sha1sum:ebd31e95054c018b10727ccffd2ef2ec3a016ee9\n2 01 openid:http://o.example.com/\n3 08 f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n"
      "4 80 a81d4fae-7dec-11d0-a765-00a0c91e6bf6\n" },
    { "{" A "," V ",'object':{'objectType':'SubStatement','actor':{'mbox':'mailto:s@example.com'},'verb':{'id':'http://example.com/inner'},'object':{'id':'http://example.com/i'},"
      "'context':{'registration':" U1 ",'contextActivities':{'other':{'id':'http://example.com/o'}}}}}",
      "0 02 http://example.com/did\n1 20 http://example.com/i\n1 20 http://example.com/o\n2 01 mailto:ada@example.com\n2 20 mailto:s@example.com\n" },
    { "{" A ",'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'},'object':{'objectType':'StatementRef','id':" U1 "}}",
      "0 02 http://adlnet.gov/expapi/verbs/voided\n2 01 mailto:ada@example.com\n4 44 f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n" },
    { "{" A "," V ",'object':{'objectType':'StatementRef','id':" U1 "},'context':{'contextAgents':[{'objectType':'contextAgent','agent':{'mbox':'mailto:c@example.com'}}],"
      "'contextGroups':[{'objectType':'contextGroup','group':{'objectType':'Group','member':[{'mbox':'mailto:g@example.com'}]}}]}}",
      "0 02 http://example.com/did\n2 01 mailto:ada@example.com\n2 08 mailto:c@example.com\n2 08 mailto:g@example.com\n4 04 f81d4fae-7dec-11d0-a765-00a0c91e6bf6\n" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *found = list_terms(cases[i].statement);
    g_assert_cmpstr(found, ==, cases[i].terms);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/xapi/same", same);
  g_test_add_func("/xapi/same/signed", signed_ones);
  g_test_add_func("/xapi/terms", terms);
  return g_test_run();
}
