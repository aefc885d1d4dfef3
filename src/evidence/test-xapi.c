/* SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One test per requirement, by its number in ADL's list (or its clause where it has none): statements that it lets pass and
 * statements that break it, under both versions. JSON is written with ' for ". Every row whose statement could be a SubStatement
 * is judged as one too (XAPI-00066), and a refusal must name its requirement and its place. */
#include "evidence/test-xapi.h"
#include "evidence/xapi.h"
#include "base/limits.h"

#define A "'actor':{'mbox':'mailto:ada@example.com'}"
#define V "'verb':{'id':'http://example.com/did'}"
#define O "'object':{'id':'http://example.com/thing'}"
#define UUID "'f81d4fae-7dec-11d0-a765-00a0c91e6bf6'"
#define WITH(more) "{" A "," V "," O "," more "}"
#define ACTOR(x) "{'actor':" x "," V "," O "}"
#define VERB(x) "{" A ",'verb':" x "," O "}"
#define OBJECT(x) "{" A "," V ",'object':" x "}"
#define DEFINITION(x) OBJECT("{'id':'http://example.com/thing','definition':" x "}")
#define RESULT(x) WITH("'result':" x)
#define SCORE(x) RESULT("{'score':" x "}")
#define CONTEXT(x) WITH("'context':" x)
#define ACTIVITIES(x) CONTEXT("{'contextActivities':" x "}")
#define AUTHORITY(x) WITH("'authority':" x)
#define ATTACH(x) WITH("'attachments':[" x "]")
#define SHA "'495395e777cd98da653df9615d09c0fd6bb2f8d4788394cd53c56a3bfdcd848a'"
#define ATTACHED "'usageType':'http://example.com/u','display':{'en':'x'},'contentType':'text/plain','length':27,'sha2':" SHA
#define INNER(x) OBJECT("{'objectType':'SubStatement'," x "}")
#define COMPONENTS "'interactionType':'choice','choices':[{'id':'a','description':{'en':'A'}},{'id':'b'}]"

enum { NEVER = 0, IN_1 = 1, IN_2 = 2, BOTH = 3 };
/* rule; statement; versions that take it; for a refusal, the place ("" is the whole) and the rule named if a closer one is */
struct row { const char *rule, *statement; unsigned taken; const char *place, *named; };

