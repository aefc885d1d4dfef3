#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hostile input at each door gets a clear error with its place, the exit status or HTTP status of the table, and changes
nothing: the ledger's head stays. What is only text (formulas, markup) is kept as text and leaves disarmed."""
import contextlib
import csv
import io
import json
import os
import pathlib
import re
import resource
import socket

import meno

CROWD = 10000
HEAD = "skill_id,name\n"
KPI = "goal_id,team,date,value\n"


def files_of(folder):
    """(title, file name, content, words that the message must have)"""
    deep = b"[" * 100000
    statement = b'{"id":"6690e6c9-3ef0-4ed3-8b37-7f3964730bee","actor":{"mbox":"mailto:a@example.com"},"verb":{"id":"http://v"},"object":{"id":"http://o"}}'
    yield "a quoted cell that never ends", "skills.csv", HEAD + 's1,One\ns2,"Two', ["skills.csv:3"]
    yield "a row that breaks off", "skills.csv", HEAD + "s1,One\ns2", ["skills.csv:3"]
    yield "an empty file", "skills.csv", "", ["skills.csv"]
    yield "only a BOM", "skills.csv", b"\xef\xbb\xbf", ["skills.csv"]
    yield "NUL bytes", "skills.csv", HEAD + "s1,O\0ne\n", ["skills.csv"]
    yield "nothing but NUL bytes", "skills.csv", b"\0" * 4096, ["skills.csv"]
    yield "half a UTF-16 character", "skills.csv", (HEAD + "s1,One\n").encode("utf-16") + b"\x41", ["skills.csv"]
    yield "a lone surrogate", "skills.csv", (HEAD + "s1,").encode("utf-16") + b"\x00\xd8A\x00\n\x00", ["skills.csv"]
    yield "a zip instead of CSV", "people.csv", b"PK\x03\x04" + bytes(range(256)) * 40, ["people.csv", "save the sheet as CSV"]
    yield "an image instead of CSV", "people.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, ["people.csv"]
    yield "gzip instead of CSV", "people.csv", b"\x1f\x8b\x08\0" + bytes(range(255, -1, -1)) * 40, ["people.csv"]
    yield "a hundred thousand columns", "skills.csv", HEAD.strip() + "," + ",".join(f"c{i}" for i in range(100000)) + "\n", ["skills.csv:1", "cells"]
    yield "a cell of a megabyte", "skills.csv", HEAD + "s1," + "x" * 1000000 + "\n", ["skills.csv:2"]
    yield "a header of a megabyte", "skills.csv", "skill_id,name" + "x" * 1000000 + "\n", ["skills.csv"]
    yield "a column twice", "skills.csv", "skill_id,name,Name\ns1,One,Eins\n", ["skills.csv:1", "name"]
    yield "a column too few", "skills.csv", "skill_id,title\ns1,One\n", ["skills.csv:1", "name"]
    yield "control characters in an id", "skills.csv", HEAD + "s\x01,One\n", ["skills.csv:2", "skill_id", "control"]
    yield "an id that a spreadsheet shortened", "skills.csv", HEAD + "1.23E+05,One\n", ["skills.csv:2", "skill_id"]
    for value in ("1e308", "NaN", "inf", "-Infinity", "1e400", "0x10", "1_000", "", "12 apples", "9" * 400):
        yield f"the figure {value[:12]!r}", "kpis.csv", KPI + f"g,,2026-01-05,{value}\n", ["kpis.csv:2", "value"]
    for date in ("2026-02-30", "0000-00-00", "99999-01-01", "2026-1-1", "tomorrow", "-2026-01-01"):
        yield f"the date {date!r}", "kpis.csv", KPI + f"g,,{date},1\n", ["kpis.csv:2", "date"]
    yield "a circle of skills", "skills.csv", "skill_id,name,broader\na,A,b\nb,B,a\n", ["skills.csv", "broader"]
    yield "JSON that is not", "statements.jsonl", statement + b"\n{oops\n", ["statements.jsonl:2"]
    yield "JSON that breaks off", "statements.jsonl", statement[:-10], ["statements.jsonl:1"]
    yield "JSON a hundred thousand deep", "statements.jsonl", deep, ["statements.jsonl:1"]
    yield "an array that never ends", "statements.json", b"[" + statement + b",", ["statements.json"]
    yield "a statement without a verb", "statements.jsonl", statement.replace(b'"verb"', b'"word"'), ["statements.jsonl:1"]
    yield "a statement that is a number", "statements.json", b"[1e308]", ["statements.json"]
    yield "a key twice", "statements.jsonl", statement[:-1] + b',"id":"x"}', ["statements.jsonl:1"]
    yield "an escaped NUL", "statements.jsonl", statement.replace(b"http://o", b"http://\\u0000"), ["statements.jsonl:1"]
    yield "a score of 1e400", "statements.jsonl", statement[:-1] + b',"result":{"score":{"scaled":1e400}}}', ["statements.jsonl:1"]
    yield "wrong bytes in JSON", "statements.jsonl", statement.replace(b"http://o", b"http://\xff\xfe"), ["statements.jsonl"]
    yield "a source of NUL bytes", "sources/notes.md", b"\0\1\2" * 100, ["notes.md"]


