#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed many times: a server, or the PostgreSQL under it, dies at a random moment, while agents propose, four people write, two
contradict each other about what was proposed, and letters go out. The cheap, many-times variant of crash.py, on a company of six people.

A life is one start and one death. After some lives `meno run` finishes what is left, and everything is held against what was
acknowledged. Each such block begins with a copy of the same company, to which nothing has been proposed yet, so that every block
goes through all of it. Nobody signs in again: sessions outlive the server.

The clock stands still, so that no lease runs out: what is finished in the end waited for none. A letter that was sent twice is told by
the program that gets it, which keeps a file for each; a file that was written twice by its number on the disk.

On PostgreSQL the scenario has a server of its own, because it kills it. Where PostgreSQL dies, Meno mostly lives on."""
import collections
import contextlib
import http.client
import json
import os
import random
import subprocess
import threading

import meno
import postgresql

LIVES = 12  # of a block
BLOCKS = {"sqlite": {"server": 500}, "postgresql": {"server": 170, "database": 170}} if meno.SOAK else {"sqlite": {"server": 5}, "postgresql": {"server": 2, "database": 2}}
REQUESTS, WRITERS = 24, 4  # a note answers each request
DECISIONS = 3              # of each decider in a life, so that some are left for the next
MOST_WORKS = 30            # acknowledged in a life, before it ends
SIGNED_IN = {f"lead-{i}": "lead" for i in range(WRITERS)} | {"approver": "approver", "other": "approver"}
WISHES = ("inbox", "file", "message")  # of the people who asked, one after another

PROGRAM = """#!/bin/sh
exec cat >"$(mktemp "$1/XXXXXXXXXX")"
"""


class Gone(Exception):
    """The server died, or says that its database did."""


class Caller(meno.Caller):
    """Keeps its connection, and its session beyond the server's death."""

    def __init__(self, server, headers):
        super().__init__(server)
        self.headers, self.connection = headers, http.client.HTTPConnection("127.0.0.1", server.port, timeout=meno.DEADLINE)

    def _once(self, method, path, body, headers):
        try:
            self.connection.request(method, path, body=body, headers=headers)
            answer = self.connection.getresponse()
            reply = meno.Reply(answer.status, answer.headers, answer.read())
        except (OSError, http.client.HTTPException) as error:
            raise Gone from error
        if reply.status == 503:
            raise Gone
        return reply


# ---- the company that all blocks begin with ----------------------------------------------------------------------

def set_channels(data, keyed):
    (data / "letters").mkdir(exist_ok=True)
    meno.write(data / "program", PROGRAM).chmod(0o700)
    meno.write(data / "channels.yaml", f"channels: 1\nmessage: {{ program: [{data}/program, {data}/letters], seconds: 30, keyed: {keyed} }}\n")


def company():
    """The data folder; what each person wishes; and, by login, what a request of somebody signed in is to bear. Signing in comes
    before the requests do: the server's agents find nothing to propose."""
    data, files, requests = meno.init(), meno.folder(), meno.folder()
    meno.write(files / "people.csv", "employee_number,team\n" + "".join(f"{number},all\n" for number in range(6)))
    meno.write(files / "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due\n" + "".join(f"g{i},Goal {i},%,up,1,0,1,2026-12-31\n" for i in range(WRITERS)))
    meno.write(requests / "requests.csv", "request_id,date,requester,team,title,description\n" + "".join(f"r{i},2026-02-01,{i % len(WISHES)},all,A course about {i},please\n" for i in range(REQUESTS)))
    meno.must(data, "import", files)
    set_channels(data, "no")
    for number, channel in enumerate(WISHES):
        meno.must(data, "accounts", "add", f"wants-{channel}", "--roles", "employee", "--employee-number", number)
        meno.must(data, "me", "prefer", "--channel", channel, who=f"wants-{channel}")
    passwords = {login: meno.must(data, "accounts", "add", login, "--roles", role)["password"] for login, role in SIGNED_IN.items()}
    with meno.Server(data) as server:
        headers = {login: meno.Caller(server, login, password).headers for login, password in passwords.items()}
    meno.must(data, "import", requests)
    wishes = {person: WISHES[int(number)] for person, number in meno.employee_numbers(data).items() if int(number) < len(WISHES)}
    return data, wishes, headers


# ---- a life ------------------------------------------------------------------------------------------------------

class Block:
    """What was acknowledged on one copy of the company."""

    def __init__(self, data):
        self.data, self.number, self.weighed, self.decided, self.shown, self.files = data, 0, [], [], {}, {}
        self.broken, self.changed = [], threading.Condition()

    def acknowledge(self, list_, what):
        with self.changed:
            list_.append(what)
            self.changed.notify_all()

    def works(self):
        return len(self.weighed) + len(self.decided)

    def look_at_files(self):
        """A file's number on the disk: another one, and it was written again."""
        folder = self.data / "outbox"
        for entry in os.scandir(folder) if folder.exists() else ():
            if entry.name.endswith(".json") and self.files.setdefault(entry.name, entry.inode()) != entry.inode():
                self.broken.append(("a file was written twice", entry.name))