static const struct row rows[] = {
  { "XAPI-00001", WITH("'result':null"), NEVER, "/result" },
  { "XAPI-00001", ACTOR("{'mbox':'mailto:ada@example.com','name':null}"), NEVER, "/actor/name" },
  { "XAPI-00001", VERB("{'id':'http://example.com/did','display':{'en':null}}"), NEVER, "/verb/display/en" },
  { "XAPI-00001", DEFINITION("{'moreInfo':null}"), NEVER, "/object/definition/moreInfo" },
  { "XAPI-00001", RESULT("{'extensions':{'http://example.com/x':null}}"), BOTH },
  { "XAPI-00003", "{" V "," O "}", NEVER, "" },
  { "XAPI-00004", "{" A "," O "}", NEVER, "" },
  { "XAPI-00005", "{" A "," V "}", NEVER, "" },
  { "XAPI-00006", WITH("'result':'fine'"), NEVER, "/result" },
  { "XAPI-00006", WITH("'context':[]"), NEVER, "/context" },
  { "XAPI-00006", "{'actor':7," V "," O "}", NEVER, "/actor", "XAPI-00003" },
  { "XAPI-00006", SCORE("{'raw':'7'}"), NEVER, "/result/score/raw", "XAPI-00082" },
  { "XAPI-00006", RESULT("{'success':'true'}"), NEVER, "/result/success", "XAPI-00074" },
  { "XAPI-00007", WITH("'id':''"), NEVER, "/id", "XAPI-00027" },
  { "XAPI-00007", VERB("{'id':''}"), NEVER, "/verb/id", "XAPI-00044" },
  { "XAPI-00007", ACTOR("{'mbox':'mailto:'}"), NEVER, "/actor/mbox", "XAPI-00038" },
  { "XAPI-00008", WITH("'Result':{}"), NEVER, "/Result" },
  { "XAPI-00008", ACTOR("{'mBox':'mailto:ada@example.com'}"), NEVER, "/actor/mBox" },
  { "XAPI-00008", SCORE("{'Scaled':1}"), NEVER, "/result/score/Scaled" },
  { "XAPI-00009", ACTOR("{'objectType':'agent','mbox':'mailto:ada@example.com'}"), NEVER, "/actor/objectType" },
  { "XAPI-00009", OBJECT("{'objectType':'activity','id':'http://example.com/thing'}"), NEVER, "/object/objectType" },
  { "XAPI-00009", DEFINITION("{'interactionType':'Choice'}"), NEVER, "/object/definition/interactionType" },
  { "XAPI-00010", WITH("'mood':'glad'"), NEVER, "/mood" },
  { "XAPI-00010", ACTOR("{'mbox':'mailto:ada@example.com','age':9}"), NEVER, "/actor/age" },
  { "XAPI-00010", DEFINITION("{'interactionType':'numeric','scale':[{'id':'1'}]}"), NEVER, "/object/definition/scale" },
  { "XAPI-00010", WITH("'a~b/c':1"), NEVER, "/a~0b~1c" },
  { "XAPI-00011", VERB("{'id':'example.com/did'}"), NEVER, "/verb/id", "XAPI-00044" },
  { "XAPI-00011", OBJECT("{'id':'/thing'}"), NEVER, "/object/id", "XAPI-00047" },
  { "XAPI-00011", VERB("{'id':'urn:example:did'}"), BOTH },
  { "XAPI-00013", VERB("{'id':'http://example.com/did','display':{'something':'x'}}"), NEVER, "/verb/display/something", "XAPI-00121" },
  { "XAPI-00013", VERB("{'id':'http://example.com/did','display':{'zh-z-aaa-z-bbb-c-ccc':'x'}}"), BOTH },
  { "XAPI-00014", "[7]", NEVER, "" },
  { "XAPI-00014", "'statement'", NEVER, "" },
  { "XAPI-00017", "{" A ",'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'}," O "}", NEVER, "/object", "XAPI-00020" },
  { "XAPI-00019", "{" A ",'verb':{'id':'http://example.com/verbs/voided'}," O "}", BOTH },
  { "XAPI-00020", "{" A ",'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'},'object':{'objectType':'StatementRef','id':" UUID "}}", BOTH },
  { "XAPI-00020", "{" A ",'verb':{'id':'http://adlnet.gov/expapi/verbs/voided'},'object':{'objectType':'Agent','mbox':'mailto:b@example.com'}}", NEVER, "/object" },
  { "XAPI-00022", WITH("'timestamp':7"), NEVER, "/timestamp", "XAPI-00123" },
  { "XAPI-00023", WITH("'stored':'2026-03-01T12:00:00Z'"), BOTH },
  { "XAPI-00023", WITH("'stored':'soon'"), NEVER, "/stored" },
  { "XAPI-00024", AUTHORITY("{'objectType':'Activity','id':'http://example.com/x'}"), NEVER, "/authority/id", "XAPI-00010" },
  { "XAPI-00024", AUTHORITY("{'objectType':'Person','mbox':'mailto:b@example.com'}"), NEVER, "/authority/objectType" },
  { "XAPI-00024", AUTHORITY("{'mbox':'mailto:b@example.com'}"), BOTH },
  { "XAPI-00025", WITH("'attachments':{}"), NEVER, "/attachments" },
  { "XAPI-00025", ATTACH("'x'"), NEVER, "/attachments/0" },
  { "XAPI-00025", ATTACH("{" ATTACHED ",'description':'x'}"), NEVER, "/attachments/0/description" },
  { "XAPI-00025", ATTACH("{" ATTACHED ",'description':{'en':'x'}},{" ATTACHED "}"), BOTH },
  { "XAPI-00027", WITH("'id':" UUID), BOTH },
  { "XAPI-00027", WITH("'id':'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'"), BOTH },
  { "XAPI-00027", WITH("'id':'g81d4fae-7dec-11d0-a765-00a0c91e6bf6'"), NEVER, "/id" },
  { "XAPI-00028", WITH("'id':12345"), NEVER, "/id", "XAPI-00027" },
  { "XAPI-00029", WITH("'id':'f81d4fae7dec11d0a76500a0c91e6bf6'"), NEVER, "/id", "XAPI-00027" },
  { "XAPI-00029", WITH("'id':'{f81d4fae-7dec-11d0-a765-00a0c91e6bf6}'"), NEVER, "/id", "XAPI-00027" },
  { "XAPI-00030", WITH("'id':'f81d4fae-7dec-11d0-a765-00a0c91e6bf61'"), NEVER, "/id", "XAPI-00027" },
  { "XAPI-00030", CONTEXT("{'registration':'f81d4fae-7dec-11d0-a765'}"), NEVER, "/context/registration", "XAPI-00087-1" },
  { "XAPI-00031", ACTOR("{'objectType':'Activity','mbox':'mailto:ada@example.com'}"), NEVER, "/actor/objectType" },
  { "XAPI-00031", ACTOR("{'objectType':'Group','mbox':'mailto:ada@example.com'}"), BOTH },
  { "XAPI-00031", ACTOR("{'mbox':'mailto:ada@example.com','objectType':'Agent'}"), BOTH },
  { "XAPI-00032", ACTOR("{'objectType':7,'mbox':'mailto:ada@example.com'}"), NEVER, "/actor/objectType" },
  { "XAPI-00033", ACTOR("{'name':7,'mbox':'mailto:ada@example.com'}"), NEVER, "/actor/name" },
  { "XAPI-00034", ACTOR("{'name':'Ada'}"), NEVER, "/actor" },
  { "XAPI-00034", ACTOR("{'mbox':'mailto:ada@example.com','openid':'http://ada.example.com/'}"), NEVER, "/actor" },
  { "XAPI-00034", ACTOR("{'mbox_sha1sum':'ebd31e95054c018b10727ccffd2ef2ec3a016ee9','account':{'homePage':'http://example.com','name':'7'}}"), NEVER, "/actor" },
  { "XAPI-00035", ACTOR("{'mbox':'mailto:ada@example.com','member':[{'mbox':'mailto:b@example.com'}]}"), NEVER, "/actor" },
  { "XAPI-00036", ACTOR("{'objectType':'Group','member':{'mbox':'mailto:b@example.com'}}"), NEVER, "/actor/member" },
  { "XAPI-00036", ACTOR("{'objectType':'Group','member':[{'mbox':'mailto:b@example.com'},7]}"), NEVER, "/actor/member/1" },
  { "XAPI-00036", ACTOR("{'objectType':'Group','member':[{'objectType':'Group','mbox':'mailto:b@example.com'}]}"), NEVER, "/actor/member/0" },
  { "XAPI-00036", ACTOR("{'objectType':'Group','member':[{'mbox':'mailto:b@example.com'},{'objectType':'Agent','openid':'http://c.example.com/'}]}"), BOTH },
  { "XAPI-00037", ACTOR("{'objectType':'Group','name':'Team'}"), NEVER, "/actor" },
  { "XAPI-00037", ACTOR("{'objectType':'Group','member':[]}"), NEVER, "/actor" },
  { "XAPI-00037", ACTOR("{'objectType':'Group','mbox':'mailto:t@example.com','member':[]}"), BOTH },
  { "XAPI-00037", ACTOR("{'objectType':'Group','mbox':'mailto:t@example.com','openid':'http://t.example.com/'}"), NEVER, "/actor" },
  { "XAPI-00038", ACTOR("{'mbox':'ada@example.com'}"), NEVER, "/actor/mbox" },
  { "XAPI-00038", ACTOR("{'mbox':'mailto:example.com'}"), NEVER, "/actor/mbox" },
  { "XAPI-00038", ACTOR("{'mbox':'mailto:ada lovelace@example.com'}"), NEVER, "/actor/mbox" },
  { "XAPI-00038", ACTOR("{'mbox':'mailto:ada+x@mail.example.com'}"), BOTH },
  { "XAPI-00039", ACTOR("{'mbox_sha1sum':'ebd31e95054c018b10727ccffd2ef2ec3a016ee9'}"), BOTH },
  { "XAPI-00039", ACTOR("{'mbox_sha1sum':'ebd31e95'}"), NEVER, "/actor/mbox_sha1sum" },
  { "XAPI-00039", ACTOR("{'mbox_sha1sum':{'x':1}}"), NEVER, "/actor/mbox_sha1sum" },
  { "XAPI-00040", ACTOR("{'openid':'http://ada.example.com/'}"), BOTH },
  { "XAPI-00040", ACTOR("{'openid':'ab=c://example.com'}"), NEVER, "/actor/openid" },
  { "XAPI-00040", ACTOR("{'openid':'http://exämple.com/'}"), NEVER, "/actor/openid" },
  { "XAPI-00041", ACTOR("{'account':'ada'}"), NEVER, "/actor/account" },
  { "XAPI-00041", ACTOR("{'account':{'homePage':'http://example.com','name':'7'}}"), BOTH },
  { "XAPI-00042", ACTOR("{'account':{'name':'7'}}"), NEVER, "/actor/account" },
  { "XAPI-00042", ACTOR("{'account':{'homePage':'example.com','name':'7'}}"), NEVER, "/actor/account/homePage" },
  { "XAPI-00043", ACTOR("{'account':{'homePage':'http://example.com'}}"), NEVER, "/actor/account" },
  { "XAPI-00043", ACTOR("{'account':{'homePage':'http://example.com','name':7}}"), NEVER, "/actor/account/name" },
  { "XAPI-00043", ACTOR("{'account':{'homePage':'http://example.com','name':''}}"), NEVER, "/actor/account/name" },
  { "XAPI-00044", VERB("{'display':{'en':'did'}}"), NEVER, "/verb" },
  { "XAPI-00044", VERB("{'id':'did something'}"), NEVER, "/verb/id" },
  { "XAPI-00044", VERB("{'id':'http://example.com/دید'}"), BOTH },
  { "XAPI-00045", VERB("{'id':'http://example.com/did','display':'did'}"), NEVER, "/verb/display" },
  { "XAPI-00045", VERB("{'id':'http://example.com/did','display':{'en':7}}"), NEVER, "/verb/display/en" },
  { "XAPI-00045", VERB("{'id':'http://example.com/did','display':{'en-US':'did','es':'hizo'}}"), BOTH },
  { "XAPI-00046", OBJECT("{'objectType':'Thing','id':'http://example.com/thing'}"), NEVER, "/object/objectType" },
  { "XAPI-00046", OBJECT("{'objectType':7,'id':'http://example.com/thing'}"), NEVER, "/object/objectType" },
  { "XAPI-00046", OBJECT("{'objectType':'Activity','id':'http://example.com/thing'}"), BOTH },
  { "XAPI-00047", OBJECT("{'definition':{}}"), NEVER, "/object" },
  { "XAPI-00047", OBJECT("{'id':7}"), NEVER, "/object/id" },
  { "XAPI-00048", DEFINITION("'x'"), NEVER, "/object/definition" },
  { "XAPI-00048", DEFINITION("{}"), BOTH },
  { "XAPI-00049", DEFINITION("{'interactionType':'essay'}"), NEVER, "/object/definition/interactionType" },
  { "XAPI-00049", DEFINITION("{'interactionType':'long-fill-in'}"), BOTH },
  { "XAPI-00050", DEFINITION("{'interactionType':'true-false','correctResponsesPattern':'true'}"), NEVER, "/object/definition/correctResponsesPattern" },
  { "XAPI-00050", DEFINITION("{'interactionType':'true-false','correctResponsesPattern':[true]}"), NEVER, "/object/definition/correctResponsesPattern/0" },
  { "XAPI-00050", DEFINITION("{'interactionType':'true-false','correctResponsesPattern':['true']}"), BOTH },
  { "XAPI-00051", DEFINITION("{'interactionType':'performance','steps':{}}"), NEVER, "/object/definition/steps" },
  { "XAPI-00052", DEFINITION("{'interactionType':'matching','target':7}"), NEVER, "/object/definition/target" },
  { "XAPI-00053", DEFINITION("{'interactionType':'matching','source':'x'}"), NEVER, "/object/definition/source" },
  { "XAPI-00053", DEFINITION("{'interactionType':'matching','source':[{'id':'a'}],'target':[{'id':'a'}]}"), BOTH },
  { "XAPI-00054", DEFINITION("{'interactionType':'likert','scale':true}"), NEVER, "/object/definition/scale" },
  { "XAPI-00055", DEFINITION("{'interactionType':'choice','choices':'x'}"), NEVER, "/object/definition/choices" },
  { "XAPI-00055", DEFINITION("{" COMPONENTS ",'correctResponsesPattern':['a[,]b']}"), BOTH },
  { "XAPI-00056", DEFINITION("{'name':'x'}"), NEVER, "/object/definition/name" },
  { "XAPI-00056", DEFINITION("{'name':{'en':'x','de-AT':'y'}}"), BOTH },
  { "XAPI-00057", DEFINITION("{'extensions':'x'}"), NEVER, "/object/definition/extensions" },
  { "XAPI-00058", DEFINITION("{'interactionType':'choice','choices':[{'description':{'en':'A'}}]}"), NEVER, "/object/definition/choices/0" },
  { "XAPI-00058", DEFINITION("{'interactionType':'choice','choices':[{'id':'a'},{'id':'b'},{'id':'a'}]}"), NEVER, "/object/definition/choices" },
  { "XAPI-00058", DEFINITION("{'interactionType':'choice','choices':[{'id':''}]}"), NEVER, "/object/definition/choices/0/id" },
  { "XAPI-00059", DEFINITION("{'description':7}"), NEVER, "/object/definition/description" },
  { "XAPI-00060", DEFINITION("{'type':'meeting'}"), NEVER, "/object/definition/type" },
  { "XAPI-00060", DEFINITION("{'type':'http://adlnet.gov/expapi/activities/meeting'}"), BOTH },
  { "XAPI-00061", DEFINITION("{'moreInfo':'see there'}"), NEVER, "/object/definition/moreInfo" },
  { "XAPI-00062", DEFINITION("{'interactionType':'choice','choices':[{'id':'a','description':'A'}]}"), NEVER, "/object/definition/choices/0/description" },
  { "XAPI-00063", DEFINITION("{'interactionType':'choice','choices':['a']}"), NEVER, "/object/definition/choices/0" },
  { "XAPI-00064", DEFINITION("{'correctResponsesPattern':['a']}"), NEVER, "/object/definition" },
  { "XAPI-00064", DEFINITION("{'choices':[{'id':'a'}]}"), NEVER, "/object/definition" },
  { "XAPI-00065", OBJECT("{'mbox':'mailto:b@example.com'}"), NEVER, "/object" },
  { "XAPI-00065", OBJECT("{'member':[{'mbox':'mailto:b@example.com'}]}"), NEVER, "/object" },
  { "XAPI-00065", OBJECT("{'objectType':'Agent','mbox':'mailto:b@example.com'}"), BOTH },
  { "XAPI-00065", OBJECT("{'objectType':'Group','member':[{'mbox':'mailto:b@example.com'}]}"), BOTH },
  { "XAPI-00066", INNER(A "," V "," O), BOTH },
  { "XAPI-00066", INNER(A "," O), NEVER, "/object", "XAPI-00004" },
  { "XAPI-00067", INNER(A "," V "," O ",'authority':{'mbox':'mailto:b@example.com'}"), NEVER, "/object" },
  { "XAPI-00068", INNER(A "," V "," O ",'version':'1.0.0'"), NEVER, "/object" },
  { "XAPI-00069", INNER(A "," V "," O ",'stored':'2026-03-01T12:00:00Z'"), NEVER, "/object" },
  { "XAPI-00070", INNER(A "," V "," O ",'id':" UUID), NEVER, "/object" },
  { "XAPI-00071", INNER(A "," V ",'object':{'objectType':'SubStatement'," A "," V "," O "}"), NEVER, "/object/object" },
  { "XAPI-00072", OBJECT("{'objectType':'StatementRef'}"), NEVER, "/object" },
  { "XAPI-00072", OBJECT("{'objectType':'StatementRef','id':'7'}"), NEVER, "/object/id" },
  { "XAPI-00072", OBJECT("{'objectType':'StatementRef','id':" UUID "}"), BOTH },
  { "XAPI-00073", OBJECT("{'id':" UUID "}"), NEVER, "/object" },
  { "XAPI-00073", OBJECT("{" A "," V "," O "}"), NEVER, "/object" },
  { "XAPI-00074", RESULT("{'success':1}"), NEVER, "/result/success" },
  { "XAPI-00075", RESULT("{'completion':'yes'}"), NEVER, "/result/completion" },
  { "XAPI-00075", RESULT("{'completion':false,'success':true}"), BOTH },
  { "XAPI-00076", RESULT("{'response':7}"), NEVER, "/result/response" },
  { "XAPI-00077", RESULT("{'duration':7}"), NEVER, "/result/duration" },
  { "XAPI-00078", RESULT("{'extensions':[]}"), NEVER, "/result/extensions" },
  { "XAPI-00079", SCORE("7"), NEVER, "/result/score" },
  { "XAPI-00080", SCORE("{'max':'7'}"), NEVER, "/result/score/max" },
  { "XAPI-00081", SCORE("{'min':8,'max':7}"), NEVER, "/result/score/min" },
  { "XAPI-00081", SCORE("{'min':7,'max':7}"), NEVER, "/result/score/min" },
  { "XAPI-00081", SCORE("{'min':-7}"), BOTH },
  { "XAPI-00082", SCORE("{'raw':8,'max':7}"), NEVER, "/result/score/raw" },
  { "XAPI-00082", SCORE("{'raw':-1,'min':0}"), NEVER, "/result/score/raw" },
  { "XAPI-00082", SCORE("{'raw':7,'min':0,'max':7}"), BOTH },
  { "XAPI-00082", SCORE("{'raw':1e400}"), NEVER, "/result/score/raw" },
  { "XAPI-00083", SCORE("{'scaled':1.01}"), NEVER, "/result/score/scaled" },
  { "XAPI-00083", SCORE("{'scaled':-1}"), BOTH },
  { "XAPI-00083", SCORE("{'scaled':'1'}"), NEVER, "/result/score/scaled" },
  { "XAPI-00084", "{" A "," V ",'object':{'objectType':'Agent','mbox':'mailto:b@example.com'},'context':{'revision':'3'}}", NEVER, "/context/revision" },
  { "XAPI-00084", CONTEXT("{'revision':'3'}"), BOTH },
  { "XAPI-00085", "{" A "," V ",'object':{'objectType':'StatementRef','id':" UUID "},'context':{'platform':'web'}}", NEVER, "/context/platform" },
  { "XAPI-00085", CONTEXT("{'platform':'web'}"), BOTH },
  { "XAPI-00086", ACTIVITIES("[]"), NEVER, "/context/contextActivities" },
  { "XAPI-00087-1", CONTEXT("{'registration':'7'}"), NEVER, "/context/registration" },
  { "XAPI-00087-1", CONTEXT("{'registration':" UUID "}"), BOTH },
  { "XAPI-00087-2", CONTEXT("{'instructor':'b'}"), NEVER, "/context/instructor" },
  { "XAPI-00087-2", CONTEXT("{'instructor':{'objectType':'Group','member':[{'mbox':'mailto:b@example.com'}]}}"), BOTH },
  { "XAPI-00088", CONTEXT("{'team':{'mbox':'mailto:b@example.com'}}"), NEVER, "/context/team" },
  { "XAPI-00088", CONTEXT("{'team':{'objectType':'Group','mbox':'mailto:t@example.com'}}"), BOTH },
  { "XAPI-00089", CONTEXT("{'revision':3}"), NEVER, "/context/revision" },
  { "XAPI-00090", CONTEXT("{'platform':{}}"), NEVER, "/context/platform" },
  { "XAPI-00091", CONTEXT("{'language':'english-please'}"), BOTH },
  { "XAPI-00091", CONTEXT("{'language':'en_US'}"), NEVER, "/context/language" },
  { "XAPI-00091", CONTEXT("{'language':'something'}"), NEVER, "/context/language" },
  { "XAPI-00092", CONTEXT("{'statement':{'id':" UUID "}}"), NEVER, "/context/statement", "XAPI-00073" },
  { "XAPI-00092", CONTEXT("{'statement':" UUID "}"), NEVER, "/context/statement" },
  { "XAPI-00092", CONTEXT("{'statement':{'objectType':'StatementRef','id':" UUID "}}"), BOTH },
  { "XAPI-00093", ACTIVITIES("{'sibling':{'id':'http://example.com/s'}}"), NEVER, "/context/contextActivities/sibling" },
  { "XAPI-00094", ACTIVITIES("{'parent':'http://example.com/s'}"), NEVER, "/context/contextActivities/parent" },
  { "XAPI-00094", ACTIVITIES("{'parent':[{'id':'http://example.com/s'},7]}"), NEVER, "/context/contextActivities/parent/1" },
  { "XAPI-00094", ACTIVITIES("{'parent':{'id':'http://example.com/s'},'other':[{'id':'http://example.com/t'}],'grouping':[],'category':[]}"), BOTH },
  { "XAPI-00098", AUTHORITY("{'objectType':'Group','member':[{'account':{'homePage':'http://example.com','name':'app'}},{'mbox':'mailto:b@example.com'}]}"), BOTH },
  { "XAPI-00098", AUTHORITY("{'objectType':'Group','member':[{'mbox':'mailto:a@example.com'},{'mbox':'mailto:b@example.com'}]}"), NEVER, "/authority" },
  { "XAPI-00098", AUTHORITY("{'objectType':'Group','member':[{'account':{'homePage':'http://example.com','name':'app'}}]}"), NEVER, "/authority" },
  { "XAPI-00098", AUTHORITY("{'objectType':'Group','mbox':'mailto:t@example.com'}"), NEVER, "/authority" },
  { "XAPI-00100", AUTHORITY("{'objectType':'Group','member':[{'account':{'homePage':'http://example.com','name':'app'}},{'mbox':'mailto:b@example.com'},{'mbox':'mailto:c@example.com'}]}"), NEVER, "/authority", "XAPI-00098" },
  { "XAPI-00101", WITH("'version':'1.0'"), BOTH },
  { "XAPI-00101", WITH("'version':'1.0.9'"), BOTH },
  { "XAPI-00101", WITH("'version':'2.0.0'"), IN_2, "/version" },
  { "XAPI-00101", WITH("'version':'1.1.0'"), NEVER, "/version" },
  { "XAPI-00101", WITH("'version':1.0"), NEVER, "/version" },
  { "XAPI-00101", WITH("'version':'1.0.'"), NEVER, "/version" },
  { "XAPI-00102", ATTACH("{" ATTACHED "},{'usageType':'http://example.com/u','display':{},'contentType':'text/plain','length':'27','sha2':" SHA "}"), NEVER, "/attachments/1/length" },
  { "XAPI-00102", ATTACH("{'usageType':'http://example.com/u','display':{},'contentType':'text/plain','length':2.5,'sha2':" SHA "}"), NEVER, "/attachments/0/length" },
  { "XAPI-00102", ATTACH("{'usageType':'http://example.com/u','display':{},'contentType':'text/plain','sha2':" SHA "}"), NEVER, "/attachments/0" },
  { "XAPI-00103", ATTACH("{'usageType':'http://example.com/u','display':{},'contentType':'text/plain','length':27,'sha2':'abc'}"), NEVER, "/attachments/0/sha2" },
  { "XAPI-00103", ATTACH("{'usageType':'http://example.com/u','display':{},'contentType':'text/plain','length':27}"), NEVER, "/attachments/0" },
  { "XAPI-00104", ATTACH("{" ATTACHED ",'fileUrl':'over there'}"), NEVER, "/attachments/0/fileUrl" },
  { "XAPI-00104", ATTACH("{" ATTACHED ",'fileUrl':'https://example.com/f'}"), BOTH },
  { "XAPI-00105", ATTACH("{'usageType':'http://example.com/u','display':{},'contentType':'text','length':27,'sha2':" SHA "}"), NEVER, "/attachments/0/contentType" },
  { "XAPI-00105", ATTACH("{'usageType':'http://example.com/u','display':{},'contentType':'text/plain; charset=ascii','length':27,'sha2':" SHA "}"), BOTH },
  { "XAPI-00106", ATTACH("{'usageType':'http://example.com/u','contentType':'text/plain','length':27,'sha2':" SHA "}"), NEVER, "/attachments/0" },
  { "XAPI-00106", ATTACH("{'usageType':'http://example.com/u','display':'x','contentType':'text/plain','length':27,'sha2':" SHA "}"), NEVER, "/attachments/0/display" },
  { "XAPI-00107", ATTACH("{'usageType':'test','display':{},'contentType':'text/plain','length':27,'sha2':" SHA "}"), NEVER, "/attachments/0/usageType" },
  { "XAPI-00107", ATTACH("{'display':{},'contentType':'text/plain','length':27,'sha2':" SHA "}"), NEVER, "/attachments/0" },
  { "XAPI-00115", ATTACH("{'usageType':'http://adlnet.gov/expapi/attachments/signature','display':{},'contentType':'text/plain','length':27,'sha2':" SHA "}"), NEVER, "/attachments/0/contentType" },
  { "XAPI-00118", RESULT("{'extensions':{'shoe size':44}}"), NEVER, "/result/extensions/shoe size" },
  { "XAPI-00118", CONTEXT("{'extensions':{'x':44}}"), NEVER, "/context/extensions/x" },
  { "XAPI-00119", CONTEXT("{'extensions':{'http://example.com/x':{},'http://example.com/y':'','http://example.com/z':[null]}}"), BOTH },
  { "XAPI-00120", CONTEXT("{'extensions':7}"), NEVER, "/context/extensions" },
  { "XAPI-00121", DEFINITION("{'name':{'a12345678':'x'}}"), NEVER, "/object/definition/name/a12345678" },
  { "XAPI-00121", DEFINITION("{'name':{'x-whatever':'x','i-klingon':'y','sr-Latn-RS':'z'}}"), BOTH },
  { "XAPI-00123", WITH("'timestamp':'2026-03-01T12:00:00.123456789+05:30'"), BOTH },
  { "XAPI-00123", WITH("'timestamp':'01/011/2015'"), NEVER, "/timestamp" },
  { "XAPI-00123", WITH("'timestamp':'2008-09-15T15:53:00.601-00:00'"), NEVER, "/timestamp" },
  { "XAPI-00123", WITH("'timestamp':'2008-09-15T15:53:00.601-0000'"), NEVER, "/timestamp" },
  { "XAPI-00123", WITH("'timestamp':'2008-09-15T15:53:00.601-00'"), NEVER, "/timestamp" },
  { "XAPI-00123", WITH("'timestamp':'2008-09-15 15:53:00Z'"), NEVER, "/timestamp" },
  { "XAPI-00123", WITH("'timestamp':'2008-09-15T15:53:00'"), IN_1, "/timestamp" },
  { "XAPI-00123", WITH("'timestamp':'20080915T155300Z'"), IN_1, "/timestamp" },
  { "XAPI-00123", WITH("'timestamp':'2008-09-15T15:53Z'"), IN_1, "/timestamp" },
  { "XAPI-00123", WITH("'timestamp':'2025-02-29T00:00:00Z'"), NEVER, "/timestamp" },
  { "XAPI-00124", RESULT("{'duration':'PT4H35M59.14S'}"), BOTH },
  { "XAPI-00124", RESULT("{'duration':'P4W'}"), BOTH },
  { "XAPI-00124", RESULT("{'duration':'P4W1D'}"), NEVER, "/result/duration" },
  { "XAPI-00124", RESULT("{'duration':'P0003-01-29T04:35:59'}"), NEVER, "/result/duration" },
  { "XAPI-00124", RESULT("{'duration':'P'}"), NEVER, "/result/duration" },
  { "XAPI-00124", RESULT("{'duration':'PT'}"), NEVER, "/result/duration" },
  { "XAPI-00124", RESULT("{'duration':'PT1.5H1M'}"), NEVER, "/result/duration" },
  { "XAPI-00124", RESULT("{'duration':'-PT1H'}"), NEVER, "/result/duration" },
  { "IEEE 9274.1.1 4.2.2.5 contextAgents", CONTEXT("{'contextAgents':[{'objectType':'contextAgent','agent':{'mbox':'mailto:b@example.com'},'relevantTypes':['http://example.com/r']}]}"), IN_2, "/context/contextAgents", "XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextAgents", CONTEXT("{'contextAgents':[{'objectType':'ContextAgent','agent':{'mbox':'mailto:b@example.com'}}]}"), NEVER, "/context/contextAgents", "4.2.2.5|XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextAgents", CONTEXT("{'contextAgents':[{'agent':{'mbox':'mailto:b@example.com'}}]}"), NEVER, "/context/contextAgents", "4.2.2.5|XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextAgents", CONTEXT("{'contextAgents':[{'objectType':'contextAgent'}]}"), NEVER, "/context/contextAgents", "4.2.2.5|XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextAgents", CONTEXT("{'contextAgents':[{'objectType':'contextAgent','agent':{'objectType':'Group','mbox':'mailto:b@example.com'}}]}"), NEVER, "/context/contextAgents", "4.2.2.5|XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextAgents", CONTEXT("{'contextAgents':[{'objectType':'contextAgent','agent':{'mbox':'mailto:b@example.com'},'relevantTypes':[]}]}"), NEVER, "/context/contextAgents", "4.2.2.5|XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextAgents", CONTEXT("{'contextAgents':[{'objectType':'contextAgent','agent':{'mbox':'mailto:b@example.com'},'relevantTypes':['abc']}]}"), NEVER, "/context/contextAgents", "4.2.2.5|XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextGroups", CONTEXT("{'contextGroups':[{'objectType':'contextGroup','group':{'objectType':'Group','mbox':'mailto:t@example.com'}}]}"), IN_2, "/context/contextGroups", "XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextGroups", CONTEXT("{'contextGroups':[{'objectType':'contextGroup','group':{'mbox':'mailto:t@example.com'}}]}"), NEVER, "/context/contextGroups", "4.2.2.5|XAPI-00010" },
  { "IEEE 9274.1.1 4.2.2.5 contextGroups", CONTEXT("{'contextGroups':{'objectType':'contextGroup'}}"), NEVER, "/context/contextGroups", "4.2.2.5|XAPI-00010" },
};

