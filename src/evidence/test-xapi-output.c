/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The statement as stored, the formats of return, languages, and definitions that grow. JSON is written with ' for ". */
#include "evidence/test-xapi.h"
#include "evidence/xapi-output.h"

#define U1 "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"

/* XAPI-00002 (digits), 00023, 00026, 00096, 00097, 00099, 00122: what a store assigns and what it leaves. */
static void completes(void) {
  static const struct { const char *statement, *stored; struct xapi_receipt receipt; } cases[] = {
    { "{ 'actor' : {'mbox':'mailto:a@example.com'},\n\t'verb':{'id':'http://e.com/v'}, 'object': {'id':'http://e.com/o'} }",
      "{'id':'" U1 "','actor':{'mbox':'mailto:a@example.com'},'verb':{'id':'http://e.com/v'},'object':{'id':'http://e.com/o'},"
      "'timestamp':'2026-03-01T12:00:00.000000Z','stored':'2026-03-01T12:00:00.000000Z','authority':{'mbox':'mailto:lrs@example.com'},'version':'1.0.0'}",
      { U1, INT64_C(1772366400000000), "{\"mbox\":\"mailto:lrs@example.com\"}", XAPI_1_0_3 } },
    { "{'version':'1.0.9','stored':'1999-01-01T00:00:00Z','authority':{'mbox':'mailto:x@example.com'},'timestamp':'2023-05-04T12:00:00.1234567-05:00','id':'" U1 "','result':{'score':{'raw':0.12123434000, 'max':1e2},'response':'a \\' b'},"
      "'context':{'contextActivities':{'parent':{'id':'http://e.com/p'},'other':[ {'id':'http://e.com/q'} ]},'extensions':{'http://e.com/x': null}}}",
      "{'id':'" U1 "','version':'1.0.9','timestamp':'2023-05-04T17:00:00.1234567Z','result':{'score':{'raw':0.12123434000,'max':1e2},'response':'a \\' b'},"
      "'context':{'contextActivities':{'parent':[{'id':'http://e.com/p'}],'other':[{'id':'http://e.com/q'}]},'extensions':{'http://e.com/x':null}},"
      "'stored':'2026-03-01T12:00:00.000000Z','authority':{'mbox':'mailto:lrs@example.com'}}",
      { U1, INT64_C(1772366400000000), "{\"mbox\":\"mailto:lrs@example.com\"}", XAPI_2_0_0 } },
    { "{'id':'" U1 "','stored':'1999-01-01T00:00:00+01:00','authority':{'mbox':'mailto:x@example.com'},'object':{'objectType':'SubStatement','timestamp':'2023-05-04T12:00:00','context':{'contextActivities':{'grouping':{'id':'http://e.com/g'}}}}}",
      "{'id':'" U1 "','stored':'1998-12-31T23:00:00Z','authority':{'mbox':'mailto:x@example.com'},'object':{'objectType':'SubStatement','timestamp':'2023-05-04T12:00:00Z','context':{'contextActivities':{'grouping':[{'id':'http://e.com/g'}]}}},"
      "'timestamp':'1998-12-31T23:00:00Z','version':'2.0.0'}",
      { NULL, 0, NULL, XAPI_2_0_0 } } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *json = quoted(cases[i].statement), *wanted = quoted(cases[i].stored);
    g_autoptr(json_doc_auto) doc = parse(json);
    g_auto(json_writer_auto) writer;
    json_writer_init(&writer);
    xapi_complete(&writer, NULL, json_root(doc), &cases[i].receipt);
    g_autofree char *found = json_writer_steal(&writer, NULL);
    g_assert_cmpstr(found, ==, wanted);
  }
}