class Life:
    """Six people at a server, until it is gone."""

    def __init__(self, block, server, headers, chance):
        self.block, self.over = block, False
        works = [(self.weigh, f"lead-{goal}", goal) for goal in range(WRITERS)] + [(self.decide, login, turn, random.Random(chance.random())) for turn, login in enumerate(("approver", "other"))]
        self.threads = [threading.Thread(target=self.work, args=(work, Caller(server, headers[login]), *more)) for work, login, *more in works]
        for thread in self.threads:
            thread.start()

    def work(self, work, caller, *more):
        try:
            work(caller, *more)
        except Exception as error:
            self.over = True
            if not isinstance(error, Gone):  # a thread's own end would be lost
                self.block.broken.append(repr(error))
        finally:
            caller.connection.close()
            with self.block.changed:
                self.block.changed.notify_all()

    def weigh(self, caller, goal):
        """Every reason is said once."""
        while not self.over:
            with self.block.changed:
                self.block.number += 1
                reason = f"reason {self.block.number}"
            reply = caller.post(f"/goals/g{goal}/weight", {"weight": 0.5, "reason": reason})
            if reply.status != 200:
                raise AssertionError(reply)
            self.block.acknowledge(self.block.weighed, reason)

    def decide(self, caller, turn, chance):
        """The other one says the contrary, in an order of their own."""
        left = DECISIONS
        while left and not self.over:
            works = self.block.works()
            notes = [row["id"] for row in caller.get("/approvals").json["proposals"] if row["state"] in ("proposed", "in approval")]
            if not notes:  # the agents may be about to propose
                self.wait_for(works + 1)
            for note in chance.sample(notes, min(left, len(notes))):
                left -= self.say(caller, note, ("accept", "reject")[(int(note[-1], 36) + turn) % 2])

    def say(self, caller, note, word):
        """Was it said?"""
        if note not in self.block.shown:
            self.block.shown[note] = caller.get(f"/approvals/{note}").json
        shown = self.block.shown[note]
        body = {"hash": shown["hash"], "reason": "as agreed"} | ({"criteria": [item["id"] for item in shown["criteria"]]} if word == "accept" else {})
        reply = caller.post(f"/approvals/{note}/{word}", body)
        if reply.status == 200:
            self.block.acknowledge(self.block.decided, (note, word + "ed"))
        elif reply.status != 409:  # the other was quicker
            raise AssertionError(reply)
        return reply.status == 200

    def wait_for(self, works):
        with self.block.changed:
            self.block.changed.wait_for(lambda: self.over or self.block.works() >= works, meno.DEADLINE)

    def end(self):
        for thread in self.threads:
            thread.join(meno.DEADLINE)
        if any(thread.is_alive() for thread in self.threads):
            self.block.broken.append("somebody waits for an answer that does not come")


def live_and_die(block, headers, chance, kill):
    """A block's lives. `kill(server)` tells whether the server is dead."""
    server = None
    try:
        for _ in range(LIVES):
            server = server or meno.Server(block.data)
            life = Life(block, server, headers, chance)
            life.wait_for(block.works() + chance.randrange(MOST_WORKS))
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.process.wait(chance.uniform(0, 0.01))
                block.broken.append(f"the server ended by itself: {server.errors()}")
            if kill(server):
                bury(server)
                server = None
            life.end()
            block.look_at_files()
    finally:
        if server:
            bury(server)


def bury(server):
    server.kill()
    server.process.stdout.close()


# ---- what is left ------------------------------------------------------------------------------------------------

def repeated(items):
    return [item for item, times in collections.Counter(items).items() if times > 1]


def letters(data):
    """By action, what its letters say: of each sending one."""
    found = collections.defaultdict(list)
    for path in (data / "letters").iterdir():
        text = path.read_text()
        if text:  # the program of a server that died a moment ago may not have come to it
            found[json.loads(text)["id"]].append(text)
    return found