static bool judge(const char *json, enum xapi_version version, GError **error) {
  g_autoptr(json_doc_auto) doc = json_parse(json, strlen(json), error);
  return doc && xapi_check_statement(json_root(doc), version, error);
}

static bool names_rule(const char *message, const struct row *row) {
  g_auto(GStrv) rules = g_strsplit(row->named ? row->named : row->rule, "|", -1);
  for (char **rule = rules; *rule; rule++)
    if (strstr(message, *rule)) return true;
  return false;
}

static void check_row(const struct row *row) {
  g_autofree char *json = quoted(row->statement);
  for (enum xapi_version version = XAPI_1_0_3; version <= XAPI_2_0_0; version++) {
    g_autoptr(GError) error = NULL;
    bool taken = judge(json, version, &error), wanted = (row->taken & (version == XAPI_1_0_3 ? IN_1 : IN_2)) != 0;
    if (taken != wanted) g_error("%s %s: %s (%s)", row->rule, json, taken ? "taken" : "refused", error ? error->message : "");
    if (taken) continue;
    g_assert_error(error, MENO_ERROR, MENO_ERROR_BAD_INPUT);
    if (!names_rule(error->message, row)) g_error("%s %s: says %s", row->rule, json, error->message);
    if (!g_str_has_prefix(error->message, row->place)) g_error("%s at %s: says %s", row->rule, row->place, error->message);
    g_assert_true(*row->place || error->message[0] != '/');
  }
}