#define FULL "{'id':'" U1 "','actor':{'objectType':'Group','name':'T','member':[{'name':'M','mbox':'mailto:m@example.com'}]}," \
  "'verb':{'id':'http://e.com/v','display':{'en':'did','de':'tat'}}," \
  "'object':{'id':'http://e.com/o','definition':{'name':{'en':'Own','de':'Eigen'},'interactionType':'choice','choices':[{'id':'a','description':{'fr':'Un','en':'One'}}]}}," \
  "'context':{'instructor':{'objectType':'Group','mbox':'mailto:g@example.com','name':'G','member':[{'mbox':'mailto:n@example.com'}]},'contextActivities':{'parent':[{'objectType':'Activity','id':'http://e.com/p','definition':{'name':{'en':'P'}}}]}," \
  "'contextAgents':[{'objectType':'contextAgent','agent':{'name':'C','mbox':'mailto:c@example.com'}}],'language':'en'}," \
  "'authority':{'name':'L','account':{'homePage':'http://e.com','name':'l'}}}"

static void ids(void) {
  g_autofree char *json = quoted(FULL), *wanted = quoted("{'id':'" U1 "','actor':{'objectType':'Group','member':[{'mbox':'mailto:m@example.com'}]},'verb':{'id':'http://e.com/v'},'object':{'id':'http://e.com/o'},"
    "'context':{'instructor':{'objectType':'Group','mbox':'mailto:g@example.com'},'contextActivities':{'parent':[{'id':'http://e.com/p'}]},"
    "'contextAgents':[{'objectType':'contextAgent','agent':{'mbox':'mailto:c@example.com'}}],'language':'en'},'authority':{'account':{'homePage':'http://e.com','name':'l'}}}");
  g_autoptr(json_doc_auto) doc = parse(json);
  g_auto(json_writer_auto) writer;
  json_writer_init(&writer);
  xapi_write_ids(&writer, NULL, json_root(doc));
  g_autofree char *found = json_writer_steal(&writer, NULL);
  g_assert_cmpstr(found, ==, wanted);
}

static const char *held_definition(void *data, const char *activity, size_t *ret_length) {
  static const char held[] = "{\"name\":{\"en-GB\":\"Held\",\"de\":\"Gehalten\"},\"type\":\"http://e.com/t\"}";
  *ret_length = strlen(held);
  return strcmp(activity, "http://e.com/p") == 0 ? held : NULL;
}

static const char *held_display(void *data, const char *verb, size_t *ret_length) {
  static const char held[] = "{\"en\":\"has done\",\"de\":\"hat getan\"}";
  *ret_length = strlen(held);
  return held;
}

static void canonical(void) {
  struct xapi_languages languages;
  xapi_languages_read(&languages, "de;q=0.9, fr;q=1, en;q=0.2");
  struct xapi_canon canon = { held_definition, held_display, NULL, &languages };
  g_autofree char *json = quoted(FULL), *wanted = quoted("{'id':'" U1 "','actor':{'objectType':'Group','name':'T','member':[{'name':'M','mbox':'mailto:m@example.com'}]},'verb':{'id':'http://e.com/v','display':{'de':'hat getan'}},"
    "'object':{'id':'http://e.com/o','definition':{'name':{'de':'Eigen'},'interactionType':'choice','choices':[{'id':'a','description':{'fr':'Un'}}]}},"
    "'context':{'instructor':{'objectType':'Group','mbox':'mailto:g@example.com','name':'G','member':[{'mbox':'mailto:n@example.com'}]},'contextActivities':{'parent':[{'objectType':'Activity','id':'http://e.com/p','definition':{'name':{'de':'Gehalten'},'type':'http://e.com/t'}}]},"
    "'contextAgents':[{'objectType':'contextAgent','agent':{'name':'C','mbox':'mailto:c@example.com'}}],'language':'en'},'authority':{'name':'L','account':{'homePage':'http://e.com','name':'l'}}}");
  g_autoptr(json_doc_auto) doc = parse(json);
  g_auto(json_writer_auto) writer;
  json_writer_init(&writer);
  xapi_write_canonical(&writer, NULL, json_root(doc), &canon);
  g_autofree char *found = json_writer_steal(&writer, NULL);
  g_assert_cmpstr(found, ==, wanted);
}