def wrong_actions(data, wishes, keyed, notes):
    """What is wrong with what went out, and how many nobody knows of."""
    with meno.database(data) as db:
        actions = db.execute("SELECT id, channel, subject, person, state FROM action").fetchall()
    sent, words = letters(data), {"inbox": None, "file": "file", "message": "keyed message" if keyed == "yes" else "message"}
    expected = sorted((f"note:{proposal}", words[wishes[to]]) for proposal, to in notes if words[wishes[to]])
    wrong = [] if sorted((subject, channel) for _, channel, subject, _, _ in actions) == expected else [("asked to be sent", actions, expected)]
    doubtful = 0
    for id_, channel, _, _, state in actions:
        written, told = (data / "outbox" / f"{id_}.json").exists(), sent.pop(id_, [])
        fine = {"file": state == "done" and written and not told,
                "keyed message": state == "done" and told and len(set(told)) == 1,
                "message": (state == "done" and len(told) == 1) or (state == "uncertain" and len(told) <= 1)}[channel]
        doubtful += state == "uncertain"
        wrong += [] if fine else [(id_, channel, state, written, told)]
    return wrong + [("sent, and nobody asked for it", sent)] * bool(sent), doubtful


def wrong_facts(block, undisturbed):
    """What is lost or doubled of what people and agents said."""
    weighed = [body["reason"] for _, _, _, _, body in meno.events(block.data, "goal.weighed")]
    decided = [(body["proposal"], body["state"]) for _, _, _, _, body in meno.events(block.data, "approval.decided")]
    proposed, claimed = said(block.data)
    found = {"lost": sorted(set(block.weighed) - set(weighed)) + sorted(set(block.decided) - set(decided)), "said twice": repeated(weighed),
             "decided twice": repeated(proposal for proposal, _ in decided), "proposals": [] if proposed == undisturbed[0] else proposed, "claims": [] if claimed == undisturbed[1] else claimed}
    return {what: which for what, which in found.items() if which}


def said(data):
    """What agents hold and have proposed, each as often as it was recorded."""
    return (sorted((body["input"]["asks"]["kind"], body["input"]["asks"]["body"]["request"]) for _, _, _, _, body in meno.events(data, "proposal.made")),
            sorted((subject, body["predicate"]) for _, _, subject, _, body in meno.events(data, "claim.made")))


def finish(block, wishes, keyed, undisturbed):
    """Ends what is under way; what is wrong, and how many acts are in doubt."""
    block.broken += [("the end", report) for report in [meno.must(block.data, "run"), meno.must(block.data, "run")][1:] if report["turns"]]
    meno.head(block.data)  # fails where the ledger does not verify
    block.look_at_files()
    accepted = sorted(proposal for _, _, _, _, body in meno.events(block.data, "approval.decided") if body["state"] == "accepted" for proposal in [body["proposal"]])
    notes = sorted((body["proposal"], body["to"]) for _, _, _, _, body in meno.events(block.data, "note.sent"))
    wrong, doubtful = wrong_actions(block.data, wishes, keyed, notes)
    wrong += [] if accepted == [proposal for proposal, _ in notes] else [("accepted and not sent, or sent and not accepted", accepted, notes)]
    facts = wrong_facts(block, undisturbed)
    return block.broken + wrong + ([facts] if facts else []), doubtful


# ---- the whole ---------------------------------------------------------------------------------------------------

def killed(tap, base, kind, kill, title):
    data, wishes, headers = base
    whole = meno.clone(data)
    meno.must(whole, "run")
    undisturbed, blocks = said(whole), BLOCKS["sqlite" if meno.EMBEDDED else "postgresql"][kind]
    wrong, sums = [], collections.Counter()
    for number in range(blocks):
        chance, keyed = random.Random(f"{title} {number}"), ("no", "yes")[number % 2]
        block = Block(meno.clone(data))
        set_channels(block.data, keyed)
        live_and_die(block, headers, chance, lambda server: kill(server, chance))
        problems, doubtful = finish(block, wishes, keyed, undisturbed)
        sums.update(weighed=len(block.weighed), decided=len(block.decided), doubtful=doubtful)
        if problems:
            print(f"# block {number}: {problems}", flush=True)
            wrong.append((number, problems))
        meno.remove(block.data)
    print(f"# {title}: {blocks * LIVES} times; {dict(sums)}")
    tap.ok(not wrong, f"{title} {blocks * LIVES} times: nothing acknowledged is lost, nothing is said, decided or sent twice, nothing is left lying", wrong[:5])
    tap.ok(sums["weighed"] > blocks * LIVES and sums["decided"] > blocks, f"{title}: while at work", dict(sums))


def main(tap):
    die = lambda server, chance: server.kill() or True
    if meno.EMBEDDED:
        killed(tap, company(), "server", die, "the server is killed")
        return
    with postgresql.Server() as database:
        os.environ["MENO_POSTGRESQL"] = database.address

        def cut_power(server, chance):
            """Now and then the server dies with it."""
            both = chance.random() < 0.25
            database.kill()
            if both:
                server.kill()
            database.start()
            return both

        base = company()
        killed(tap, base, "server", die, "the server is killed")
        killed(tap, base, "database", cut_power, "PostgreSQL is killed")


meno.scenario(main)