/* XAPI-00066: what holds for a statement holds for a SubStatement. */
static void check_row_inside(const struct row *row) {
  static const char *const own[] = { "'id':'f", "'id':'F", "'id':'g", "'id':'{", "'id':''", "'id':1", "'stored'", "'version'", "'authority'", "SubStatement" };
  if (row->statement[0] != '{' || strstr(row->statement, "f81d4fae")) return;
  for (size_t i = 0; i < G_N_ELEMENTS(own); i++)
    if (strstr(row->statement, own[i])) return;
  g_autofree char *text = g_strdup_printf("{" A "," V ",'object':{'objectType':'SubStatement',%s}", row->statement + 1), *json = quoted(text);
  for (enum xapi_version version = XAPI_1_0_3; version <= XAPI_2_0_0; version++) {
    g_autoptr(GError) error = NULL;
    bool taken = judge(json, version, &error), wanted = (row->taken & (version == XAPI_1_0_3 ? IN_1 : IN_2)) != 0;
    if (taken != wanted) g_error("XAPI-00066 %s: %s (%s)", json, taken ? "taken" : "refused", error ? error->message : "");
    if (error) g_assert_true(g_str_has_prefix(error->message, "/object"));
  }
}

static void requirement(const void *data) {
  const char *rule = data;
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (strcmp(rows[i].rule, rule) != 0) continue;
    check_row(&rows[i]);
    check_row_inside(&rows[i]);
  }
}

