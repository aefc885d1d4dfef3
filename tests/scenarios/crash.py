#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""kill -9 at any moment: the ledger still verifies, what was acknowledged is there, nothing is there twice, and the same
work begun again ends where it would have ended undisturbed. Moments are drawn from a seed; MENO_SOAK=1 draws more."""
import random
import subprocess
import threading
import time

import meno

SEED = 20260302
ROUNDS = {"import": 80, "run": 60, "server": 60} if meno.SOAK else {"import": 6, "run": 3, "server": 3}


def kill_during(command, seconds):
    """Starts the command and kills it after so many seconds, unless it has ended by then; whether it was killed."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return True


def how_long(command):
    begun = time.monotonic()
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=meno.DEADLINE)
    return time.monotonic() - begun


def command(data, *words):
    return [meno.BINARY, *meno.place(data), "--now", meno.NOW, *[str(word) for word in words]]


# ---- the command line --------------------------------------------------------------------------------------------

def killed_again_and_again(tap, chance, base, words, title):
    """Rounds of one command on copies of `base`. Time is fixed and the key is the copy's, so that a mended ledger is not
    only as good as an undisturbed one: it tells the same, word for word."""
    whole = meno.clone(base)
    seconds = how_long(command(whole, *words))
    told, tables, before = meno.chronicle(whole), meno.tables(whole), meno.tables(base)
    ends = (meno.head(base)[0], meno.head(whole)[0])
    wrong, hits, partly = [], 0, 0
    for round_ in range(ROUNDS[title]):
        data = meno.clone(base)
        for _ in range(chance.choice((1, 1, 2))):
            hits += kill_during(command(data, *words), chance.uniform(0, 0.9 * seconds))
        events, _ = meno.head(data)  # fails where the ledger does not verify
        visible = meno.tables(data)
        partly += events not in ends
        if title == "import" and visible not in (before, tables):
            wrong.append((round_, "half an import is visible"))
        if len(visible["proposal"]) != len({row[0] for row in visible["proposal"]}):
            wrong.append((round_, "a proposal is there twice"))
        meno.must(data, *words)
        if meno.tables(data) != tables:
            wrong.append((round_, "the tables differ", meno.difference(meno.tables(data), tables)))
        meno.head(data)
        if meno.chronicle(data) != told:
            wrong.append((round_, "the ledger differs"))
    print(f"# {title}: killed {hits} times, {partly} of {ROUNDS[title]} ledgers were left part of the way")
    tap.ok(not wrong, f"{title}: after each of {ROUNDS[title]} kills it verifies, and begun again it tells the very same", wrong)
    tap.ok(hits > 0, f"{title}: it was killed while at work", "every round ended before its kill")
    return whole


# ---- the server --------------------------------------------------------------------------------------------------

class Work:
    """What three people do at a server, in an order of their own each; what was acknowledged is remembered. Begun again, it
    goes on with what is not recorded."""

    def __init__(self, data, passwords, second):
        self.data, self.passwords, self.second = data, passwords, second
        self.goals = sorted(goal["id"] for goal in meno.must(data, "goals")["goals"])
        self.notes = sorted(row["id"] for row in meno.must(data, "approvals")["proposals"] if row["kind"] == "send note")
        self.changed = threading.Condition()
        self.acknowledged, self.broken = [], []

    def acknowledge(self, what):
        with self.changed:
            self.acknowledged.append(what)
            self.changed.notify_all()

    def weigh(self, caller):
        done = {body.get("reason") for _, _, _, _, body in meno.events(self.data, "goal.weighed")}
        for index in range(12):
            reason, goal = f"weighed {index}", self.goals[index % len(self.goals)]
            if reason not in done and caller.post(f"/goals/{goal}/weight", {"weight": index / 12, "reason": reason}).status == 200:
                self.acknowledge(("weighed", reason))

    def decide(self, caller):
        for index, note in enumerate(self.notes):
            proposal = caller.get(f"/approvals/{note}").json
            word = ("reject", "accept")[index % 2]
            body = {"hash": proposal["hash"], "reason": "as agreed"} | ({"criteria": [item["id"] for item in proposal["criteria"]]} if word == "accept" else {})
            reply = caller.post(f"/approvals/{note}/{word}", body)
            if reply.status == 200:
                self.acknowledge(("decided", note, word))
            elif reply.status != 409:  # the agents may have replaced it meanwhile
                self.broken.append(reply)

    def bring(self, caller):
        job = caller.bring([(path.name, path.read_bytes()) for path in sorted(self.second.iterdir())])
        if job["state"] != "done" or job["result"]["refused"]:
            self.broken.append(job)
        elif job["result"]["id"]:
            self.acknowledge(("imported", job["result"]["id"]))

    def begin(self, server):
        """A thread for each; a server that dies ends them."""
        def at_work(part, login):
            try:
                part(meno.Caller(server, login, self.passwords[login]))
            except (OSError, meno.http.client.HTTPException):
                pass
            finally:
                with self.changed:
                    self.changed.notify_all()
        threads = [threading.Thread(target=at_work, args=pair) for pair in ((self.weigh, "lead"), (self.decide, "approver"), (self.bring, "sysadmin"))]
        for thread in threads:
            thread.start()
        return threads

    def wait_for(self, count, threads):
        with self.changed:
            self.changed.wait_for(lambda: len(self.acknowledged) >= count or not any(thread.is_alive() for thread in threads), meno.DEADLINE)

    def lost(self):
        """What was acknowledged and is not there, or is there more than once."""
        reasons = [body.get("reason") for _, _, _, _, body in meno.events(self.data, "goal.weighed")]
        decided = [body["proposal"] for _, _, _, _, body in meno.events(self.data, "approval.decided")]
        imports = [subject.split(":")[1] for _, _, subject, _, _ in meno.events(self.data, "import.committed")]
        found = {"weighed": reasons, "decided": decided, "imported": imports}
        missing = [item for item in self.acknowledged if found[item[0]].count(item[1]) != 1]
        twice = [item for items in found.values() for item in items if items.count(item) > 1]
        accepted = sorted(body["proposal"] for _, _, _, _, body in meno.events(self.data, "approval.decided") if body["state"] == "accepted")
        sent = sorted(subject.split(":")[1] for _, _, subject, _, _ in meno.events(self.data, "note.sent"))
        return missing + twice + ([] if accepted == sent else [("notes", accepted, sent)])


