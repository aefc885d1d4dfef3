#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running Meno: what a supervisor asks and is told, what the log says, how it stops, what `meno doctor` finds, a clock that
jumps, and a database that goes away in the middle and comes back: refused at the door, nothing lost that was acknowledged."""
import contextlib
import http.client
import os
import re
import shutil
import signal
import subprocess
import threading
import time

import meno

STOPS_WITHIN = 10  # seconds: a promise, not a measure
REQUEST_ID = re.compile(r"[0-9a-f]{8}-\d+")


# ---- metrics -----------------------------------------------------------------------------------------------------

SAMPLE = re.compile(r'([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)+)\})? (\S+)')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"')


def parse(page):
    """The exposition format 0.0.4, strictly: {name: (type, {labels: value})} and what is wrong with it."""
    families, wrong, current, seen = {}, [], None, set()
    if not page.endswith("\n"):
        wrong.append("the last line has no end")
    for line in page.splitlines():
        words = line.split(" ", 3)
        if line.startswith("# HELP "):
            current = words[2]
            if current in families or len(words) < 4 or not words[3].strip():
                wrong.append(f"twice, or no help: {line}")
            families[current] = [None, {}]
        elif line.startswith("# TYPE "):
            if words[2] != current or families[current][0] or words[3] not in ("counter", "gauge", "histogram"):
                wrong.append(f"type not after its help, or unknown: {line}")
            families[words[2]][0] = words[3]
        else:
            found = SAMPLE.fullmatch(line)
            if not found:
                wrong.append(f"no sample: {line}")
                continue
            name, labels, value = found.group(1), tuple(sorted(LABEL.findall(found.group(2) or ""))), float(found.group(3))
            family = re.sub(r"_(bucket|sum|count)$", "", name) if current and families[current][0] == "histogram" else name
            if family != current or (name, labels) in seen:
                wrong.append(f"outside of its family, or twice: {line}")
            seen.add((name, labels))
            families.setdefault(family, [None, {}])[1][(name, labels)] = value
    return families, wrong + [problem for name, family in families.items() for problem in lint(name, *family)]


def lint(name, kind, samples):
    if (kind == "counter") != name.endswith("_total"):
        yield f"{name}: counters, and only they, end in _total"
    if re.search(r"(milli|micro|_ms|_kb|minutes|hours|percent)", name):
        yield f"{name}: not in base units"
    if kind == "histogram":
        if not name.endswith("_seconds"):
            yield f"{name}: a histogram of what?"
        rows = {}
        for (full, labels), value in samples.items():
            rows.setdefault(tuple(pair for pair in labels if pair[0] != "le"), {})[full[len(name):] + dict(labels).get("le", "")] = value
        for labels, row in rows.items():
            bounds = sorted((float(key[7:]), value) for key, value in row.items() if key.startswith("_bucket"))
            if [value for _, value in bounds] != sorted(value for _, value in bounds) or not bounds or bounds[-1] != (float("inf"), row["_count"]) or "_sum" not in row:
                yield f"{name}{labels}: buckets do not add up: {bounds}"


def metrics(caller, **options):
    families, wrong = parse(caller.get("//metrics", **options).body.decode())
    return families, wrong


def value(families, name, **labels):
    family = re.sub(r"_(bucket|sum|count)$", "", name) if name not in families else name
    return families[family][1].get((name, tuple(sorted(labels.items()))))


def measures(tap, data, files):
    with meno.Server(data) as server:
        nobody = meno.Caller(server)
        reply = nobody.get("//metrics")
        tap.ok(reply.status == 200 and reply.headers["Content-Type"].startswith("text/plain; version=0.0.4"), "/metrics: there for this machine", reply)
        for _ in range(3):
            nobody.get("/needs")
        meno.wait_for(lambda: value(metrics(nobody)[0], "meno_agent_turn_seconds_count", agent="workforce"), "the agents' turns to be counted")
        families, wrong = metrics(nobody)
        tap.same(wrong, [], "every line is as the format wants it")
        tap.same(value(families, "meno_http_requests_total", operation="needs list", status="401"), 3, "requests are counted by operation and status")
        tap.same(value(families, "meno_http_request_seconds_count", operation="needs list"), 3, "and timed")
        tap.same(value(families, "meno_agent_turn_seconds_count", agent="needs") >= 1, True, "agents' turns are timed")
        tap.ok(value(families, "meno_ledger_commit_seconds_count") >= 1, "commits are timed", families["meno_ledger_commit_seconds"])
        tap.ok(value(families, "process_resident_memory_bytes") > 1e6 and value(families, "process_open_fds") > 3 and value(families, "process_cpu_seconds_total") > 0, "the process is measured", families)
        tap.ok(abs(value(families, "process_start_time_seconds") - time.time()) < 600, "and when it started", families["process_start_time_seconds"])
        engine = "sqlite" if meno.EMBEDDED else "postgresql"
        tap.ok(any(("engine", engine) in labels for _, labels in families["meno_build_info"][1]), "it says what runs", families["meno_build_info"])
        tap.ok(value(families, "meno_data_newest_timestamp_seconds") > 1.7e9 and sum(families["meno_proposals_open"][1].values()) > 0, "how old the data are, how much waits",
               families["meno_proposals_open"])
        page = nobody.get("//metrics").body.decode()
        words = {row[key] for row in meno.read_csv(files / "people.csv") for key in ("name", "employee_number", "team", "department") if row.get(key)}
        tap.same([word for word in words if f'"{word}"' in page or (" " in word and word in page)], [], "no person, no group is in it")
        promtool = shutil.which("promtool") or os.environ.get("MENO_PROMTOOL")
        if promtool:
            done = subprocess.run([promtool, "check", "metrics"], input=page.encode(), capture_output=True)
            tap.ok(done.returncode == 0 and not done.stderr, "promtool accepts it", done)
        else:
            tap.skip("promtool accepts it", "promtool is not installed")
        tap.same(nobody.ask("POST", "//metrics", {}).status, 405, "it is only read")
    events, _ = meno.head(data)
    with meno.Server(data) as server:
        tap.same(value(metrics(meno.Caller(server))[0], "meno_ledger_events_total"), events, "the ledger's events are counted")


def who_may_measure(tap, data, passwords):
    with meno.Server(data) as server:
        nobody, admin, lead = (meno.Caller(server), *(meno.Caller(server, login, passwords[login]) for login in ("sysadmin", "lead")))
        tap.same(nobody.get("//metrics", headers={"X-Forwarded-For": "192.0.2.1"}).status, 401, "/metrics: not for whom a proxy sends on")
        operator = admin.post("/session/tokens", {"label": "scraper", "scopes": ["OPERATE"]}).json
        other = lead.post("/session/tokens", {"label": "reader", "scopes": ["READ_NEEDS"]}).json
    with meno.Server(data, meno.NOW, "--url", "https://meno.example.org") as server:
        nobody = meno.Caller(server)
        tap.same(nobody.get("//metrics").status, 401, "behind a proxy everybody comes from this machine, so it wants a token")
        tap.same(nobody.get("//metrics", headers={"Authorization": f"Bearer {operator['secret']}"}).status, 200, "an administrator's")
        tap.same(nobody.get("//metrics", headers={"Authorization": f"Bearer {other['secret']}"}).status, 403, "and no other")
        tap.same(nobody.get("//healthz").status, 200, "while /healthz stays open to whoever asks")


# ---- the log -----------------------------------------------------------------------------------------------------

LINE = re.compile(r'time=\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z level=(?:info|warning|error) what=(?:[^\s"=]+|"(?:[^"\\]|\\.)*")(?: [a-z_]+=(?:[^\s"=]+|"(?:[^"\\]|\\.)*"))*')


def said(server):
    return server.errors().splitlines()


def well_formed(tap, server, title):
    wrong = [line for line in said(server) if not LINE.fullmatch(line)]
    tap.ok(not wrong, f"{title}: every line of the log has time, level, what, and pairs", wrong)


# ---- stopping ----------------------------------------------------------------------------------------------------

@contextlib.contextmanager
def writer_held(data):
    """Somebody else writes and does not end: whoever wants to write waits for twenty seconds."""
    if meno.EMBEDDED:
        with contextlib.closing(meno.sqlite3.connect(data / "meno.db", isolation_level=None)) as db:
            db.execute("BEGIN IMMEDIATE")
            yield
            db.execute("ROLLBACK")
        return
    psql = subprocess.Popen([meno.postgresql.programs() / "psql", "-X", "-q", "-A", "-t", meno.address(data)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    psql.stdin.write("BEGIN; SELECT id FROM partition FOR UPDATE;\n")
    psql.stdin.flush()
    psql.stdout.readline()
    try:
        yield
    finally:
        psql.communicate("ROLLBACK;\n")


def in_thread(work):
    def quietly():
        with contextlib.suppress(OSError, meno.http.client.HTTPException):
            work()
    thread = threading.Thread(target=quietly)
    thread.start()
    return thread


def under_way(server):
    """Whether a request has come: its connection is there, and others that came later have been answered."""
    there = any(line.split()[3] == "01" and int(line.split()[1].split(":")[1], 16) == server.port for line in open(f"/proc/{server.process.pid}/net/tcp").readlines()[1:])
    return there and all(meno.Caller(server).get("//healthz").status == 200 for _ in range(20))


def stops(tap, data, passwords):
    idle_data = meno.clone(data)
    server = meno.Server(idle_data)
    idle = http.client.HTTPConnection("127.0.0.1", server.port, timeout=meno.DEADLINE)
    idle.request("GET", "/healthz")
    idle.getresponse().read()
    tap.same(server.stop(signal.SIGTERM, STOPS_WITHIN), 0, "an idle connection that is kept alive does not hold it")
    idle.close()
    well_formed(tap, server, "a server that started and stopped")
    tap.ok("what=started" in server.errors() and "what=stopped" in server.errors(), "it says when it started and stopped", server.errors)
    for signals, status, title in ((1, 130, f"what waits for a stuck writer is cut off within {STOPS_WITHIN} seconds"), (2, 128 + signal.SIGTERM, "a second signal ends it at once")):
        server = meno.Server(idle_data)
        lead = meno.Caller(server, "lead", passwords["lead"])
        with writer_held(idle_data):
            threads = [in_thread(lambda: lead.post("/goals/g/weight", {"weight": 0.5, "reason": "in vain"}))]
            meno.wait_for(lambda: under_way(server), "the request to be under way")
            begun = time.monotonic()
            server.process.send_signal(signal.SIGTERM)
            if signals == 2:
                meno.wait_for(lambda: "what=stopping" in server.errors(), "the server to have heard")
            ended = server.stop(signal.SIGTERM, STOPS_WITHIN) if signals == 2 else server.process.wait(STOPS_WITHIN)
            tap.ok(ended == status, title, (ended, status, time.monotonic() - begun, server.errors()))
            for thread in threads:
                thread.join()
        server.kill()
        meno.head(idle_data)
    tap.ok(not [1 for _, _, _, _, body in meno.events(idle_data, "goal.weighed") if body.get("reason") == "in vain"], "what was cut off was not done")


def stops_agents(tap, fresh):
    """While agents have their turns; afterwards they go on where they were."""
    data, undisturbed = meno.clone(fresh), meno.clone(fresh)
    server = meno.Server(data)
    nobody = meno.Caller(server)
    meno.wait_for(lambda: value(metrics(nobody)[0], "meno_agent_turn_seconds_count", agent="skills"), "the first agent's turn")
    tap.same(server.stop(signal.SIGTERM, STOPS_WITHIN), 0, f"while agents run: it stops within {STOPS_WITHIN} seconds")
    meno.must(data, "run")
    meno.must(undisturbed, "run")
    tap.same(len(meno.must(data, "needs")["needs"]), len(meno.must(undisturbed, "needs")["needs"]), "and the next run ends where an undisturbed one does")


# ---- the clock ---------------------------------------------------------------------------------------------------

def clock_jumps(tap, data):
    data = meno.clone(data)
    for day, weight in (("2026-03-03", 0.1), ("2026-03-02", 0.2), ("2026-03-05", 0.3), ("2026-03-04", 0.4), ("2026-03-06", 0.5)):
        meno.must(data, "goals", "weigh", "g", "--weight", weight, "--reason", day, now=f"{day}T09:00:00Z")
    with meno.database(data) as db:
        rows = db.execute("SELECT recorded, body FROM event WHERE kind = 'goal.weighed' ORDER BY seq").fetchall()
        times = [row[0] for row in db.execute("SELECT recorded FROM event ORDER BY seq")]
    tap.ok(times == sorted(times), "a clock that jumps back does not reorder history", times)
    days = [time.strftime("%Y-%m-%d", time.gmtime(row[0] / 1e6)) for row in rows]
    tap.same(days, ["2026-03-03", "2026-03-03", "2026-03-05", "2026-03-05", "2026-03-06"], "what is recorded meanwhile has the time of the newest event")
    meno.head(data)
    finding = findings(meno.meno(data, "doctor", now="2026-03-04T09:00:00Z"))["clock"]
    tap.ok(not finding["fine"] and "2026-03-06" in finding["text"] and finding["remedy"], "doctor says that the clock was ahead, or is behind", finding)
    with meno.Server(data, "2026-03-01T09:00:00Z") as server:
        tap.same(meno.Caller(server).get("//readyz").status, 200, "a server whose clock is behind can work")


# ---- doctor ------------------------------------------------------------------------------------------------------

def findings(answer):
    return {finding["what"]: finding for finding in answer.json["findings"]}


def doctor(tap, data):
    answer = meno.meno(data, "doctor")
    bad = [finding for finding in findings(answer).values() if not finding["fine"]]
    tap.ok([finding["what"] for finding in bad] in (["backup"], []) and answer.status == (1 if bad else 0), "doctor: all is fine but that nobody has backed up", answer)
    meno.must(data, "backup", meno.folder() / "backup.db")
    answer = meno.meno(data, "doctor")
    tap.ok(answer.status == 0 and all(finding["fine"] and finding["remedy"] is None for finding in answer.json["findings"]), "all is fine", answer)
    before = meno.head(data)

    def found(title, place, what, words):
        answer = meno.meno(place, "doctor")
        bad = {name: finding for name, finding in findings(answer).items() if not finding["fine"]}
        tap.ok(answer.status == 1 and set(bad) == {what} and words in bad[what]["text"] and bad[what]["remedy"], f"doctor: {title}", (bad, answer))
        plain = meno.meno(place, "doctor", js=False)
        tap.ok(plain.status == 1 and bad and f"look {what}" in plain.out and bad[what]["remedy"] in plain.out, f"doctor: {title}, in words", plain)

    key = data / "meno.key"
    secret = key.read_bytes()
    for title, what, words, spoil in (
            ("a key that is lost", "key", "meno.key", key.unlink),
            ("a key that is cut", "key", "31 bytes", lambda: key.write_bytes(secret[1:])),
            ("a key that others may read", "key", "0644", lambda: key.chmod(0o644)),
            ("rules that cannot be read", "rules", "rules.yaml", lambda: meno.write(data / "rules.yaml", "rules: [\n")),
            ("assumptions that cannot be read", "forecast", "workforce.yaml", lambda: meno.write(data / "workforce.yaml", "nonsense: yes\n"))):
        spoil()
        found(title, data, what, words)
        key.write_bytes(secret)
        key.chmod(0o600)
        for name in ("rules.yaml", "workforce.yaml"):
            (data / name).unlink(missing_ok=True)
    for title, what, words, sql in (
            ("nobody who can decide", "accounts", "decide", "UPDATE account SET disabled = 1 WHERE login <> 'sysadmin'"),
            ("a dead letter", "outbox", "no such box", "INSERT INTO action (id, channel, subject, person, state, attempts, due, why, seq) "
             "VALUES ('x-1', 'inbox', 's', 'p', 'dead', 8, 0, 'no such box', 1)"),
            ("an agent that has not run", "agents", "needs", "DELETE FROM cursor WHERE agent = 'needs'")):
        copy = meno.clone(data)
        with meno.forge(copy) as db:
            db.execute(sql)
        found(title, copy, what, words)
    late = findings(meno.meno(data, "doctor", now="2026-05-20T09:00:00Z"))
    tap.same([what for what, finding in late.items() if not finding["fine"]], ["backup", "age", "agents"], "doctor: eleven weeks later, a backup, data and turns that are old")
    tap.same(meno.meno(meno.folder() / "none", "doctor").status, 66, "where there is no Meno it says so")
    tap.same(meno.head(data), before, "it changes nothing")
    if meno.EMBEDDED:
        copy = meno.clone(data)
        os.truncate(copy / "meno.db", 3000)
        (copy / "meno.key").unlink()
        answer = meno.meno(copy, "doctor")
        bad = [what for what, finding in findings(answer).items() if not finding["fine"]]
        tap.ok(answer.status == 1 and {"database", "key"} <= set(bad) and "rules" not in bad, "a broken database keeps no other check from looking", answer)


# ---- PostgreSQL --------------------------------------------------------------------------------------------------

def weighs(caller, said, refused, stop, name):
    index = 0
    while not stop.is_set():
        index += 1
        reason = f"{name} {index}"
        try:
            reply = caller.post("/goals/g/weight", {"weight": index % 100 / 100, "reason": reason})
        except OSError:
            continue
        (said if reply.status == 200 else refused).append(reason if reply.status == 200 else reply)


def connection_lost(tap, data, passwords, engine):
    """The database server dies in the middle of requests and comes back; Meno runs on."""
    data = meno.clone(data)
    server = meno.Server(data)
    lead, nobody = meno.Caller(server, "lead", passwords["lead"]), meno.Caller(server)
    said_, refused, stop = [], [], threading.Event()
    threads = [in_thread(lambda name=name: weighs(lead, said_, refused, stop, name)) for name in ("a", "b", "c")]
    meno.wait_for(lambda: len(said_) > 10, "some writes to be acknowledged")
    engine.process.send_signal(signal.SIGQUIT)  # "immediate": as a crash, all connections with it
    engine.process.wait()
    meno.wait_for(lambda: len(refused) > 3, "refusals")
    red = meno.wait_for(lambda: (lambda reply: reply if reply.status == 503 else None)(nobody.get("//readyz")), "/readyz to see it")
    tap.same((red.status, red.json), (503, {"failed": "database", "ready": False}), "a lost database: /readyz says so")
    tap.same(nobody.get("//healthz").status, 200, "and the process lives")
    tap.ok(value(metrics(nobody)[0], "meno_ready") == 0 and value(metrics(nobody)[0], "meno_ledger_events_total") is None, "/metrics goes on, without what it cannot know")
    tap.ok(all(reply.status == 503 and reply.code == "store" and "try again" in reply.json["detail"] and reply.headers["Retry-After"] for reply in refused),
           "requests are refused, with what to do", [reply for reply in refused if reply.status != 503][:3] or refused[:1])
    read = lead.get("/goals")
    ids = [reply.headers["X-Request-Id"] for reply in [*refused, read]]
    tap.ok(read.status == 503 and read.json["request"] == read.headers["X-Request-Id"] and all(map(REQUEST_ID.fullmatch, ids)) and len(set(ids)) == len(ids), "each under an id of its own", ids)
    tap.ok(all(f"request={id_} " in server.errors() for id_ in ids), "which the log has, with the reason")
    unread = findings(meno.meno(data, "doctor"))
    tap.ok(not unread["database"]["fine"] and "cannot be reached" in unread["database"]["text"] and unread["key"]["fine"], "doctor says that it cannot be reached, and looks at the rest", unread)
    before, errors = len(said_), server.errors()
    engine.start()
    meno.wait_for(lambda: nobody.get("//readyz").status == 200, "/readyz to see that it is back")
    meno.wait_for(lambda: len(said_) > before + 10, "writes to be acknowledged again")
    stop.set()
    for thread in threads:
        thread.join()
    tap.ok(True, "back, it works again without a restart")
    tap.ok(errors.count('what="agents cannot look"') + errors.count('what="agents failed"') <= 3, "what fails every second is not logged every second", errors[-2000:])
    well_formed(tap, server, "a lost database")
    tap.ok(passwords["lead"] not in server.errors() and "c 1" not in server.errors(), "no password, no reason that somebody wrote is in the log")
    tap.same(server.stop(signal.SIGTERM, STOPS_WITHIN), 0, "and stops as it should")
    reasons = [body.get("reason") for _, _, _, _, body in meno.events(data, "goal.weighed")]
    tap.ok(all(reasons.count(reason) == 1 for reason in said_), "all that was acknowledged is there, once", (len(said_), len(reasons)))
    meno.head(data)


def only_read(tap, data, passwords, engine):
    """The server lets nobody write, as a standby would not."""
    data = meno.clone(data)
    with meno.Server(data) as server:
        lead, nobody = meno.Caller(server, "lead", passwords["lead"]), meno.Caller(server)
        tap.same(lead.post("/goals/g/weight", {"weight": 0.5, "reason": "before"}).status, 200, "a database that may be written")
        engine.sql("ALTER SYSTEM SET default_transaction_read_only = on")
        engine.sql("SELECT pg_reload_conf()")
        red = meno.wait_for(lambda: (lambda reply: reply if reply.status == 503 else None)(nobody.get("//readyz")), "/readyz to see it")
        tap.same(red.json, {"failed": "write", "ready": False}, "and then may only be read: /readyz says so")
        refused = lead.post("/goals/g/weight", {"weight": 0.6, "reason": "meanwhile"})
        tap.ok((refused.status, refused.code) == (503, "store") and "read-only" in server.errors(), "a write is refused at the door, and the log says why", (refused, server.errors()))
        tap.same(lead.get("/goals").status, 200, "reading goes on")
        settings = findings(meno.meno(data, "doctor"))["settings"]
        tap.ok(not settings["fine"] and settings["remedy"], "doctor says so", settings)
        engine.sql("ALTER SYSTEM RESET default_transaction_read_only")  # which counts as reading
        engine.sql("SELECT pg_reload_conf()")
        meno.wait_for(lambda: nobody.get("//readyz").status == 200, "/readyz to see that it may be written again")
        tap.same(lead.post("/goals/g/weight", {"weight": 0.7, "reason": "after"}).status, 200, "and it works again without a restart")
    reasons = [body.get("reason") for _, _, _, _, body in meno.events(data, "goal.weighed")]
    tap.same([reason for reason in reasons if reason in ("before", "meanwhile", "after")], ["before", "after"], "what was acknowledged is there, what was refused is not")


def settings_that_matter(tap, data, engine):
    for name in ("fsync", "full_page_writes"):
        engine.sql(f"ALTER SYSTEM SET {name} = off")
        engine.sql("SELECT pg_reload_conf()")
        finding = meno.wait_for(lambda: (lambda it: it if not it["fine"] else None)(findings(meno.meno(data, "doctor"))["settings"]), f"doctor to find {name} off")
        tap.ok(name in finding["text"] and finding["remedy"], f"doctor: {name} is off", finding)
        engine.sql(f"ALTER SYSTEM RESET {name}")
        engine.sql("SELECT pg_reload_conf()")
        meno.wait_for(lambda: findings(meno.meno(data, "doctor"))["settings"]["fine"], f"{name} to be on again")


# ---- all of it ---------------------------------------------------------------------------------------------------

def company():
    """One goal that can be weighed, and nobody in particular."""
    data, folder = meno.init(), meno.folder()
    passwords = meno.add_accounts(data)
    meno.write(folder / "people.csv", "employee_number\n1\n")
    meno.write(folder / "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due\ng,Goal,%,up,1,0,1,2026-12-31\n")
    meno.must(data, "import", folder)
    meno.must(data, "run")
    return data, passwords


def main(tap):
    engine = None
    if not meno.EMBEDDED:  # a server of its own, as it is stopped and misconfigured here
        engine = meno.postgresql.Server()
        os.environ["MENO_POSTGRESQL"] = engine.address
    try:
        files, fresh = meno.simulate(60, 7), meno.init()
        passwords = meno.add_accounts(fresh)
        meno.must(fresh, "import", files)
        measured = meno.clone(fresh)
        measures(tap, measured, files)
        who_may_measure(tap, measured, passwords)
        stops_agents(tap, fresh)
        ready = meno.clone(fresh)
        meno.must(ready, "run")
        doctor(tap, ready)
        small, keys = company()
        stops(tap, small, keys)
        clock_jumps(tap, small)
        if engine:
            connection_lost(tap, small, keys, engine)
            only_read(tap, small, keys, engine)
            settings_that_matter(tap, small, engine)
    finally:
        if engine:
            engine.stop()


meno.scenario(main)