/* XAPI-00021: each property once; and what JSON itself refuses. */
static void once_only(void) {
  const char *const texts[] = { "{" A "," A "," V "," O "}", "{" A "," V ",'\\u0076erb':{'id':'http://example.com/did'}," O "}", WITH("'result':{'success':true,'success':true}"),
    WITH("'result':{'response':'\\u0000'}"), WITH("'result':{'response':'\\ud800'}"), WITH("'result':{'response':'\xff'}"), "{" A "," V "," O "}{}" };
  for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
    g_autofree char *json = quoted(texts[i]);
    g_autoptr(GError) error = NULL;
    g_assert_false(judge(json, XAPI_1_0_3, &error));
    g_assert_nonnull(strstr(error->message, "line 1, column"));
  }
}

/* Names with escapes are the names that they spell. */
static void escapes(void) {
  g_autofree char *json = quoted("{'\\u0061ctor':{'mbox':'mailto:ada@ex\\u0061mple.com'}," V "," O "}");
  g_assert_true(judge(json, XAPI_2_0_0, NULL));
}

/* A single activity becomes an array when it is stored: what is taken can be read again. */
static void depth(void) {
  for (int levels = 40; levels <= 60; levels++) {
    g_autoptr(GString) text = g_string_new("{" A "," V "," O ",'context':{'contextActivities':{'parent':{'id':'http://example.com/p','definition':{'extensions':{'http://example.com/x':");
    for (int i = 0; i < levels; i++) g_string_append_c(text, '[');
    for (int i = 0; i < levels; i++) g_string_append_c(text, ']');
    g_string_append(text, "}}}}}}");
    g_autofree char *json = quoted(text->str);
    /* statement, context, contextActivities, array, activity, definition, extensions: seven around them */
    g_assert_true(judge(json, XAPI_1_0_3, NULL) == (levels + 7 <= LIMIT_JSON_DEPTH));
  }
}