def by_files(tap, data, before):
    folder = meno.folder()
    for index, (title, name, content, words) in enumerate(files_of(folder)):
        path = meno.write(folder / str(index) / name, content)
        answer = meno.meno(data, "import", path)
        told = answer.err + answer.out
        places = {f"{row['file']}:{row['line']} {row['column']}" for row in (answer.json or {}).get("problems", [])}
        told += " ".join(places)
        tap.ok(answer.status == 65 and answer.json is not None and all(word in told for word in words), f"{title}: refused, with its place", (words, answer))
    tap.same(meno.head(data), before, "none of these files changed anything")


def by_arguments(tap, data, before):
    """Things that are no files, as arguments."""
    folder = meno.folder()
    (folder / "loop").symlink_to(folder / "loop")
    os.mkfifo(folder / "skills.csv")
    round_and_round = folder / "round"
    round_and_round.mkdir()
    (round_and_round / "sources").symlink_to(round_and_round)
    meno.write(round_and_round / "a.md", "text\n")
    (folder / "empty").mkdir()
    broken = folder / "broken"
    broken.mkdir()
    (broken / "people.csv").symlink_to("/nonexistent/people.csv")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(folder / "goals.csv"))
    cases = [("what is not there", folder / "none.csv", {66}), ("a symbolic link to itself", folder / "loop", {66}), ("a pipe", folder / "skills.csv", {65, 66}),
             ("a socket", folder / "goals.csv", {65, 66}), ("a device", "/dev/zero", {65, 66}), ("a folder that holds itself", round_and_round, {65, 66}),
             ("an empty folder", folder / "empty", {65, 66}), ("a folder with a broken link", broken, {66}), ("an empty name", "", {64, 65, 66}),
             ("a name of five thousand letters", "x" * 5000, {66}), ("a mapping that is not there", None, {66})]
    if os.geteuid():
        locked = meno.write(folder / "people.csv", "employee_number\n1\n")
        locked.chmod(0)
        cases.append(("a file that may not be read", locked, {66}))
    else:
        tap.skip("a file that may not be read: refused", "root may read everything")
    for title, path, statuses in cases:
        answer = meno.meno(data, "import", path) if path is not None else meno.meno(data, "import", "/dev/null", "--map", folder / "none.yaml")
        tap.ok(answer.status in statuses and answer.err.strip() and answer.json is not None, f"{title}: refused", answer)
    many = meno.folder()
    for index in range(201):
        meno.write(many / f"s{index}.md", "text\n")
    answer = meno.meno(data, "import", many)
    tap.ok(answer.status == 65 and "200" in answer.err, "two hundred and one files: refused with the limit", answer)
    tap.same(meno.head(data), before, "none of these changed anything")


