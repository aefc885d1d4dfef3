#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements go on to another record store: all of them, in order, once, with what is attached and what voids them, though either side is
killed on the way or away for a while; what the other refuses is put aside, exactly that, and sent again when a person says so;
and the secret of the other store stands in no file and no log of this one."""
import base64
import datetime
import email
import email.policy
import http.server
import json
import threading

import meno
import xapi

NOW = None


class ServerAt(meno.Server):
    """A server at a port of our choosing: one that comes back where it was."""

    def __init__(self, data, port):
        self.at = port
        super().__init__(data, NOW)

    def command(self, data, now, words):
        return [meno.BINARY, *meno.place(data), "serve", "--port", str(self.at)]


class Store:
    """The least record store: takes, refuses, or is out of order, as it is told; remembers what it took, in order."""

    def __init__(self):
        self.taken, self.requests, self.refuses, self.answers, self.lock = {}, [], set(), [], threading.Lock()
        store = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                with store.lock:
                    status, extra = store.answer(self.path, self.headers, body)
                self.send_response(status)
                for name, value in extra.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/lrs"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def answer(self, path, headers, body):
        kind = headers["Content-Type"]
        parts = []
        if kind.startswith("multipart/mixed"):
            whole = email.message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=email.policy.HTTP)
            body, *parts = [part.get_payload(decode=True) for part in whole.iter_parts()]
        rows = json.loads(body)
        self.requests.append({"path": path, "version": headers["X-Experience-API-Version"], "authorization": headers["Authorization"], "ids": [row["id"] for row in rows], "parts": parts})
        if self.answers:
            return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if any(row["id"] in self.refuses for row in rows):
            return 400, {}
        for row in rows:
            self.taken.setdefault(row["id"], row)
        return 200, {}


def forwards(data):
    return meno.must(data, "forwards", "list", now=NOW)["forwards"]


def add(data, url, credential, *words, label="other"):
    secret = meno.write(meno.folder() / "secret", credential["secret"] + "\n")
    return meno.must(data, "forwards", "add", label, "--url", url, "--key", credential["key"], "--secret", secret, *words, now=NOW)["id"]


def dead(data):
    return meno.must(data, "outbox", "list", "--state", "dead", now=NOW)["actions"]


def exported(data):
    return meno.meno(data, "statements", "export", now=NOW, js=False).raw


def rows_of(text):
    return [json.loads(line) for line in text.splitlines() if not line.startswith(b'{"attachment"')]


def told(row):
    """What a statement says, without what a store adds."""
    return {key: value for key, value in row.items() if key not in ("stored", "authority")}


def settled(data):
    return all(row["state"] == "up to date" for row in forwards(data))


# ---- two Menos ---------------------------------------------------------------------------------------------------

def all_arrives(tap, source, target):
    """Whole, attached, voided; and one and the other are killed on the way."""
    mine, theirs = xapi.credential(source, "here", "all"), xapi.credential(target, "there", "all")
    other = meno.Server(target, NOW)
    port = other.port
    with meno.Server(source, NOW) as server:
        client, old = xapi.Client(server, mine, stays=True), xapi.Client(server, mine, "1.0.3")
        first = [xapi.statement(f"p{number % 5}") for number in range(40)]
        client.send(*first[:20])
        for row in first[20:]:
            old.send(row)
        client.send(xapi.refers(first[1]["id"]), xapi.statement("boss", xapi.VOIDED) | {"object": {"objectType": "StatementRef", "id": first[0]["id"]}})
        xapi.attachments(tap, client)
        add(source, f"http://127.0.0.1:{port}/xapi", theirs)
        meno.wait_for(lambda: settled(source), "statements to arrive")
    here, there = rows_of(exported(source)), rows_of(exported(target))
    tap.same([told(row) for row in there], [told(row) for row in here], f"{len(here)} statements, in both versions, are there in their order, and say the same")
    attached = [line for line in exported(source).splitlines() if line.startswith(b'{"attachment"')]
    tap.ok(len(attached) == 1 and attached[0] in exported(target).splitlines(), "with what is attached")
    reader = xapi.Client(other, theirs)
    tap.same([reader.ask("GET", "/statements", query={key: first[0]["id"]}).status for key in ("statementId", "voidedStatementId")], [404, 200], "and what was voided is voided")
    row = forwards(source)[0]
    tap.same((row["sent"], row["aside"], row["why"], "secret" in json.dumps(row)), (len(here), 0, None, False), "the list says how many, and no secret")

    sent, total = [], 30000 if meno.SOAK else 6000 if meno.EMBEDDED else 2000
    for name in ("sender", "receiver"):
        server = meno.Server(source, NOW)
        client = xapi.Client(server, mine, stays=True)
        had = forwards(source)[0]["sent"]
        for _ in range(0, total, 500):
            batch = [xapi.statement(f"q{number % 50}") for number in range(500)]
            assert client.send(*batch).status == 200
            sent += batch
        meno.wait_for(lambda had=had: forwards(source)[0]["sent"] > had, "some to have gone on")
        (server if name == "sender" else other).kill()
        if name == "receiver":
            meno.wait_for(lambda: forwards(source)[0]["state"] == "held up", "the sender to see that nobody answers")
            held = forwards(source)[0]
            tap.ok(held["why"] and held["next_try"] and held["failing_since"], "while the other is away it is said, with since when and when it is tried again", held)
            other = ServerAt(target, port)
        else:
            server = meno.Server(source, NOW)
        meno.wait_for(lambda: settled(source), "the rest to arrive")
        tap.same(server.stop(), 0, f"the {name} killed: it goes on by itself")
    here, there = rows_of(exported(source)), rows_of(exported(target))
    tap.ok(len(here) == len({row["id"] for row in there}) == len(there), f"all {len(here)} are there, each once", (len(here), len(there)))
    tap.same([row["id"] for row in there], [row["id"] for row in here], "in their order")
    tap.same(dead(source), [], "and none was put aside")
    other.stop()
    return mine


# ---- a store that refuses ----------------------------------------------------------------------------------------

def one_refused(tap, source, mine):
    store, credential = Store(), {"key": "their-key", "secret": "their-Secret-4711"}
    with meno.Server(source, NOW) as server:
        client = xapi.Client(server, mine)
        for row in forwards(source):
            meno.must(source, "forwards", "remove", row["id"], now=NOW)
        identity = add(source, store.url, credential, "--new-only")
        rows = [xapi.statement("r") for _ in range(150)]
        store.refuses = {rows[77]["id"]}
        client.send(*rows)
        meno.wait_for(lambda: settled(source) and forwards(source)[0]["sent"] == 149, "all but one to arrive")
        tap.same(list(store.taken), [row["id"] for row in rows if row is not rows[77]], "of a batch with one that the other minds all others arrive, in order")
        letters = dead(source)
        tap.ok(len(letters) == 1 and letters[0]["subject"].endswith(rows[77]["id"]) and letters[0]["channel"] == "forward" and "400" in letters[0]["why"] and forwards(source)[0]["aside"] == 1,
               "exactly that one is put aside, among the dead letters", letters)
        tap.ok(all(request["path"] == "/lrs/statements" and request["authorization"] == "Basic " + base64.b64encode(b"their-key:their-Secret-4711").decode() for request in store.requests), "sent with the credential that was given")
        meno.must(source, "outbox", "retry", letters[0]["id"], now=NOW)
        tap.same((len(dead(source)), rows[77]["id"] in store.taken), (1, False), "sent again while the other still minds it, it is a dead letter again")
        store.refuses = set()
        meno.must(source, "outbox", "retry", letters[0]["id"], now=NOW)
        tap.same((dead(source), list(store.taken)[-1]), ([], rows[77]["id"]), "one word later it is there")
        tap.ok("gap" not in meno.must(source, "replay", "--verify", now=NOW), "and has its reasons: a statement that came in, and a person who wanted it forwarded")
        trouble(tap, source, store, client)
        filtered(tap, source, store, client, credential, mine)
        log = server.errors()
    tap.ok("forwarding is held up" in log and credential["secret"] not in log, "no secret stands in the log")
    if meno.EMBEDDED:
        files = b"".join(path.read_bytes() for path in source.glob("meno.db*"))
        tap.ok(identity.encode() in files and credential["secret"].encode() not in files, "and none in the database")
    events = json.dumps([body for _, kind, _, _, body in meno.events(source) if kind.startswith(("forward.", "action."))])
    tap.ok("other" in events and credential["secret"] not in events and credential["key"] not in events, "nor in the ledger")


def waits(row):
    """Seconds until the next try, from when it was seen."""
    return (datetime.datetime.fromisoformat(row["next_try"]) - datetime.datetime.fromisoformat(row["failing_since"])).total_seconds()


def finding_of_doctor(data, now):
    return next(finding for finding in meno.meno(data, "doctor", now=now).json["findings"] if finding["what"] == "forwards")


def trouble(tap, source, store, client):
    """What may pass is waited for, and nothing is put aside."""
    for answer, word in (((503, {"Retry-After": "3600"}), "503"), ((401, {}), "key and secret"), ((302, {"Location": "http://127.0.0.1:1/"}), "no record store"), ((429, {}), "429")):
        store.answers = [answer]
        row = xapi.statement("t")
        client.send(row)
        meno.wait_for(lambda: forwards(source)[0]["state"] == "held up", "the trouble to be seen")
        held = forwards(source)[0]
        tap.ok(word in held["why"] and row["id"] not in store.taken and waits(held) >= (3600 if answer[0] == 503 else 1), f"{answer[0]}: it waits, and says why", held)
        store.answers = []
        meno.must(source, "forwards", "resume", held["id"], now=NOW)
        meno.wait_for(lambda row=row: row["id"] in store.taken, "it to arrive")
    store.answers = [(400, {})]
    rows = [xapi.statement("t") for _ in range(120)]
    client.send(*rows)
    meno.wait_for(lambda: forwards(source)[0]["state"] == "held up", "the trouble to be seen")
    held = forwards(source)[0]
    tap.ok("nearly everything" in held["why"] and dead(source) == [], "a store that minds everything is at fault itself: nothing is put aside", held)
    since = datetime.datetime.fromisoformat(held["failing_since"])
    soon, later = (finding_of_doctor(source, (since + datetime.timedelta(hours=hours)).isoformat()) for hours in (1, 7))
    tap.ok(soon["fine"] and not later["fine"] and "nearly everything" in later["text"] and later["remedy"], "the doctor names it when it has lasted for hours", (soon, later))
    store.answers = []
    meno.must(source, "forwards", "resume", forwards(source)[0]["id"], now=NOW)
    meno.wait_for(lambda: settled(source), "all to arrive")
    for letter in dead(source):  # a try that was under way when the store came to its senses
        meno.must(source, "outbox", "retry", letter["id"], now=NOW)
    tap.ok({row["id"] for row in rows} <= set(store.taken), "and later all is there")


def filtered(tap, source, store, client, credential, mine):
    meno.must(source, "forwards", "pause", forwards(source)[0]["id"], now=NOW)
    verb = "https://example.com/verbs/wanted"
    wanted, others = [xapi.statement("w", verb), xapi.statement("v", verb)], [xapi.statement("w"), xapi.statement("v")]
    void = xapi.statement("boss", xapi.VOIDED) | {"object": {"objectType": "StatementRef", "id": wanted[0]["id"]}}
    client.send(*wanted, *others, void)
    stores = {"verb": (("--verb", verb), wanted + [void]), "agent": (("--agent", "w@example.com"), [wanted[0], others[0], void]), "activity and agent": (("--activity", wanted[0]["object"]["id"], "--agent", "v@example.com"), [wanted[1], others[1]]),
              "authority": (("--authority", mine["id"]), wanted + others + [void]), "another authority": (("--authority", "nobody@example.com"), [])}
    for name, (words, expected) in stores.items():
        other = Store()
        identity = add(source, other.url, credential, *words, label=name)
        meno.wait_for(lambda identity=identity: next(row for row in forwards(source) if row["id"] == identity)["state"] != "off" and client.send(xapi.statement("nobody")).status == 200 and
                      (not expected or expected[-1]["id"] in other.taken), f"{name}: what is wanted to arrive")
        ours = {row["id"] for row in wanted + others + [void]}
        tap.same([key for key in other.taken if key in ours], [row["id"] for row in expected], f"only what the filter takes goes on, by {name}; what voids it goes along")
        meno.must(source, "forwards", "remove", identity, now=NOW)
    tap.ok(not set(store.taken) & {row["id"] for row in wanted}, "and nothing where it is turned off")
    bad = [("--url", "ftp://x"), ("--url", "https://a:b@example.com"), ("--url", "x"), ("--url", store.url, "--agent", "{}"), ("--url", store.url, "--verb", "v")]
    secret = meno.write(meno.folder() / "secret", "x")
    tap.same([meno.meno(source, "forwards", "add", "bad", *words, "--key", "k", "--secret", secret, now=NOW).status for words in bad], [65] * len(bad), "what cannot be forwarded to is refused")
    tap.same(meno.meno(source, "forwards", "resume", "none", now=NOW).status, 66, "a forward that is not there is missed")


def main(tap):
    source, target = meno.init(), meno.init()
    mine = all_arrives(tap, source, target)
    one_refused(tap, source, mine)
    for name, data in (("source", source), ("target", target)):
        events, _ = meno.head(data)
        tap.ok(events > 100, f"{name}: the {events} events make the same tables again")


meno.scenario(main)