static void batches(void) {
  static const struct { const char *text; bool fine; size_t count; const char *says; } cases[] = {
    { "[]", true, 0, NULL }, { WITH("'id':" UUID), true, 1, NULL }, { "[" WITH("'id':" UUID) "," WITH("'result':{}") "]", true, 2, NULL },
    { "[" WITH("'id':" UUID) "," WITH("'result':{}") "," WITH("'id':'F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6'") "]", false, 0, "/2/id: statement 0 has the same id" },
    { "[" WITH("'result':{}") ",{" A "," V "}]", false, 0, "/1: a statement needs \"object\"" } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    g_autofree char *json = quoted(cases[i].text);
    g_autoptr(json_doc_auto) doc = json_parse(json, strlen(json), NULL);
    g_autoptr(GError) error = NULL;
    size_t count = 77;
    g_assert_true(xapi_check_batch(json_root(doc), XAPI_1_0_3, &count, &error) == cases[i].fine);
    if (cases[i].fine) g_assert_cmpuint(count, ==, cases[i].count);
    else g_assert_true(count == 77 && g_str_has_prefix(error->message, cases[i].says));
  }
}

/* XAPI-00012: parameters are held to what holds in statements. */
static void parameters(void) {
  static const struct { const char *text; bool fine; } agents[] = { { "{'mbox':'mailto:ada@example.com'}", true }, { "{'objectType':'Group','openid':'http://t.example.com/'}", true },
    { "{'objectType':'Group','member':[{'mbox':'mailto:ada@example.com'}]}", false }, { "{'name':'Ada'}", false }, { "wrong", false }, { "[]", false } };
  for (size_t i = 0; i < G_N_ELEMENTS(agents); i++) {
    g_autofree char *json = quoted(agents[i].text);
    g_autoptr(GError) error = NULL;
    g_assert_true(xapi_check_agent_text(json, strlen(json), XAPI_1_0_3, &error) == agents[i].fine);
    g_assert_true(agents[i].fine == (error == NULL));
  }
}

