#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements out of a store and into another, as they are: the same to the byte on the way back, however packed; taken twice, there
once; interrupted at any moment by a kill, taken up by the same command; what cannot be taken named by line and id, and nothing half.
For administrators, on the command line and over HTTP."""
import gzip
import http.client
import json
import signal
import subprocess
import uuid

import meno
import xapi

NOW = None
STORED = "2024-02-03T04:05:06.{:06d}Z"


def foreign(number, **rest):
    """A statement as another store gives it."""
    return {"id": str(uuid.UUID(int=(0x4000 << 64) | (8 << 60) | number)), "actor": xapi.agent(f"learner{number % 50}"), "verb": {"id": xapi.VERB, "display": {"en": "passed"}},
            "object": {"objectType": "Activity", "id": f"https://example.com/activities/{number % 200}", "definition": {"name": {"en": f"Activity {number % 200}"}}},
            "result": {"score": {"scaled": 0.5}, "response": "x" * 300}, "timestamp": "2024-02-03T04:05:06Z", "stored": STORED.format(number),
            "authority": {"objectType": "Agent", "name": "Their LMS", "mbox": "mailto:lms@example.com"}, "version": "1.0.0"} | rest


def compact(row):
    return json.dumps(row, ensure_ascii=False, separators=(",", ":"))


def lines_of(rows):
    return "".join(compact(row) + "\n" for row in rows).encode()


def fill(tap, data):
    """A store with something of everything."""
    one, two = xapi.credential(data, "one", "all"), xapi.credential(data, "two", "all")
    with meno.Server(data, NOW) as server:
        first, second = xapi.Client(server, one), xapi.Client(server, two, "1.0.3")
        plain = [xapi.statement(f"p{index % 5}", result={"score": {"scaled": 0.50, "raw": 1e2}, "response": "ü \" \\ \u2028"}) for index in range(120)]
        first.send(*plain[:100])
        for row in plain[100:]:
            second.send(row)
        refers, void = xapi.refers(plain[1]["id"]), xapi.statement("boss", xapi.VOIDED) | {"object": {"objectType": "StatementRef", "id": plain[0]["id"]}}
        first.send(refers, void)
        xapi.attachments(tap, first)
        return plain, refers, void, one


def export(data, *words):
    answer = meno.meno(data, "statements", "export", *words, now=NOW, js=False)
    if answer.status:
        raise AssertionError(repr(answer))
    return answer


def bring(data, *words, stdin=None):
    return meno.meno(data, "statements", "import", *words, now=NOW, stdin=stdin)


# ---- there and back ----------------------------------------------------------------------------------------------

def round_trip(tap, source, folder):
    plain, packed, zipped = folder / "all.jsonl", folder / "all.jsonl.zst", folder / "all.jsonl.gz"
    said = export(source)
    for path in (plain, packed, zipped):
        export(source, path)
    text = plain.read_bytes()
    unpacked = [gzip.decompress(zipped.read_bytes()), subprocess.run(["zstd", "-dc", packed], capture_output=True, check=True).stdout, said.raw]
    tap.ok(all(one == text for one in unpacked), "the same lines, plain, by gzip, by zstd, and on the standard output", [len(one) for one in unpacked])
    tap.ok(len(zipped.read_bytes()) < len(text) / 4 > len(packed.read_bytes()), "packed well", [len(text), len(zipped.read_bytes()), len(packed.read_bytes())])
    rows = [json.loads(line) for line in text.splitlines()]
    statements, attached = [row for row in rows if "id" in row], [row for row in rows if "attachment" in row]
    tap.ok(len(statements) == 123 and len(attached) == 1 and all({"stored", "authority", "timestamp", "version"} <= set(row) for row in statements), "each statement whole, with what is attached on a line before it", [len(statements), len(attached)])
    for kind, file in (("plain", plain), ("gzip", zipped), ("zstd", packed)):
        target = meno.init()
        looked = bring(target, file, "--check").json
        tap.same((looked["taken"], looked["bad"], export(target).raw), (123, 0, b""), f"{kind}: a check says what would be taken, and takes nothing")
        taken, again = bring(target, file).json, bring(target, file).json
        tap.same([(report["taken"], report["there"], report["bad"], report["attachments"]) for report in (taken, again)], [(123, 0, 0, 1), (0, 123, 0, 1)], f"{kind}: taken once, and the second time there")
        tap.ok(export(target).raw == text, f"{kind}: what goes out again is the same, byte by byte")
    with open(plain, "rb") as file:
        tap.same(bring(target, "-", stdin=file).json["there"], 123, "what comes in by a pipe is read, too")
    return target, text


def at_the_door(tap, target, text, plain, refers, void):
    """What was moved is found as if it had always been there."""
    credential = xapi.credential(target, "reader", "all")
    rows = {row["id"]: row for row in map(json.loads, text.splitlines()) if "id" in row}
    with meno.Server(target, NOW) as server:
        client = xapi.Client(server, credential)
        one = client.ask("GET", "/statements", query={"statementId": plain[5]["id"]})
        tap.same(one.json, rows[plain[5]["id"]], "it is given as it was, with its own stored and authority")
        tap.same([client.ask("GET", "/statements", query={key: plain[0]["id"]}).status for key in ("statementId", "voidedStatementId")], [404, 200], "what was voided is voided")
        tap.same(client.ids(agent=xapi.agent("p1"), ascending="true")[:2], [plain[1]["id"], plain[6]["id"]], "a filter finds it")
        tap.ok(refers["id"] in client.ids(agent=xapi.agent("p1")), "and what refers to it")
        own = xapi.statement("p1")
        client.send(own)
        middle = sorted(row["stored"] for row in rows.values())[60]
        expected = {key for key, row in rows.items() if row["stored"] > middle and key != plain[0]["id"]}
        tap.same(set(client.ids(since=middle)), expected | {own["id"]}, "since counts by the moment at which it was stored there")
        tap.same(set(client.ids(until=middle)), set(rows) - expected - {plain[0]["id"]}, "and so does until")
        tap.same(client.ids(since=middle, limit=7, ascending="true"), client.ids(since=middle, limit=7)[::-1], "in both directions, page by page")
        changed = plain[5] | {"verb": {"id": "https://example.com/other"}}
        tap.same(client.send(changed).status, 409, "and nobody stores another under its id")


def filters(tap, source, plain):
    ids = lambda *words: [json.loads(line)["id"] for line in export(source, *words).raw.splitlines() if b'"attachment":{' not in line]
    rows = [json.loads(line) for line in export(source).raw.splitlines() if not line.startswith(b'{"attachment"')]
    middle = rows[70]["stored"]
    tap.same(ids("--agent", "p2@example.com"), [row["id"] for row in plain if row["actor"] == xapi.agent("p2")], "an export by agent, given as a mailbox")
    tap.same(ids("--verb", xapi.VOIDED), [row["id"] for row in rows if row["verb"]["id"] == xapi.VOIDED], "by verb")
    tap.same(ids("--since", middle), [row["id"] for row in rows[71:]], "by time, after")
    tap.same(ids("--until", middle, "--after", rows[30]["id"]), [row["id"] for row in rows[31:71]], "and at or before, behind a statement")
    tap.same([meno.meno(source, "statements", "export", *words, now=NOW).status for words in (("--since", "yesterday"), ("--verb", "v"), ("--agent", "{}"), ("--after", str(uuid.uuid4())), ("--nothing", "x"))],
             [65, 65, 65, 66, 64], "a question that is none is refused")


# ---- what goes wrong ---------------------------------------------------------------------------------------------

def refusals(tap, folder):
    target = meno.init()
    rows = [foreign(number) for number in range(5)]
    meno.write(folder / "few.jsonl", lines_of(rows))
    bring(target, folder / "few.jsonl")
    bad = [foreign(10), rows[1] | {"verb": {"id": "https://example.com/other"}}, foreign(11, actor={"mbox": "james"}), foreign(12, stored="2999-01-01T00:00:00Z"), foreign(13)]
    text = lines_of(bad[:4]) + b'{"half\n' + lines_of(bad[4:]) + lines_of([foreign(14)])[:-40]
    meno.write(folder / "bad.jsonl", text)
    before = export(target).raw
    for words, taken in ((("--check",), 2), ((), 2), ((), 0)):
        answer = bring(target, folder / "bad.jsonl", *words)
        tap.same((answer.status, answer.json["taken"], answer.json["bad"], [(row["line"], row["id"]) for row in answer.json["problems"]]),
                 (65, taken, 5, [(3, bad[2]["id"]), (4, bad[3]["id"]), (5, None), (7, None), (2, rows[1]["id"])]), f"what cannot be taken is named, with line and id {' '.join(words)}")
        if words:
            tap.ok(export(target).raw == before, "a check leaves all as it was")
    why = {row["line"]: row["why"] for row in answer.json["problems"]}
    tap.ok("says something else" in why[2] and "/actor/mbox" in why[3] and "clock" in why[4] and "line 1" in why[5] and "breaks off" in why[7], "each with its reason", why)
    tap.same(export(target).raw.count(b"\n"), 7, "and the others are there")
    damaged = bytearray(gzip.compress(lines_of(foreign(number) for number in range(100, 400))))
    damaged[len(damaged) // 2] ^= 255
    meno.write(folder / "damaged.gz", bytes(damaged))
    answer = bring(target, folder / "damaged.gz")
    tap.ok(answer.status != 0 and "damaged" in answer.err, "a damaged file is said to be one", answer)
    other = meno.write(folder / "letter.txt", "Dear all,\n")
    answer = meno.meno(target, "statements", "export", other, now=NOW)
    tap.ok(answer.status == 73 and other.read_text() == "Dear all,\n", "an export goes on with no file that is none", answer)
    tap.same(meno.meno(target, "statements", "import", folder / "none.jsonl", now=NOW).status, 66, "a file that is not there is missed")


def killed(tap, data, words, ready):
    """Kills a command as soon as something is there; its status."""
    process = subprocess.Popen([meno.BINARY, *meno.place(data), "statements", *map(str, words)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        meno.wait_for(lambda: ready() or process.poll() is not None, "the work to have begun")
    finally:
        process.send_signal(signal.SIGKILL)
        process.communicate()
    return process.returncode


def count(data):
    with meno.database(data) as db:
        return db.execute("SELECT count(*) FROM statement").fetchone()[0]


def kills(tap, folder):
    """Killed while it takes in, killed while it gives out: the same command goes on, and all is there once."""
    total = 200000 if meno.SOAK else 25000 if meno.EMBEDDED else 8000
    text = lines_of(foreign(number) for number in range(total))
    file, target = meno.write(folder / "many.jsonl.gz", gzip.compress(text, 1)), meno.init()
    seen = []
    for _ in range(3):
        had = count(target)
        status = killed(tap, target, ["import", file], lambda had=had: count(target) > had)
        seen.append((status, count(target)))
    tap.ok(all(status == -signal.SIGKILL and 0 < there < total and there % 1000 == 0 for status, there in seen), "killed in the middle of it, thrice: whole batches are there", seen)
    report = bring(target, file).json
    tap.same((report["taken"] + report["there"], report["there"], report["bad"]), (total, seen[-1][1], 0), "the same command goes on")
    for name in ("out.jsonl", "out.jsonl.gz", "out.jsonl.zst"):
        out = folder / name
        status = killed(tap, target, ["export", out], lambda out=out: out.exists() and out.stat().st_size > 0)
        size = out.stat().st_size
        with open(out, "ab") as half:
            half.write(out.read_bytes()[:300] if name.endswith("l") else b"\x1f\x8b\x08half" if name.endswith("gz") else b"\x28\xb5\x2f\xfdhalf")  # and what a power cut may leave
        export(target, out)
        made = out.read_bytes()
        plain = made if name.endswith("l") else gzip.decompress(made) if name.endswith("gz") else subprocess.run(["zstd", "-dc", out], capture_output=True, check=True).stdout
        tap.ok(status == -signal.SIGKILL and size < len(made) and plain == text, f"{name}: killed while it is written, it goes on where it was whole", (status, size, len(made), len(plain), len(text)))
    more = [foreign(total + number) for number in range(10)]
    bring(target, meno.write(folder / "more.jsonl", lines_of(more)))
    export(target, folder / "out.jsonl.gz")
    tap.ok(gzip.decompress((folder / "out.jsonl.gz").read_bytes()) == text + lines_of(more), "an export that is finished grows by what has come since")
    return target


# ---- over HTTP ---------------------------------------------------------------------------------------------------

def over_http(tap, source, text, large):
    passwords = meno.add_accounts(source)
    with meno.Server(source, NOW) as server:
        admin, lead = (meno.Caller(server, login, passwords[login]) for login in ("sysadmin", "lead"))
        reply = admin.get("/statements/export")
        tap.ok(reply.status == 200 and reply.body == text and reply.headers["Content-Disposition"] == 'attachment; filename="statements.jsonl"', "an administrator takes them over HTTP", reply)
        zipped = admin.get("/statements/export?compress=gzip")
        tap.ok(gzip.decompress(zipped.body) == text and "statements.jsonl.gz" in zipped.headers["Content-Disposition"], "packed, if wanted")
        ids = [json.loads(line)["id"] for line in text.splitlines() if not line.startswith(b'{"attachment"')]
        tap.same(admin.get(f"/statements/export?after={ids[-3]}").body.count(b"\n"), 3, "behind a statement (one of the two has an attachment)")
        tap.same([lead.get("/statements/export").status, meno.Caller(server).get("/statements/export").status, admin.get("/statements/export?verb=x").status, admin.get(f"/statements/export?after={uuid.uuid4()}").status],
                 [403, 401, 400, 404], "nobody else does, and what cannot be asked is refused before it begins")
    target = meno.init()
    passwords = meno.add_accounts(target)
    with meno.Server(target, NOW) as server:
        admin = meno.Caller(server, "sysadmin", passwords["sysadmin"])
        body, kind = meno.multipart([("statements.jsonl.gz", gzip.compress(text))])
        job = admin.job(admin.ask("POST", "/statements/import", body, kind=kind))
        tap.ok(job["state"] == "done" and job["result"]["taken"] == 123, "and brings them in", job)
        tap.ok(admin.get("/statements/export").body == text, "as they were")
    with meno.Server(large, NOW) as server:
        passwords = meno.add_accounts(large)
        admin = meno.Caller(server, "sysadmin", passwords["sysadmin"])
        whole = export(large).raw
        tap.ok(admin.get("/statements/export").body == whole, f"{len(whole) >> 20} MB flow through as well")
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=meno.DEADLINE)
        connection.request("GET", "/api/v1/statements/export", headers=admin.headers)
        connection.getresponse().read(1000)
        connection.close()
        tap.same(admin.get("/statements/export?after=" + json.loads(whole.splitlines()[-2])["id"]).body, whole.splitlines()[-1] + b"\n", "who goes away in the middle leaves nothing behind")
        tap.same(server.stop(), 0, "and the server ends as it should")


def main(tap):
    folder, source = meno.folder(), meno.init()
    plain, refers, void, _ = fill(tap, source)
    target, text = round_trip(tap, source, folder)
    at_the_door(tap, target, text, plain, refers, void)
    filters(tap, source, plain)
    refusals(tap, folder)
    large = kills(tap, folder)
    over_http(tap, source, text, large)
    for name, data in (("source", source), ("target", target), ("large", large)):
        events, _ = meno.head(data)
        tap.ok(events > 100, f"{name}: the {events} events make the same tables again")


if __name__ == "__main__":
    meno.scenario(main)