def ended(data):
    """What must be the same in the end, however often the server died: all facts, and what the agents make of them."""
    meno.must(data, "run")
    tables = meno.tables(data, {"import", "proposal", "approval", "edge", "goal_version", "intervention", "note"})
    tables["claim"] = sorted((row[1:5] for row in tables["claim"] if "live" in row), key=repr)
    weights = sorted((subject, body["weight"], body["reason"]) for _, _, subject, _, body in meno.events(data, "goal.weighed"))
    registered = sorted((body["need"], body["design"], body["minimum_effect"]) for _, _, _, _, body in meno.events(data, "intervention.registered"))
    return tables | {"weights": weights, "registered": registered}


def finish(work, server):
    for thread in work.begin(server):
        thread.join()


def server_killed(tap, chance, base, passwords, second):
    whole = Work(meno.clone(base), passwords, second)
    with meno.Server(whole.data) as server:
        finish(whole, server)
    tap.ok(not whole.broken and not whole.lost(), "server: undisturbed, everything is acknowledged and there", (whole.broken, whole.lost()))
    expected, wrong, moments = ended(whole.data), [], []
    for round_ in range(ROUNDS["server"]):
        work = Work(meno.clone(base), passwords, second)
        for _ in range(chance.choice((1, 1, 2))):
            server = meno.Server(work.data)
            threads = work.begin(server)
            work.wait_for(len(work.acknowledged) + chance.randint(1, len(whole.acknowledged) * 2 // 3), threads)
            kill_after(server, chance.uniform(0, 0.02))
            for thread in threads:
                thread.join()
            moments.append(len(work.acknowledged))
            meno.head(work.data)
            if work.lost():
                wrong.append((round_, "lost or doubled", work.lost()))
        with meno.Server(work.data) as server:
            finish(work, server)
        meno.head(work.data)
        if work.broken or work.lost():
            wrong.append((round_, "after it was mended", work.broken, work.lost()))
        if ended(work.data) != expected:
            wrong.append((round_, "the end differs", meno.difference(ended(work.data), expected)))
    print(f"# server: killed after {moments} acknowledged of {len(whole.acknowledged)}")
    tap.ok(not wrong, f"server: in {ROUNDS['server']} rounds nothing acknowledged is lost, nothing is doubled, and the end is the same", wrong)


def kill_after(server, seconds):
    try:
        server.process.wait(seconds)
    except subprocess.TimeoutExpired:
        pass
    server.kill()


def second_import(files):
    """Some values changed, some rows new: what the server is to take while it dies."""
    folder = meno.folder()
    rows = meno.read_csv(files / "kpis.csv")
    for row in rows[::2]:
        row["value"] = str(float(row["value"]) * 1.01)
    meno.write_csv(folder / "kpis.csv", rows[0].keys(), [row.values() for row in rows])
    meno.write(folder / "tickets.csv", "ticket_id,opened,team,tool\n" + "".join(f"extra-{i},2026-02-01T08:00:00Z,,Kettle\n" for i in range(500)))
    return folder


def main(tap):
    chance = random.Random(SEED)
    files, empty = meno.simulate(60, 7), meno.init()
    passwords = meno.add_accounts(empty)
    full = killed_again_and_again(tap, chance, empty, ("import", files), "import")
    grown = killed_again_and_again(tap, chance, full, ("run",), "run")
    server_killed(tap, chance, grown, passwords, second_import(files))


meno.scenario(main)