def only_text(tap, empty):
    """A formula or a tag in a name is a name. It leaves as one, too."""
    data, folder = meno.clone(empty), meno.folder()
    names = ["=cmd|' /C calc'!A0", "+1+1", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","y")', "<script>alert(1)</script>", 'a"b,c', "two\nlines"]
    meno.write(folder / "people.csv", "employee_number,first_name\n1,<script>alert(1)</script>\n")
    header = "goal_id,name,unit,direction,owner,baseline,target,due".split(",")
    meno.write_csv(folder / "goals.csv", header, [[f"g{i}", name, "%", "up", "1", "0", "1", "2026-12-31"] for i, name in enumerate(names)])
    meno.must(data, "import", folder)
    shown = {goal["id"]: goal["name"] for goal in meno.must(data, "goals")["goals"]}
    tap.same(shown, {f"g{i}": name for i, name in enumerate(names)}, "formulas and tags are kept as the names that they are")
    exported = meno.must(data, "export", "--what", "goals", js=False).raw.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(exported)))
    tap.ok(len(rows) == len(names) + 1, "the export has a row of each", exported)
    wild = [cell for row in rows for cell in row if cell[:1] in ("=", "+", "@", "\t", "\r") or (cell[:1] == "-" and not cell[1:2].isdigit())]
    tap.same(wild, [], "no cell of it would run in a spreadsheet")
    tap.same(sorted(row[1].removeprefix("'") for row in rows[1:]), sorted(names), "and every name can be read back")


# ---- HTTP --------------------------------------------------------------------------------------------------------