static void languages(void) {
  static const struct { const char *header, *map, *tag; } cases[] = {
    { NULL, "{'de':'a','en':'b'}", "de" }, { "", "{'de':'a','en':'b'}", "de" }, { "en", "{'de':'a','en':'b'}", "en" }, { "en-GB", "{'de':'a','en':'b'}", "en" },
    { "en", "{'de':'a','en-US':'b'}", "en-US" }, { "EN-us", "{'en-GB':'a','en-US':'b'}", "en-US" }, { "en-AU", "{'de':'a','en-US':'b'}", "en-US" }, { "fr, en;q=0.5, de;q=0.7", "{'en':'b','de':'a'}", "de" },
    { "*", "{'ja':'a','en':'b'}", "ja" }, { "en;q=0, de", "{'en':'a','de':'b'}", "de" }, { "ende", "{'en':'a','de':'b'}", "en" }, { ";;,,q=,\x01;q=9, de;q=x, ja", "{'en':'a','ja':'b'}", "ja" }, { "de", "{}", NULL } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    struct xapi_languages wanted;
    const char *tag = NULL;
    struct json text;
    g_autofree char *json = quoted(cases[i].map);
    g_autoptr(json_doc_auto) map = parse(json);
    xapi_languages_read(&wanted, cases[i].header);
    g_assert_true(xapi_language_choose(json_root(map), &wanted, &tag, &text) == (cases[i].tag != NULL));
    g_assert_cmpstr(tag, ==, cases[i].tag);
  }
}

static void merges(void) {
  static const struct { const char *held, *given, *merged; } cases[] = {
    { "{}", "{'name':{'en':'x'},'type':'http://e.com/t'}", "{'name':{'en':'x'},'type':'http://e.com/t'}" },
    { "{'name':{'en':'x','fr':'z'},'moreInfo':'http://e.com/1'}", "{'name':{'de':'y','en':'X'},'moreInfo':'http://e.com/2','extensions':{'http://e.com/e':[1]}}",
      "{'name':{'de':'y','en':'X','fr':'z'},'extensions':{'http://e.com/e':[1]},'moreInfo':'http://e.com/2'}" },
    { "{'interactionType':'choice','correctResponsesPattern':['a'],'choices':[{'id':'b'},{'id':'a','description':{'en':'A'}}]}",
      "{'interactionType':'choice','correctResponsesPattern':['b'],'choices':[{'id':'a','description':{'de':'Ah'}},{'id':'c'}]}",
      "{'interactionType':'choice','correctResponsesPattern':['a'],'choices':[{'id':'b'},{'id':'a','description':{'de':'Ah','en':'A'}}]}" },
    { "{'name':{'en':'x'}}", "{'interactionType':'numeric','correctResponsesPattern':['1[:]2']}", "{'name':{'en':'x'},'interactionType':'numeric','correctResponsesPattern':['1[:]2']}" },
    { "{'interactionType':'numeric'}", "{'interactionType':'choice','choices':[{'id':'a'}]}", "{'interactionType':'numeric'}" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *old = quoted(cases[i].held), *new = quoted(cases[i].given), *wanted = quoted(cases[i].merged);
    g_autoptr(json_doc_auto) held = parse(old), given = parse(new);
    g_auto(json_writer_auto) writer;
    json_writer_init(&writer);
    xapi_merge_definition(&writer, NULL, json_root(held), json_root(given));
    g_autofree char *found = json_writer_steal(&writer, NULL);
    g_assert_cmpstr(found, ==, wanted);
  }
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  g_test_add_func("/xapi/complete", completes);
  g_test_add_func("/xapi/ids", ids);
  g_test_add_func("/xapi/canonical", canonical);
  g_test_add_func("/xapi/languages", languages);
  g_test_add_func("/xapi/merge", merges);
  return g_test_run();
}