/* XAPI-00331, 00332: what a request's version may be. */
static void versions(void) {
  static const struct { const char *text; int version; } cases[] = { { "1.0", 0 }, { "1.0.0", 0 }, { "1.0.3", 0 }, { "1.0.32", 0 }, { "2.0", 1 }, { "2.0.0", 1 },
    { NULL, -1 }, { "", -1 }, { "1", -1 }, { "1.1.0", -1 }, { "0.95", -1 }, { "3.0.0", -1 }, { "1.0.x", -1 }, { "1.0.3.1", -1 }, { "2.00", -1 } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    enum xapi_version version = XAPI_1_0_3;
    g_autoptr(GError) error = NULL;
    bool fine = xapi_version_read(cases[i].text, &version, &error);
    g_assert_true(fine == (cases[i].version >= 0));
    if (fine) g_assert_cmpint((int)version, ==, cases[i].version);
  }
}

static void data_types(void) {
  typedef bool (*type_fn)(const char *, size_t);
  static const struct { type_fn fits; const char *good[10], *bad[14]; } types[] = {
    { xapi_is_iri, { "http://example.com", "urn:isbn:0451450523", "https://[2001:db8::1]:80/x?y#z", "tag:example.com,2026:x", "http://example.com/%7Efoo", "http://例え.jp/é" },
      { "", "http", "http:", "http://", "http:///x", "//x", "a b:c", "http://x y", "http://x/%zz", "http://x/a#b#c", "http://x/{y}", "http://x/[y]", "1http://x", "http://x/\xe2\x80\x8e" } },
    { xapi_is_mailto, { "mailto:a@b", "mailto:a.b+c@d.example", "mailto:%22a%20b%22@d.example", "mailto:a@[192.168.0.1]" },
      { "mailto:a", "mailto:@b", "mailto:a@", "mailto:a@b..c", "mailto:.a@b.c", "mailto:a@b?subject=x", "MAILTO:a@b.c", "mailto:a@b@c", "mailto:a@b.", "mailto:a@[b" } },
    { xapi_is_language, { "en", "en-US", "zh-Hant-TW", "sl-rozaj-biske", "de-CH-1996", "en-a-bbb-x-a", "x-y", "i-default", "zh-cmn-Hans-CN", "es-419" },
      { "", "e", "en_US", "en-", "-en", "abcdefghi", "en-a", "en-x", "a1", "de-419-DE", "en--us", "12", "en-US-u" } },
    { xapi_is_duration, { "PT0S", "P1Y2M3DT4H5M6.789S", "P4W", "PT1M", "P0.5Y", "PT16559,14S", "P1.5W" },
      { "", "P", "PT", "P1", "1Y", "P1S", "PT1D", "P1YT", "P1M1Y", "P1Y4W", "P.5Y", "P1.Y", "PT1H ", "P1H" } },
    { xapi_is_media_type, { "text/plain", "application/ld+json; profile=\"a;b\"", "image/svg+xml", "a/b;c=d ; e=f", "text/plain;" },
      { "", "text", "text/", "/plain", "text/plain x", "text/plain; x", "text/pl ain", "text/plain; x=\"" } } };
  for (size_t i = 0; i < G_N_ELEMENTS(types); i++) {
    for (size_t j = 0; j < G_N_ELEMENTS(types[i].good) && types[i].good[j]; j++)
      if (!types[i].fits(types[i].good[j], strlen(types[i].good[j]))) g_error("type %zu refuses %s", i, types[i].good[j]);
    for (size_t j = 0; j < G_N_ELEMENTS(types[i].bad) && types[i].bad[j]; j++)
      if (types[i].fits(types[i].bad[j], strlen(types[i].bad[j]))) g_error("type %zu takes %s", i, types[i].bad[j]);
  }
}

