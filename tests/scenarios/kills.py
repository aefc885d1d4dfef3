#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Killed many times: a server, or the PostgreSQL under it, dies at a random moment while four people write; begun again, everything
that was acknowledged is there, once, and the ledger verifies. The cheap, many-times variant of crash.py, on a company of one person.

On PostgreSQL the scenario has a server of its own, because it kills it."""
import collections
import os
import random
import threading

import meno
import postgresql

KILLS, CHECK_EVERY = (3400, 100) if meno.SOAK else (30, 6)
WRITERS = 4


def company(tap, data):
    folder = meno.folder()
    meno.write(folder / "people.csv", "employee_number\n1\n")
    meno.write(folder / "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due\n" + "".join(f"g{i},Goal {i},%,up,1,0,1,2026-12-31\n" for i in range(WRITERS)))
    meno.must(data, "import", folder)
    meno.must(data, "run")
    return meno.must(data, "accounts", "add", "lead", "--roles", "lead")["password"]


class Writers:
    """Each weighs a goal of its own, again and again; every reason is said once."""

    def __init__(self, server, password, title, first):
        self.title, self.acknowledged, self.number, self.lock = title, [], first, threading.Lock()
        self.some = threading.Condition(self.lock)
        self.callers = [meno.Caller(server, "lead", password) for _ in range(WRITERS)]
        self.threads = [threading.Thread(target=self.write, args=(i,)) for i in range(WRITERS)]
        for thread in self.threads:
            thread.start()

    def write(self, goal):
        try:
            while True:
                with self.lock:
                    self.number += 1
                    reason = f"{self.title} {self.number}"
                reply = self.callers[goal].post(f"/goals/g{goal}/weight", {"weight": 0.5, "reason": reason})
                if reply.status == 503:
                    return  # the database is gone, and it says so
                if reply.status != 200:
                    raise AssertionError(reply)
                with self.some:
                    self.acknowledged.append(reason)
                    self.some.notify_all()
        except (OSError, meno.http.client.HTTPException):
            with self.some:
                self.some.notify_all()

    def wait_for(self, count):
        with self.some:
            self.some.wait_for(lambda: len(self.acknowledged) >= count or not any(thread.is_alive() for thread in self.threads), meno.DEADLINE)

    def end(self):
        for thread in self.threads:
            thread.join(meno.DEADLINE)


def killed(tap, data, password, kill, title):
    """Rounds of: serve, write, die. `kill(server)` ends the server or what is under it."""
    chance, acknowledged, lost, number = random.Random(title), [], [], 0
    for round_ in range(KILLS):
        server = meno.Server(data)
        try:
            writers = Writers(server, password, title, number)
            writers.wait_for(chance.randrange(1, 30))
            kill(server)
            writers.end()
            acknowledged += writers.acknowledged
            number = writers.number
        finally:
            server.kill()
            server.process.stdout.close()
        if round_ % CHECK_EVERY == CHECK_EVERY - 1 or round_ == KILLS - 1:
            said = [body.get("reason") for _, _, _, _, body in meno.events(data, "goal.weighed")]
            counts = collections.Counter(said)
            lost += [reason for reason in acknowledged if counts.get(reason) != 1] + [reason for reason, times in counts.items() if times > 1]
            meno.head(data)  # fails where the ledger does not verify
    tap.ok(not lost, f"{title}: {KILLS} times, and each of {len(acknowledged)} acknowledged writes is there, once", lost[:20])
    tap.ok(len(acknowledged) > KILLS, f"{title}: it was killed while at work", len(acknowledged))


def main(tap):
    if meno.EMBEDDED:
        data = meno.init()
        password = company(tap, data)
        killed(tap, data, password, lambda server: server.kill(), "the server is killed")
        return
    with postgresql.Server() as database:
        os.environ["MENO_POSTGRESQL"] = database.address
        data = meno.init()
        password = company(tap, data)

        def cut_power(server):
            database.kill()
            database.start()

        killed(tap, data, password, lambda server: server.kill(), "the server is killed")
        killed(tap, data, password, cut_power, "PostgreSQL is killed")


meno.scenario(main)