def raw(port, text):
    """All that the server says to these bytes, until it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=meno.DEADLINE) as wire:
        try:
            wire.sendall(text)
            wire.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it hung up before it had read all: what it said counts
        said = b""
        try:
            while piece := wire.recv(65536):
                said += piece
        except ConnectionError:
            pass
        return said


def statuses(said):
    return [int(part.split(b" ", 1)[0]) for part in said.split(b"HTTP/1.1 ")[1:] if part[:3].isdigit()]


def json_bodies(tap, lead, goal):
    path = f"/goals/{goal}/weight"
    cases = [("JSON that is not", b"{oops", {400}), ("half of it", b'{"weight":0.', {400}), ("an array", b"[]", {400}), ("a bare number", b"1", {400}), ("nothing", b"", {400}),
             ("NaN", b'{"weight":NaN}', {400}), ("1e308", b'{"weight":1e308}', {400}), ("1e400", b'{"weight":1e400}', {400}), ("a text for a number", b'{"weight":"0.5"}', {400}),
             ("null", b'{"weight":null}', {400}), ("an unknown field", b'{"weight":0.5,"colour":"red"}', {400}), ("a field twice", b'{"weight":0.5,"weight":0.6}', {400}),
             ("the id twice", b'{"weight":0.5,"id":"other"}', {400}), ("a million brackets", b'{"weight":' + b"[" * 60000, {400}), ("an object for a text", b'{"weight":0.5,"reason":{}}', {400}),
             ("wrong bytes", b'{"weight":0.5,"reason":"\xff\xfe"}', {400}), ("a NUL", b'{"weight":0.5,"reason":"a\\u0000b"}', {400}), ("a lone surrogate", b'{"weight":0.5,"reason":"\\ud800"}', {400}),
             ("a reason too long", json.dumps({"weight": 0.5, "reason": "x" * 5000}).encode(), {400, 413}), ("a body too long", b" " * 70000, {413})]
    for title, body, expected in cases:
        reply = lead.ask("POST", path, body)
        tap.ok(reply.status in expected and reply.json and reply.json.get("detail"), f"JSON, {title}: refused", reply)
    reply = lead.ask("POST", path, b'{"weight":0.5}', kind="text/plain")
    tap.same(reply.status, 415, "JSON under another type: refused")
    reply = lead.ask("POST", path, b"weight=0.5", kind="application/x-www-form-urlencoded")
    tap.same(reply.status, 415, "a form: refused")


def forged(tap, server, lead, goal):
    path, body = f"/goals/{goal}/weight", {"weight": 0.5}
    cookie = {"Cookie": lead.headers["Cookie"]}
    own = f"http://127.0.0.1:{server.port}"
    cases = [("no CSRF token", cookie, 403), ("an empty CSRF token", {**cookie, "X-Meno-CSRF": ""}, 403), ("a wrong CSRF token", {**cookie, "X-Meno-CSRF": "x" * len(lead.who["csrf"])}, 403),
             ("another site's Origin", {**lead.headers, "Origin": "https://evil.example"}, 403), ("the Origin null", {**lead.headers, "Origin": "null"}, 403),
             ("our name as a prefix", {**lead.headers, "Origin": own + ".evil.example"}, 403), ("another site's page", {**lead.headers, "Sec-Fetch-Site": "cross-site"}, 403),
             ("no session", {"X-Meno-CSRF": lead.who["csrf"]}, 401), ("a made-up session", {"Cookie": "meno_session=" + "A" * 43, "X-Meno-CSRF": lead.who["csrf"]}, 401),
             ("a made-up token", {"Authorization": "Bearer mt_nothing"}, 401)]
    for title, headers, status in cases:
        reply = lead.ask("POST", path, body, headers=headers)
        tap.ok(reply.status == status and reply.code in ("forbidden", "unauthenticated"), f"forged, {title}: {status}", reply)
    for host in ("evil.example", "127.0.0.1.evil.example", "[::2]", "", "127.0.0.1:99999999"):
        said = raw(server.port, f"GET /api/v1/session HTTP/1.1\r\nHost: {host}\r\nCookie: {lead.headers['Cookie'].split(': ')[-1]}\r\nConnection: close\r\n\r\n".encode())
        tap.ok(statuses(said)[:1] in ([421], [400]), f"the Host {host!r}: refused", said[:300])


def smuggled(tap, server, lead, goal):
    """Each of these hides a second request in the first, one way or another; the head, looked at later, says that it was
    not done, and the control at the end that it would have been."""
    session = f"Cookie: {lead.headers['Cookie']}\r\nX-Meno-CSRF: {lead.who['csrf']}\r\n"
    inner_body = '{"weight":0.99}'
    inner = f"POST /api/v1/goals/{goal}/weight HTTP/1.1\r\nHost: 127.0.0.1\r\n{session}Content-Type: application/json\r\nContent-Length: {len(inner_body)}\r\n\r\n{inner_body}"
    start = f"POST /api/v1/goals/{goal}/weight HTTP/1.1\r\nHost: 127.0.0.1\r\n{session}Content-Type: application/json\r\n"
    cases = [("Content-Length and Transfer-Encoding", start + f"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}"),
             ("two Content-Lengths", start + f"Content-Length: 0\r\nContent-Length: {len(inner)}\r\n\r\n{inner}"), ("a chunked body", start + f"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n{inner}"),
             ("a spaced colon", start + f"Content-Length : 0\r\n\r\n{inner}"), ("a folded header", start + f"X-A: b\r\n Content-Length: {len(inner)}\r\n\r\n{inner}"),
             ("bare line feeds", start.replace("\r\n", "\n") + f"Content-Length: 0\n\n{inner}"), ("a negative length", start + f"Content-Length: -1\r\n\r\n{inner}"),
             ("a signed length", start + f"Content-Length: +0\r\n\r\n{inner}"), ("a length in words", start + f"Content-Length: many\r\n\r\n{inner}"),
             ("a length beyond all bounds", start + f"Content-Length: 99999999999999999999\r\n\r\n{inner}"), ("an unknown coding", start + f"Transfer-Encoding: xchunked\r\n\r\n{inner}"),
             ("a NUL in a header", start + f"X-A: a\0b\r\nContent-Length: 0\r\n\r\n{inner}"), ("no Host", start.replace("Host: 127.0.0.1\r\n", "") + f"Content-Length: 0\r\n\r\n{inner}"),
             ("two Hosts", start + f"Host: evil.example\r\nContent-Length: 0\r\n\r\n{inner}"), ("a tunnel", "CONNECT 127.0.0.1:22 HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
             ("an absolute address", start.replace("POST /", "POST http://evil.example/", 1) + "Content-Length: 0\r\n\r\n"), ("no HTTP at all", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"),
             ("a header of a megabyte", start + "X-A: " + "a" * 1000000 + "\r\n\r\n"), ("ten thousand headers", start + "X-A: b\r\n" * 10000 + "\r\n")]
    for title, text in cases:
        said = statuses(raw(server.port, text.encode("latin-1")))
        tap.ok(all(400 <= status < 500 or status == 501 for status in said), f"{title}: refused, whole", said)
    for target, most in (("/../../../../etc/passwd", 404), ("/%2e%2e/%2e%2e/etc/passwd", 404), ("//etc/passwd", 404), ("/api/v1/../../etc/passwd", 404), ("/api/v1/goals/%00", 404),
                         ("/api/v1/goals/%ff", 404), ("/api/v1/goals/" + "a" * 5000, 431), ("/assets/..%2f..%2fetc%2fpasswd", 404)):
        said = raw(server.port, f"GET {target} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {lead.headers['Cookie']}\r\nConnection: close\r\n\r\n".encode())
        tap.ok(b"root:" not in said and all(status < 500 for status in statuses(said)) and (statuses(said)[:1] != [200] or b"<html" in said.lower()), f"the address {target[:40]}: no way out", said[:300])


def control(tap, data, server, lead, goal, before):
    """The hidden request, sent openly: it changes the weight, so that it stayed unchanged above means something."""
    reply = lead.post(f"/goals/{goal}/weight", {"weight": 0.99})
    tap.ok(reply.status == 200 and reply.json["applied"] and meno.head(data) != before, "the same request, sent openly, is done", reply)


def by_multipart(tap, lead):
    skills = (HEAD + "s1,One\n").encode()
    mark = b"--b\r\nContent-Disposition: form-data; "
    part = mark + b'name="files"; filename="skills.csv"\r\n\r\n' + skills + b"\r\n"
    kind = "multipart/form-data; boundary=b"
    cases = [("no boundary", part + b"--b--\r\n", "multipart/form-data"), ("another boundary", part + b"--b--\r\n", "multipart/form-data; boundary=c"), ("no end", part, kind),
             ("half a head", mark + b'name="fil', kind), ("no name", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n", kind), ("no file name", mark + b'name="files"\r\n\r\nx\r\n--b--\r\n', kind),
             ("an unknown field", part + mark + b'name="colour"\r\n\r\nred\r\n--b--\r\n', kind), ("a flag that is none", part + mark + b'name="dry_run"\r\n\r\nperhaps\r\n--b--\r\n', kind),
             ("a flag twice", part + (mark + b'name="dry_run"\r\n\r\ntrue\r\n') * 2 + b"--b--\r\n", kind), ("JSON", b"{}", "application/json"), ("nothing", b"--b--\r\n", kind)]
    for title, body, content in cases:
        reply = lead.ask("POST", "/imports", body, kind=content)
        good = reply.status in (400, 415) or (reply.status == 202 and lead.job(reply)["state"] == "failed")
        tap.ok(good, f"upload, {title}: refused", reply)
    jobs = [("a bad row", [("kpis.csv", (KPI + "g,,2026-02-30,1\n").encode())]), ("a zip", [("people.csv", b"PK\x03\x04" + b"x" * 100)]), ("NUL bytes", [("skills.csv", b"\0" * 100)]),
            ("a name that climbs", [("../../people.csv", b"PK\x03\x04")]), ("an endless cell", [("skills.csv", (HEAD + 's1,"x').encode())])]
    for title, files in jobs:
        job = lead.bring(files)
        refused = job["state"] == "failed" or (job["state"] == "done" and job["result"]["refused"] and job["result"]["id"] is None)
        tap.ok(refused, f"upload, {title}: refused", job)
    bad = lead.bring(jobs[0][1])["result"]["problems"]
    tap.ok(any((row["file"], row["line"], row["column"]) == ("kpis.csv", 2, "date") for row in bad), "the answer names file, line and column", bad)
    too_large = lead.ask("POST", "/imports", b"", headers={**lead.headers, "Content-Length": str(70 * 1024 * 1024), "Content-Type": kind})
    tap.same(too_large.status, 413, "an upload over the limit is refused before it is sent")


def by_http(tap, data, passwords, before, goal):
    with meno.Server(data) as server:
        lead = meno.Caller(server, "lead", passwords["lead"])
        json_bodies(tap, lead, goal)
        forged(tap, server, lead, goal)
        smuggled(tap, server, lead, goal)
        by_multipart(tap, lead)
        nobody = meno.Caller(server)
        for method in ("PUT", "PATCH", "OPTIONS", "TRACE", "BREW"):
            reply = nobody.ask(method, "/goals")
            tap.ok(reply.status in (400, 405, 501), f"{method}: refused", reply)
        for body in (b'{"login":"lead"}', b'{"login":"lead","password":["x"]}', b'{"login":"lead\\u0000","password":"x"}', json.dumps({"login": "x" * 300, "password": "x"}).encode()):
            reply = nobody.ask("POST", "/session", body)
            tap.ok(reply.status in (400, 413), f"signing in with {body[:30]!r}: refused", reply)
        reply = nobody.ask("POST", "/session", {"login": "lead' OR '1'='1", "password": "x' OR '1'='1"})
        tap.same((reply.status, reply.code), (401, "unauthenticated"), "signing in with SQL: refused")
        alive = nobody.get("//healthz")
        tap.same((alive.status, alive.json), (200, {"alive": True}), "the server is alive after all this")
        page = nobody.get("//")
        tap.ok("nosniff" in (page.headers.get("X-Content-Type-Options") or "") and "default-src" in (page.headers.get("Content-Security-Policy") or ""), "pages say that they are not to be sniffed, nor to run others' scripts", dict(page.headers))
        tap.same(meno.head(data), before, "nothing that came by HTTP changed anything")
        control(tap, data, server, lead, goal, before)
        tap.same(server.stop(), 0, "and it stops as it should")
        tap.ok("CRITICAL" not in server.errors() and "WARNING" not in server.errors(), "without a complaint from its inside", server.errors)


def memory(server):
    return int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{server.process.pid}/status").read_text())[1]) // 1024


def idle(tap, data):
    """Ten thousand connections that say nothing, or half a line, keep nobody out."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    if most < CROWD + 500:
        tap.skip("ten thousand idle connections", f"this machine gives a process {most} files")
        return
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    with meno.Server(data) as server, contextlib.ExitStack() as crowd:
        before = memory(server)
        for i in range(CROWD):
            one = crowd.enter_context(socket.create_connection(("127.0.0.1", server.port)))
            if i % 2:
                one.sendall(b"GET /heal")
        tap.same(meno.Caller(server).get("//healthz").status, 200, "ten thousand connections that say nothing, or half a line: another is answered")
        tap.ok(memory(server) - before < 150, "and they take little memory", f"{memory(server) - before} MB")
        tap.same(server.stop(), 0, "and the server stops as it should, with all of them there")


def main(tap):
    data, folder = meno.init(), meno.folder()
    passwords = meno.add_accounts(data)
    meno.write(folder / "people.csv", "employee_number\n1\n")
    meno.write(folder / "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due\ng,Goal,%,up,1,0,1,2026-12-31\n")
    empty = meno.clone(data)
    meno.must(data, "import", folder)
    meno.must(data, "run")
    before = meno.head(data)
    by_files(tap, data, before)
    by_arguments(tap, data, before)
    only_text(tap, empty)
    by_http(tap, data, passwords, before, "g")
    idle(tap, data)


meno.scenario(main)
