#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A learning record store that programs can rely on: who may come in and what each may see; statements that come back as they were
sent, by every way of asking; states and profiles that two clients cannot lose; input that is meant to hurt; many writers at
once; a server that dies, and what it had acknowledged is there. And what is sent counts as evidence, until its person is erased."""
import base64
import hashlib
import http.client
import json
import threading
import urllib.parse
import uuid

import meno

NOW = None  # the machine's: `stored` is compared with the moment at which an answer came
VERB, VOIDED = "http://adlnet.gov/expapi/verbs/passed", "http://adlnet.gov/expapi/verbs/voided"


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"{self.status} {self.body[:300]!r}"


class Client:
    """A program with a credential, in one version of xAPI; a connection a request, or one that stays."""

    def __init__(self, server, credential=None, version="2.0.0", stays=False):
        self.port, self.version, self.stays, self.connection = server.port, version, stays, None
        pair = f"{credential['key']}:{credential['secret']}" if credential else None
        self.authorization = "Basic " + base64.b64encode(pair.encode()).decode() if pair else None

    def ask(self, method, path, body=None, query=None, kind="application/json", **headers):
        if query:
            path += "?" + urllib.parse.urlencode({key: json.dumps(value) if isinstance(value, dict) else value for key, value in query.items()})
        sent = {"X-Experience-API-Version": self.version, "Authorization": self.authorization, "Content-Type": kind if body is not None else None}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        if body is not None and not isinstance(body, (bytes, str)):
            body = json.dumps(body)
        connection = self.connection or http.client.HTTPConnection("127.0.0.1", self.port, timeout=meno.DEADLINE)
        connection.request(method, path if path.startswith("/xapi") else "/xapi" + path, body, {name: value for name, value in sent.items() if value is not None})
        reply = connection.getresponse()
        answer = Answer(reply.status, reply.headers, reply.read())
        if self.stays:
            self.connection = connection
        else:
            connection.close()
        return answer

    def send(self, *statements):
        return self.ask("POST", "/statements", list(statements))

    def ids(self, **query):
        """Of all that a query finds, following `more`."""
        reply, found = self.ask("GET", "/statements", query=query), []
        while True:
            assert reply.status == 200, reply
            found += [statement["id"] for statement in reply.json["statements"]]
            if not reply.json["more"]:
                return found
            reply = self.ask("GET", reply.json["more"])


def agent(name):
    return {"objectType": "Agent", "mbox": f"mailto:{name}@example.com"}


def statement(who="learner", verb=VERB, what="https://example.com/activities/1", **rest):
    return {"id": str(uuid.uuid4()), "actor": agent(who), "verb": {"id": verb}, "object": {"objectType": "Activity", "id": what}} | rest


def refers(to, verb="https://example.com/verbs/confirmed", who="trainer"):
    return statement(who, verb) | {"object": {"objectType": "StatementRef", "id": to}}


def credential(data, label, scopes):
    return meno.must(data, "credentials", "add", label, "--scopes", scopes, now=NOW)


# ---- who may come in ---------------------------------------------------------------------------------------------

def credentials(tap, data, server, everything):
    writer, mine, reader = (credential(data, label, scopes) for label, scopes in (("writer", "statements/write"), ("mine", "statements/write,statements/read/mine"), ("reader", "all/read")))
    one, two, three, full = (Client(server, made) for made in (writer, mine, reader, everything))
    sent, own = statement(), statement()
    tap.same([one.send(sent).status, two.send(own).status, three.send(statement()).status], [200, 200, 403], "who has the scope may store, who has not is told so")
    tap.same([one.ask("GET", "/statements").status, two.ids(), set(three.ids()) >= {sent["id"], own["id"]}], [403, [own["id"]], True],
             "one may not read, one reads what it has stored itself, one reads all")
    tap.same([two.ask("GET", "/statements", query={"statementId": sent["id"]}).status, three.ask("GET", "/statements", query={"statementId": own["id"]}).status], [404, 200],
             "and no id opens another's statement")
    authority = full.ask("GET", "/statements", query={"statementId": own["id"]}).json["authority"]
    tap.same((authority["account"]["name"], authority["name"]), (mine["id"], "mine"), "the credential vouches, whatever was sent")
    forged = statement(authority=agent("boss"))
    full.send(forged)
    tap.same(full.ask("GET", "/statements", query={"statementId": forged["id"]}).json["authority"]["account"]["name"], everything["id"], "nobody vouches in another's name")
    state = {"activityId": "https://example.com/a", "agent": agent("a"), "stateId": "s"}
    tap.same([one.ask("PUT", "/activities/state", {}, query=state).status, three.ask("PUT", "/activities/state", {}, query=state).status], [403, 403], "states want a scope, too")

    rotated = meno.must(data, "credentials", "rotate", writer["id"], now=NOW)
    tap.same([one.send(statement()).status, Client(server, rotated).send(statement()).status], [200, 200], "after a rotation both secrets are taken for a while")
    listed = {row["label"]: row for row in meno.must(data, "credentials", "list", now=NOW)["credentials"]}
    tap.ok(listed["mine"]["used"] and not listed["writer"]["revoked"] and "secret" not in json.dumps(listed), "the list says when each was used, and no secret", listed)
    meno.must(data, "credentials", "revoke", writer["id"], now=NOW)
    meno.wait_for(lambda: one.send(statement()).status == 401 and Client(server, rotated).send(statement()).status == 401, "the revocation", 3)
    tap.same([one.send(statement()).status, Client(server, rotated).send(statement()).status], [401, 401], "a revoked one opens nothing, a second later")
    with open(data / "meno.db", "rb") if (data / "meno.db").exists() else open(__file__, "rb") as file:
        tap.ok(everything["secret"].encode() not in file.read(), "no secret stands in the database")
    wrong = everything | {"secret": everything["secret"][:-1] + ("A" if everything["secret"][-1] != "A" else "B")}
    bad = [Client(server).ask("GET", "/statements"), Client(server, wrong).ask("GET", "/statements")] + \
        [Client(server).ask("GET", "/statements", Authorization=header) for header in ("Basic", "Basic ????", "Basic " + "QQ" * 400, "Bearer x", "Basic Og==", "Basic AGEAOmIA")]
    tap.ok(all(reply.status == 401 and reply.headers["WWW-Authenticate"] for reply in bad), "no credential, a wrong one and what is none are 401", bad)


# ---- statements --------------------------------------------------------------------------------------------------

def round_trip(tap, client):
    sent = statement(result={"score": {"scaled": 0.50, "raw": 1e2}, "duration": "PT1H0M1.230S"}, context={"language": "de", "extensions": {"https://example.com/e": [1, None, "ü"]}},
                     timestamp="2026-02-03T04:05:06.000+01:00")
    text = json.dumps(sent, ensure_ascii=False)
    tap.same(client.ask("POST", "/statements", text.encode()).json, [sent["id"]], "a statement is taken, and its id is answered")
    reply = client.ask("GET", "/statements", query={"statementId": sent["id"]})
    back = reply.json
    tap.ok(all(back[key] == sent[key] for key in ("id", "actor", "verb", "object", "result", "context")) and b"0.5" in reply.body and b"100.0" in reply.body, "it comes back as it was sent", back)
    tap.same((back["timestamp"], back["version"], back["stored"] > back["timestamp"]), ("2026-02-03T03:05:06.000Z", "2.0.0", True), "with what the store adds, its time in UTC")
    tap.ok(reply.headers["Last-Modified"] and reply.headers["X-Experience-API-Consistent-Through"] >= back["stored"] and reply.headers["X-Experience-API-Version"] == "2.0.0", "and the headers that say so", dict(reply.headers))
    head = client.ask("HEAD", "/statements", query={"statementId": sent["id"]})
    tap.same((head.status, head.body, head.headers["Content-Length"]), (200, b"", reply.headers["Content-Length"]), "HEAD is GET without a body")
    tap.same([client.send(sent).status, client.ask("PUT", "/statements", sent, query={"statementId": sent["id"]}).status], [200, 204], "the same again changes nothing")
    other = sent | {"verb": {"id": "https://example.com/verbs/other"}}
    fresh = statement()
    tap.same([client.send(fresh, other).status, client.ask("GET", "/statements", query={"statementId": fresh["id"]}).status], [409, 404], "another under its id is a conflict, and nothing of its batch is stored")
    older = Client.__new__(Client)
    older.__dict__.update(client.__dict__, version="1.0.3")
    tap.same(older.ask("GET", "/statements", query={"statementId": sent["id"]}).headers["X-Experience-API-Version"], "1.0.3", "both versions are spoken at one address")
    without = client.ask("GET", "/statements", X_Experience_API_Version=None)
    tap.same((without.status, without.headers["X-Experience-API-Version"]), (400, "2.0.0"), "without a version a request is refused, and told which there is")
    formatted = client.ask("GET", "/statements", query={"statementId": sent["id"], "format": "ids"}).json
    tap.same(formatted["object"], {"id": sent["object"]["id"]}, "in the format ids there is what identifies, and no more")


def filters(tap, client):
    mark = str(uuid.uuid4())
    what, context, verb = f"https://example.com/{mark}", f"https://example.com/{mark}/course", f"https://example.com/{mark}/verb"
    first = statement("f1", verb, what)
    second = statement("f2", verb, what, context={"registration": mark, "contextActivities": {"grouping": [{"id": context}]}, "instructor": agent("teacher")})
    third = statement("f1", VERB, context)
    fourth = refers(second["id"])
    ids = [row["id"] for row in (first, second, third, fourth)]
    client.send(first), client.send(second, third), client.send(fourth)
    expected = {
        "verb": ({"verb": verb}, [3, 1, 0]), "activity": ({"activity": what}, [3, 1, 0]), "agent": ({"agent": agent("f2"), "activity": what}, [3, 1]),
        "registration": ({"registration": mark}, [3, 1]), "an activity of the context, alone": ({"activity": context}, [2]),
        "related activities": ({"activity": context, "related_activities": "true"}, [3, 2, 1]), "related agents": ({"agent": agent("teacher"), "related_agents": "true", "activity": what}, [3, 1]),
        "an agent of the context, alone": ({"agent": agent("teacher"), "activity": what}, []), "ascending": ({"activity": what, "ascending": "true"}, [0, 1, 3]),
        "all of them": ({"verb": verb, "activity": what, "agent": agent("f1")}, [0])}
    for name, (query, found) in expected.items():
        tap.same(client.ids(**query), [ids[index] for index in found], f"asked by {name}")
    stored = [client.ask("GET", "/statements", query={"statementId": one}).json["stored"] for one in ids]
    tap.same(stored, sorted(set(stored)), "moments of storing follow each other, even in a batch")
    tap.same([client.ids(since=stored[1]), client.ids(since=stored[0], until=stored[2], activity=what)], [[ids[3], ids[2]], [ids[1]]], "asked by time: after, and at or before")
    for order in ("true", "false"):
        tap.same([client.ids(activity=what, limit=1, ascending=order)], [[ids[index] for index in ([0, 1, 3] if order == "true" else [3, 1, 0])]], f"in parts of one, ascending: {order}")
    void = statement("admin", VOIDED) | {"object": {"objectType": "StatementRef", "id": first["id"]}}
    client.send(void)
    tap.same([client.ask("GET", "/statements", query={key: first["id"]}).status for key in ("statementId", "voidedStatementId")], [404, 200], "a voided statement is found as such")
    tap.same(client.ids(verb=verb), [void["id"], fourth["id"], second["id"]], "and in no list; what refers to it is")


def multipart(boundary, *parts):
    body = b""
    for headers, data in parts:
        body += b"--" + boundary + b"\r\n" + b"".join(f"{name}: {value}\r\n".encode() for name, value in headers.items()) + b"\r\n" + data + b"\r\n"
    return body + b"--" + boundary + b"--\r\n"


def attachments(tap, client):
    data = bytes(range(256)) * 20
    sha = hashlib.sha256(data).hexdigest()
    sent = statement(attachments=[{"usageType": "https://example.com/u", "display": {"en": "x"}, "contentType": "application/octet-stream", "length": len(data), "sha2": sha}])
    part = {"Content-Type": "application/octet-stream", "Content-Transfer-Encoding": "binary", "X-Experience-API-Hash": sha}
    whole = multipart(b"abc", ({"Content-Type": "application/json"}, json.dumps(sent).encode()), (part, data))
    tap.same(client.ask("POST", "/statements", whole, kind="multipart/mixed; boundary=abc").status, 200, "a statement with a file is taken")
    reply = client.ask("GET", "/statements", query={"statementId": sent["id"], "attachments": "true"})
    tap.ok(reply.headers["Content-Type"].startswith("multipart/mixed; boundary=") and data in reply.body and sha.encode() in reply.body, "and comes back with it, byte by byte", reply.headers["Content-Type"])
    tap.same(client.ask("GET", "/statements", query={"statementId": sent["id"]}).headers["Content-Type"], "application/json", "or without, where nobody asks for it")
    for title, broken in (("without its data", multipart(b"abc", ({"Content-Type": "application/json"}, json.dumps(statement(attachments=sent["attachments"])).encode()))),
                          ("with other data", multipart(b"abc", ({"Content-Type": "application/json"}, json.dumps(statement(attachments=sent["attachments"])).encode()), (part, data[:-1]))),
                          ("cut off", whole[:-20]), ("without parts", b"--abc--\r\n"), ("that is nothing", b"")):
        tap.same(client.ask("POST", "/statements", broken, kind="multipart/mixed; boundary=abc").status, 400, f"an attachment {title} is refused")


def alternate(tap, client):
    client.version = "1.0.3"
    sent = statement()
    form = {"statementId": sent["id"], "content": json.dumps(sent), "X-Experience-API-Version": "1.0.3", "Authorization": client.authorization, "Content-Type": "application/json"}
    bare = {"kind": "application/x-www-form-urlencoded", "Authorization": None, "X_Experience_API_Version": None}
    tap.same(client.ask("POST", "/statements?method=PUT", urllib.parse.urlencode(form), **bare).status, 204, "a browser that cannot set headers stores with a form")
    form = {name: form[name] for name in ("statementId", "Authorization", "X-Experience-API-Version")}
    tap.same(client.ask("POST", "/statements?method=GET", urllib.parse.urlencode(form), **bare).json["id"], sent["id"], "and reads with one")
    tap.same([client.ask("POST", "/statements?method=GET&limit=1", urllib.parse.urlencode(form), **bare).status, client.ask("POST", "/statements?method=PATCH", "a=b", **bare).status], [400, 400], "anything else in the address is refused")
    client.version = "2.0.0"
    tap.same(client.ask("POST", "/statements?method=GET", "limit=1", kind="application/x-www-form-urlencoded").status, 400, "xAPI 2.0 has no such thing")
    asked = Client.ask(client, "OPTIONS", "/statements", Authorization=None, Origin="https://course.example", X_Experience_API_Version=None)
    tap.ok(asked.status == 204 and asked.headers["Access-Control-Allow-Origin"] == "*" and "Authorization" in asked.headers["Access-Control-Allow-Headers"] and "POST" in asked.headers["Access-Control-Allow-Methods"], "pages of other sites may ask", dict(asked.headers))
    read = client.ask("GET", "/statements?limit=1", Origin="https://course.example")
    tap.ok(read.headers["Access-Control-Allow-Origin"] == "*" and "Set-Cookie" not in read.headers and not read.headers["Access-Control-Allow-Credentials"], "with a credential of their own", dict(read.headers))


# ---- documents ---------------------------------------------------------------------------------------------------

def documents(tap, client):
    places = {"/activities/state": {"activityId": "https://example.com/a", "agent": agent("d"), "stateId": "one", "registration": str(uuid.uuid4())},
              "/activities/profile": {"activityId": "https://example.com/a", "profileId": "one"}, "/agents/profile": {"agent": agent("d"), "profileId": "one"}}
    for path, query in places.items():
        ask = lambda method, body=None, kind="application/json", query=query, **headers: client.ask(method, path, body, query=query, kind=kind, **headers)
        tap.same([ask("GET").status, ask("POST", {"a": 1}).status, ask("POST", {"b": 2}).status, ask("GET").json], [404, 204, 204, {"a": 1, "b": 2}], f"{path}: what is posted is joined")
        etag = ask("GET").headers["ETag"]
        tap.same([ask("PUT", "x", "text/plain").status, ask("PUT", "x", "text/plain", If_Match='"old"').status, ask("PUT", "x", "text/plain", If_None_Match="*").status], [409, 412, 412], f"{path}: nobody overwrites what they have not seen")
        tap.same([ask("PUT", bytes(range(256)), "image/x", If_Match=etag).status, ask("GET").body, ask("GET").headers["Content-Type"], ask("POST", {}).status], [204, bytes(range(256)), "image/x", 400], f"{path}: bytes of any kind are kept")
        tap.same(ask("GET", If_None_Match=ask("GET").headers["ETag"]).status, 304, f"{path}: what has not changed is not sent again")
        listed = {name: value for name, value in query.items() if name not in ("stateId", "profileId")}
        tap.same([ask("GET", query=listed).json, ask("GET", query=listed | {"since": "2999-01-01T00:00:00Z"}).json], [["one"], []], f"{path}: their names are listed, by time, too")
        tap.same([ask("DELETE", If_Match='"old"').status, ask("DELETE").status, ask("GET").status], [412, 204, 404], f"{path}: and they are deleted")
    sent = statement("d", what="https://example.com/named") | {"actor": agent("d") | {"name": "Dee"}}
    sent["object"]["definition"] = {"name": {"en": "Named"}}
    client.send(sent)
    tap.same([client.ask("GET", "/agents", query={"agent": agent("d")}).json, client.ask("GET", "/activities", query={"activityId": "https://example.com/named"}).json["definition"]],
             [{"objectType": "Person", "name": ["Dee"], "mbox": ["mailto:d@example.com"]}, {"name": {"en": "Named"}}], "what statements tell of people and activities can be asked for")
    tap.ok("2.0.0" in Client.ask(client, "GET", "/about", Authorization=None, X_Experience_API_Version=None).json["version"], "and anybody may ask what is spoken here")


# ---- input that is meant to hurt ---------------------------------------------------------------------------------

def hostile(tap, client, server):
    good = json.dumps(statement())
    bodies = {
        "a key twice": good[:-1] + ',"actor":{"mbox":"mailto:x@example.com"}}', "an escaped NUL": good.replace("activities/1", "\\u0000"), "half a surrogate": good.replace("activities/1", "\\ud800"),
        "wrong bytes": good.encode().replace(b"activities/1", b"\xff\xfe"), "JSON that breaks off": good[:-3], "nothing": "", "a number": "7", "an empty object": "{}", "null": "null",
        "brackets a hundred thousand deep": "[" * 100000, "a member nobody knows": good[:-1] + ',"more":1}', "two ids the same": f"[{good},{good}]", "a score of 1e400": good[:-1] + ',"result":{"score":{"raw":1e400}}}',
        "something after it": good + "x", "a statement in a statement": good.replace('"objectType": "Activity"', '"objectType": "Statement"')}
    before = len(client.ids())
    for title, body in bodies.items():
        reply = client.ask("POST", "/statements", body)
        tap.ok(reply.status == 400 and reply.json["detail"] if title != "a score of 1e400" else reply.status in (200, 400), f"{title} is refused, with a reason", reply)
        before += title == "a score of 1e400" and reply.status == 200
    long = "x" * (1 << 20)
    tap.same(client.ask("POST", "/statements", json.dumps(statement(context={"extensions": {"https://example.com/e": long}}))).status, 413, "a statement of more than a megabyte is too large")
    tap.same(client.ask("POST", "/activities/profile", "x" * (5 << 20), kind="text/plain", query={"activityId": "https://example.com/a", "profileId": "p"}).status, 413, "so is a document of five")
    tap.same(len(client.ids()), before, "and nothing of all that was stored")
    head = http.client.HTTPConnection("127.0.0.1", server.port, timeout=meno.DEADLINE)
    head.putrequest("POST", "/xapi/statements")
    head.putheader("Content-Length", str(1 << 20))
    head.endheaders()
    tap.same(head.getresponse().status, 401, "nothing large is read for a stranger")
    head.close()
    queries = ["?limit=-1", "?limit=x", "?foo=1", "?statementId=1", "?agent=x", "?agent={}", "?since=yesterday", "?format=all", "?verb=v", "?cursor=x", "?cursor=-1", "?cursor=99999999999999999999", "?limit=1&limit=2",
               "?statementId=" + str(uuid.uuid4()) + "&verb=https://example.com/v", "?attachments=1", "?StatementId=" + str(uuid.uuid4()), "?%00=1", "?verb=%ff"]
    replies = {query: client.ask("GET", "/statements" + query).status for query in queries}
    tap.same({query: status for query, status in replies.items() if status != 400}, {}, f"{len(queries)} questions that are none are refused")
    tap.same([client.ask("DELETE", "/statements").status, client.ask("PATCH", "/statements").status, client.ask("PUT", "/about", "{}").status, client.ask("GET", "/nothing").status], [405, 405, 405, 404], "so are methods and addresses that there are not")
    tap.same([client.ask("POST", "/statements", good, kind=kind).status for kind in ("text/plain", "application/json-seq", "multipart/mixed", "multipart/form-data; boundary=x")], [400] * 4, "and content of another kind")
    tap.same(client.ids(limit=10 ** 30) == client.ids(), True, "a limit beyond all measure is all")
    tap.same([client.ask("GET", "/statements?cursor=999999999999999999").status, client.ask("GET", "/statements?cursor=1&ascending=true").status], [200, 200], "a place beyond the end is none")


# ---- many at once, and none lost ---------------------------------------------------------------------------------

def at_once(tap, server, everything):
    """Batches of the same and of other ids by many writers: no deadlock, each id once, nobody is answered wrongly."""
    shared, statuses, sent = [statement("crowd", f"https://example.com/crowd") for _ in range(20)], [], []

    def write(number):
        client = Client(server, everything, stays=True)
        for index in range(10):
            own = [statement("crowd", "https://example.com/crowd") for _ in range(5)]
            mixed = own + (shared if (number + index) % 2 else shared[::-1])
            statuses.append(client.send(*mixed).status)
            sent.extend(row["id"] for row in own)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(meno.DEADLINE)
    found = Client(server, everything).ids(agent=json.dumps(agent("crowd")))
    tap.same(set(statuses), {200}, "eight writers of the same statements in different order all get through")
    tap.ok(len(found) == len(set(found)) and set(found) == set(sent) | {row["id"] for row in shared}, "and each statement is there once", (len(found), len(sent)))


def dies(tap, data, everything):
    """Killed while it writes: what was acknowledged is there."""
    acknowledged = []
    with meno.Server(data, NOW) as server:
        def write():
            client = Client(server, everything, stays=True)
            try:
                while True:
                    row = statement("survivor")
                    if client.send(row).status == 200:
                        acknowledged.append(row["id"])
            except (OSError, http.client.HTTPException):
                pass

        threads = [threading.Thread(target=write) for _ in range(6)]
        for thread in threads:
            thread.start()
        meno.wait_for(lambda: len(acknowledged) > 200, "statements to be acknowledged")
        server.kill()
        for thread in threads:
            thread.join(meno.DEADLINE)
    with meno.Server(data, NOW) as server:
        found = Client(server, everything).ids(agent=json.dumps(agent("survivor")))
        tap.ok(set(acknowledged) <= set(found) and len(found) <= len(acknowledged) + 6, f"of {len(acknowledged)} acknowledged statements none is lost", len(found))
        tap.same([Client(server, everything).ask("GET", "/statements", query={"statementId": one}).status for one in acknowledged[-3:]], [200] * 3, "nor is the last")


# ---- into the loop -----------------------------------------------------------------------------------------------

def evidence(tap, data, everything):
    files = meno.folder()
    meno.write_csv(files / "people.csv", ["employee_number", "work_email"], [["e1", "pat@example.com"], ["e2", "sam@example.com"]])
    meno.write_csv(files / "skills.csv", ["skill_id", "name"], [["negotiation", "Negotiation"]])
    meno.must(data, "import", files, now=NOW)
    scored = [statement(who, what="https://example.com/quizzes/negotiation", result={"score": {"scaled": 0.8}}) for who in ("pat", "PAT", "sam", "nobody")]
    with meno.Server(data, NOW) as server:
        client = Client(server, everything)
        turns = meno.wait_for(lambda: meno.events(data, "turn.taken"), "the agents' first turns")
        client.send(*scored)
        later = meno.wait_for(lambda: meno.events(data, "turn.taken")[len(turns):], "the agents to see what was sent")
        tap.ok(later, "what programs send gives the agents their turns")
        tap.same(meno.must(data, "status", now=NOW)["results"], 3, "scored statements of people are evidence of the skill that their activity names")
        void = statement("admin", VOIDED) | {"object": {"objectType": "StatementRef", "id": scored[1]["id"]}}
        client.send(void)
        tap.same(meno.must(data, "status", now=NOW)["results"], 2, "a voided one is none")
        client.send(statement("sam", context={"instructor": agent("pat")}))
        client.ask("POST", "/agents/profile", {"likes": "tea"}, query={"agent": agent("pat"), "profileId": "p"})
    shown = meno.must(data, "erase", "e1", now=NOW)
    tap.same(({row["kind"]: row["events"] for row in shown["kinds"]}["statement.stored"], shown["attachments"], shown["documents"], shown["naming"]), (2, 0, 1, 1),
             "before a person is erased it is shown how many statements, attachments, states and profiles go, and which of others stay")
    meno.must(data, "erase", "e1", "--confirm", meno.must(data, "erase", "e1", now=NOW)["id"], now=NOW)
    with meno.Server(data, NOW) as server:
        client = Client(server, everything)
        tap.same([client.ask("GET", "/statements", query={"statementId": row["id"]}).status for row in (scored[0], scored[2])], [404, 200], "an erased person's statements cannot be read any more, another's can")
        tap.same([client.ids(agent=json.dumps(agent("pat"))), client.ask("GET", "/agents/profile", query={"agent": agent("pat"), "profileId": "p"}).status], [[void["id"]], 404],
                 "nor what programs kept of them; another's statement about one of theirs stays")
        late = statement("pat")
        tap.same([client.send(late).status, client.ask("GET", "/statements", query={"statementId": late["id"]}).status], [200, 404], "and what still comes of them is not kept")
    meno.head(data)


def main(tap):
    data = meno.init()
    everything = credential(data, "everything", "all")
    with meno.Server(data, NOW) as server:
        client = Client(server, everything)
        credentials(tap, data, server, everything)
        round_trip(tap, client)
        filters(tap, client)
        attachments(tap, client)
        alternate(tap, client)
        documents(tap, client)
        hostile(tap, client, server)
        at_once(tap, server, everything)
    dies(tap, data, everything)
    evidence(tap, data, everything)
    events, _ = meno.head(data)
    tap.ok(events > 500, f"and the {events} events make the same tables again")


if __name__ == "__main__":
    meno.scenario(main)