static void moments(void) {
  static const struct { const char *text; int64_t micros; } cases[] = { { "1970-01-01T00:00:00Z", 0 }, { "1970-01-01T01:00:00+01:00", 0 }, { "1969-12-31T19:00:00.5-05:00", 500000 },
    { "2026-03-01T12:00:00.1234567Z", INT64_C(1772366400123456) }, { "2016-12-31T23:59:60Z", INT64_C(1483228800000000) }, { "2000-02-29t00:00:00z", INT64_C(951782400000000) } };
  for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
    int64_t micros = -1;
    g_assert_true(xapi_read_time(cases[i].text, strlen(cases[i].text), XAPI_2_0_0, &micros));
    g_assert_cmpint(micros, ==, cases[i].micros);
  }
  static const char *const bad[] = { "", "2026", "2026-03-01", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-03-01T24:00:00Z", "2026-03-01T12:60:00Z", "2026-03-01T12:00:61Z",
    "2026-03-01T12:00:60Z", "2026-03-01T12:00:00.Z", "2026-03-01T12:00:00+24:00", "2026-03-01T12:00:00+5:00", "2026-03-01T12:00:00Zx", "1900-02-29T00:00:00Z", "2026-03-01T120000Z" };
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
    for (enum xapi_version version = XAPI_1_0_3; version <= XAPI_2_0_0; version++)
      if (xapi_read_time(bad[i], strlen(bad[i]), version, NULL)) g_error("%s is taken", bad[i]);
}

/* ---- published statements ---- */

static const char *refdata(void) {
  const char *folder = g_getenv("MENO_REFDATA");
  return folder ? folder : "../shared/refdata";
}

static void published_statements(void) {
  g_autofree char *path = g_build_filename(refdata(), "xapi", "tccc_statements.json", NULL), *text = NULL;
  gsize length;
  if (!g_file_get_contents(path, &text, &length, NULL)) {
    g_test_skip("no reference data (MENO_REFDATA)");
    return;
  }
  g_autoptr(json_doc_auto) doc = json_parse(text, length, NULL);
  for (enum xapi_version version = XAPI_1_0_3; version <= XAPI_2_0_0; version++) {
    g_autoptr(GError) error = NULL;
    size_t count = 0;
    if (!xapi_check_batch(json_root(doc), version, &count, &error)) g_error("%s", error->message);
    g_assert_cmpuint(count, ==, 2814);
  }
}

/* A template's file name says whether it is good; these are frames that a test fills, so they lack something as they stand. */
static bool is_good_template(const char *folder, const char *name) {
  static const char *const frames[] = { "contexts/instructor", "contexts/team", "statements/actor", "statements/authority", "statements/object_activity", "statements/object_actor",
    "statements/object_substatement", "statements/verb", "substatements/activity", "substatements/actor", "substatements/agent", "substatements/group", "substatements/verb" };
  static const char *const bad[] = { "invalid", "numeric_", "string_", "no_id", "no_actor", "no_verb", "no_object.", "no_homepage", "no_name", "multiple" };
  g_autofree char *path = g_strdup_printf("%s/%.*s", folder, (int)(strlen(name) - strlen(".json")), name);
  for (size_t i = 0; i < G_N_ELEMENTS(frames); i++)
    if (strcmp(path, frames[i]) == 0) return false;
  for (size_t i = 0; i < G_N_ELEMENTS(bad); i++)
    if (strstr(name, bad[i])) return false;
  return strcmp(path, "groups/anonymous_no_member") != 0;
}

static void published_templates(void) {
  static const struct { const char *folder, *before, *after; } parts[] = { { "agents", "{'actor':", "," V "," O "}" }, { "groups", "{'actor':", "," V "," O "}" },
    { "verbs", "{" A ",'object':{'objectType':'StatementRef','id':" UUID "},'verb':", "}" }, { "activities", "{" A "," V ",'object':", "}" },
    { "results", "{" A "," V "," O ",'result':", "}" }, { "contexts", "{" A "," V "," O ",'context':", "}" }, { "substatements", "{" A "," V ",'object':", "}" }, { "statements", "", "" } };
  unsigned judged = 0;
  for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
    g_autofree char *folder = g_build_filename(refdata(), "xapi", "v1_0_3", "templates", parts[i].folder, NULL);
    g_autofree char *before = quoted(parts[i].before), *after = quoted(parts[i].after);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    if (!dir) {
      g_test_skip("no reference data (MENO_REFDATA)");
      return;
    }
    for (const char *name; (name = g_dir_read_name(dir)) != NULL; judged++) {
      g_autofree char *path = g_build_filename(folder, name, NULL), *text = NULL;
      g_autoptr(GError) error = NULL;
      g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
      g_autofree char *statement = g_strconcat(before, text, after, NULL);
      if (judge(statement, XAPI_1_0_3, &error) != is_good_template(parts[i].folder, name)) g_error("%s: %s", path, error ? error->message : "taken");
    }
  }
  g_assert_cmpuint(judged, ==, 119);
}

int main(int argc, char **argv) {
  g_test_init(&argc, &argv, NULL);
  for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
    if (i > 0 && strcmp(rows[i].rule, rows[i - 1].rule) == 0) continue;
    g_autofree char *path = g_strconcat("/xapi/", rows[i].rule, NULL);
    g_test_add_data_func(path, rows[i].rule, requirement);
  }
  g_test_add_func("/xapi/XAPI-00021", once_only);
  g_test_add_func("/xapi/escapes", escapes);
  g_test_add_func("/xapi/depth", depth);
  g_test_add_func("/xapi/batches", batches);
  g_test_add_func("/xapi/XAPI-00012", parameters);
  g_test_add_func("/xapi/XAPI-00331", versions);
  g_test_add_func("/xapi/data-types", data_types);
  g_test_add_func("/xapi/moments", moments);
  g_test_add_func("/xapi/published/statements", published_statements);
  g_test_add_func("/xapi/published/templates", published_templates);
  return g_test_run();
}
