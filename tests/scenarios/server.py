#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The server: it says where it is, answers that it lives, refuses a port that is taken, stops when asked with work in hand,
and where it cannot write it says so at the door and loses nothing that it acknowledged."""
import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import threading

import meno

STOPS_WITHIN = 10  # seconds: a promise, not a measure


def starts(tap, data):
    with meno.Server(data) as server:
        tap.ok(re.fullmatch(rb"Meno serves on http://127\.0\.0\.1:\d+ [^\n]*\n", server.said), "it prints its address", server.said)
        nobody = meno.Caller(server)
        alive, ready = nobody.get("//healthz"), nobody.get("//readyz")
        tap.same((alive.status, alive.json), (200, {"alive": True}), "/healthz: it lives")
        tap.same((ready.status, ready.json), (200, {"ready": True}), "/readyz: it can work")
        tap.same(nobody.ask("HEAD", "//healthz").status, 200, "/healthz answers HEAD, too")
        tap.same(nobody.get("/session").status, 401, "nobody is signed in")
        page = nobody.get("//")
        tap.ok(page.status == 200 and b"<html" in page.body.lower(), "it serves the client", page)
        with socket.create_connection(("127.0.0.1", server.port), timeout=meno.DEADLINE):
            pass  # a caller that says nothing and goes
        second = meno.meno(data, "serve", "--port", server.port)
        tap.ok(second.status not in (0, 70) and str(server.port) in second.err, "a second server on its port says that it is taken", second)
        tap.ok(nobody.get("//readyz").status == 200, "and the first does not mind")
        listening = [line.split()[1] for line in open("/proc/net/tcp").readlines()[1:] if line.split()[3] == "0A"]
        mine = [address for address in listening if int(address.split(":")[1], 16) == server.port]
        tap.same(mine, [f"0100007F:{server.port:04X}"], "it listens on this machine only")


def busy(callers, stop):
    """Threads that ask without pause until the server is gone."""
    def one(caller):
        with contextlib.suppress(OSError, meno.http.client.HTTPException):
            while not stop.is_set():
                caller._once("GET", "/api/v1/needs", None, caller.headers)
    threads = [threading.Thread(target=one, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    return threads


def stops(tap, data, passwords, files, with_signal):
    name = signal.Signals(with_signal).name
    data = meno.clone(data)
    server = meno.Server(data)
    lead = meno.Caller(server, "lead", passwords["lead"])
    stop = threading.Event()
    threads = busy([lead] * 4, stop)
    body, kind = meno.multipart([(path.name, path.read_bytes()) for path in sorted(files.glob("*.csv"))])
    begun = lead.ask("POST", "/imports", body, kind=kind)
    tap.same(begun.status, 202, f"{name}: an import is at work")
    open_connection = socket.create_connection(("127.0.0.1", server.port), timeout=meno.DEADLINE)
    if with_signal == signal.SIGTERM:
        open_connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: 127")  # a caller that never comes to the point
    status = server.stop(with_signal, STOPS_WITHIN)
    stop.set()
    for thread in threads:
        thread.join()
    open_connection.close()
    tap.ok(status == 0, f"{name}: it stops within {STOPS_WITHIN} seconds, with requests and an import at work", (status, server.errors()))
    with contextlib.suppress(OSError):
        with socket.create_connection(("127.0.0.1", server.port), timeout=1):
            tap.ok(False, f"{name}: nobody listens any more")
    events, _ = meno.head(data)
    imports = [item["state"] for item in meno.must(data, "imports")["imports"]]
    tap.ok(imports in ([], ["committed"]), f"{name}: the import is there whole or not at all", imports)
    meno.must(data, "import", files)
    tap.same(meno.must(data, "status")["missing_files"], [], f"{name}: it can be done again")


def acknowledged(caller, goal, count, first=0):
    """Weighs a goal until it is refused: the reasons that were acknowledged, and the refusal."""
    said = []
    for index in range(first, first + count):
        reason = f"number {index} " + "x" * 3000
        reply = caller.post(f"/goals/{goal}/weight", {"weight": index % 100 / 100, "reason": reason})
        if reply.status != 200:
            return said, reply
        said.append(reason)
    return said, None


def kept(tap, data, said, title):
    reasons = [body.get("reason") for _, _, _, _, body in meno.events(data, "goal.weighed")]
    tap.ok(all(reasons.count(reason) == 1 for reason in said), f"{title}: what was acknowledged is there, once", (len(said), len(reasons)))
    meno.head(data)


def unready(server):
    reply = meno.Caller(server).get("//readyz")
    return reply if reply.status != 200 else None


def disk_full(tap, data, passwords, goal):
    """A file system of a few megabytes, filled to the brim."""
    if os.geteuid():
        tap.skip("a full disk: said at the door", "needs root for a small file system")
        return
    place = meno.folder()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m", "meno-scenario", str(place)], capture_output=True).returncode:
        tap.skip("a full disk: said at the door", "no small file system here")
        return
    try:
        shutil.copytree(data, place / "data")
        with meno.Server(place / "data") as server:
            lead = meno.Caller(server, "lead", passwords["lead"])
            said, refusal = acknowledged(lead, goal, 3)
            tap.ok(len(said) == 3 and refusal is None, "with room on the disk it writes", refusal)
            with open(place / "ballast", "wb", buffering=0) as ballast, contextlib.suppress(OSError):
                for size in (1 << 20, 1 << 12):
                    with contextlib.suppress(OSError):
                        while ballast.write(b"\0" * size) == size:
                            pass
            more, refusal = acknowledged(lead, goal, 400, 3)
            said += more
            tap.ok(refusal is not None and (refusal.status, refusal.code) == (503, "store"), "on a full disk it says so at the door", refusal)
            tap.ok(refusal is not None and str(place) not in refusal.body.decode(), "without telling where its files are", refusal)
            tap.same(meno.Caller(server).get("//healthz").status, 200, "and lives on")
            red = meno.wait_for(lambda: unready(server), "/readyz to see the full disk")
            tap.same((red.status, red.json), (503, {"failed": "disk", "ready": False}), "/readyz: it cannot work, for the disk")
            tap.same(lead.get("/goals").status in (200, 503), True, "reading goes on, or says the same")
            (place / "ballast").unlink()
            after, refusal = acknowledged(lead, goal, 2, 1000)
            said += after
            tap.ok(len(after) == 2, "with room again it writes again", refusal)
            green = meno.wait_for(lambda: not unready(server), "/readyz to see the room")
            tap.ok(green, "/readyz: it can work again, without a restart")
            tap.same(server.stop(), 0, "and stops as it should")
        kept(tap, place / "data", said, "a full disk")
    finally:
        subprocess.run(["umount", str(place)], capture_output=True)


def read_only(tap, data, passwords, goal):
    """A file system that turns read-only under the server, and one that is so from the start."""
    if os.geteuid():
        tap.skip("a read-only data folder: said at the door", "needs root for a file system of its own")
        return
    place = meno.folder()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "meno-scenario", str(place)], capture_output=True).returncode:
        tap.skip("a read-only data folder: said at the door", "no file system of its own here")
        return
    try:
        shutil.copytree(data, place / "data")
        subprocess.run(["mount", "-o", "remount,ro", str(place)], check=True, capture_output=True)
        for words in (("status",), ("run",), ("import", "/dev/null"), ("accounts", "add", "x", "--roles", "lead"), ("serve", "--port", "0")):
            answer = meno.meno(place / "data", *words)
            tap.ok(answer.status == 74 and answer.json and answer.json["code"] == "store", f"{' '.join(words)} in a read-only folder: said so", answer)
        answer = meno.meno(place / "data", "doctor")
        bad = {finding["what"]: finding for finding in answer.json["findings"] if not finding["fine"]}
        tap.ok(answer.status == 1 and "only be read" in bad["disk"]["text"] and bad["database"]["remedy"] and "key" not in bad, "doctor in a read-only folder: the disk, and what hangs on it", answer)
        subprocess.run(["mount", "-o", "remount,rw", str(place)], check=True, capture_output=True)
        tap.same(meno.meno(place / "data", "status").status, 0, "writable again, all is as it was")
        meno.head(place / "data")
    finally:
        subprocess.run(["umount", str(place)], capture_output=True)


def damaged(tap, data):
    """A flipped byte is named; a lost key, too."""
    broken = meno.clone(data)
    with meno.forge(broken) as db:
        db.execute("DROP TRIGGER event_is_never_changed")
        db.execute("UPDATE event SET body = replace(body, 'Administrator', 'Adminiztrator') WHERE seq = 2")
        db.execute("UPDATE event SET subject = 'x' WHERE seq = 2")
    answer = meno.meno(broken, "replay", "--verify")
    tap.ok(answer.status == 74 and answer.json["code"] == "corrupt" and "event 2 " in answer.err, "one changed event is found, and named", answer)
    torn = meno.clone(data)
    with meno.forge(torn) as db:
        db.execute("UPDATE goal SET target = target + 1")
    answer = meno.meno(torn, "replay", "--verify")
    tap.ok(answer.status == 74 and '"goal"' in answer.err, "a table that is not what its events make is found, and named", answer)
    meno.must(torn, "replay", "--rebuild")
    tap.same(meno.head(torn), meno.head(data), "and rebuilt")
    lost = meno.clone(data)
    (lost / "meno.key").unlink()
    answer = meno.meno(lost, "status")
    tap.ok(answer.status == 74 and "meno.key" in answer.err and not (lost / "meno.key").exists(), "a lost key is named, and no other one made", answer)
    if not meno.EMBEDDED:
        return
    cut = meno.clone(data)
    size = (cut / "meno.db").stat().st_size
    os.truncate(cut / "meno.db", size // 2)
    answer = meno.meno(cut, "replay", "--verify")
    tap.ok(answer.status == 74 and answer.json, "half a database is found", answer)
    other = meno.clone(data)
    (other / "meno.db").write_bytes(b"this is no database " * 1000)
    answer = meno.meno(other, "status")
    tap.ok(answer.status == 74 and answer.json, "what is no database is found", answer)


def main(tap):
    files, data = meno.simulate(60, 7), meno.init()
    passwords = meno.add_accounts(data)
    starts(tap, data)
    for with_signal in (signal.SIGTERM, signal.SIGINT):
        stops(tap, data, passwords, files, with_signal)
    folder = meno.folder()
    meno.write(folder / "people.csv", "employee_number\n1\n")
    meno.write(folder / "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due\ng,Goal,%,up,1,0,1,2026-12-31\n")
    meno.must(data, "import", folder)
    meno.must(data, "run")
    if meno.EMBEDDED:
        disk_full(tap, data, passwords, "g")
        read_only(tap, data, passwords, "g")
    damaged(tap, data)


meno.scenario(main)
