#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two servers on one database: what people write through either is in one order without gaps, of contradicting decisions one
stands, agents take their turns once, acts happen once; and one of the two dies in the middle without holding up the other."""
import collections
import threading

import meno

WRITES, DECIDERS = 30, 12


def together(works):
    """Runs the works at once; what they give."""
    given, threads = [None] * len(works), []
    for index, work in enumerate(works):
        def run(index=index, work=work):
            given[index] = work()
        threads.append(threading.Thread(target=run))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(meno.DEADLINE)
    return given


def writes(tap, data, callers):
    goals = sorted(goal["id"] for goal in meno.must(data, "goals")["goals"])

    def weigh(number, caller):
        return [caller.post(f"/goals/{goals[number % len(goals)]}/weight", {"weight": 0.5, "reason": f"by {number}, {index}"}).status for index in range(WRITES)]

    statuses = together([lambda number=number, caller=caller: weigh(number, caller) for number, caller in enumerate(callers)])
    said = collections.Counter(body["reason"] for _, _, _, _, body in meno.events(data, "goal.weighed"))
    tap.ok(all(status == 200 for some in statuses for status in some), "both servers take what people write", statuses)
    tap.ok(len(said) == WRITES * len(callers) and set(said.values()) == {1}, "and each of it is there, once", said.most_common(3))
    meno.head(data)


def decisions(tap, data, approvers):
    proposal = next(row for row in meno.must(data, "approvals")["proposals"] if row["kind"] == "send note" and row["state"] in ("proposed", "in approval"))
    shown = approvers[0].get(f"/approvals/{proposal['id']}").json

    def decide(index):
        word = ("accept", "reject")[index % 2]
        body = {"hash": shown["hash"], "reason": "as agreed"} | ({"criteria": [item["id"] for item in shown["criteria"]]} if word == "accept" else {})
        return approvers[index % len(approvers)].post(f"/approvals/{proposal['id']}/{word}", body).status

    statuses = together([lambda index=index: decide(index) for index in range(DECIDERS)])
    decided = [body for _, _, _, _, body in meno.events(data, "approval.decided") if body["proposal"] == proposal["id"]]
    tap.ok(len(decided) == 1 and statuses.count(200) >= 1 and set(statuses) <= {200, 409}, f"of {DECIDERS} contradicting decisions at two servers one stands", (statuses, decided))


def agents(tap, data):
    made = collections.Counter((subject, body["id"]) for _, _, subject, _, body in meno.events(data, "proposal.made"))
    tap.ok(made and set(made.values()) == {1}, "what two processes' agents propose is proposed once", made.most_common(3))
    done = collections.Counter(subject for _, _, subject, _, _ in meno.events(data, "action.done"))
    tap.ok(set(done.values()) <= {1}, "and done once", done.most_common(3))


def main(tap):
    files, data = meno.simulate(60, 7), meno.init()
    passwords = meno.add_accounts(data)
    meno.must(data, "import", files)
    meno.must(data, "run")
    with meno.Server(data) as one, meno.Server(data) as other:
        leads = [meno.Caller(server, "lead", passwords["lead"]) for server in (one, other, one, other)]
        writes(tap, data, leads)
        decisions(tap, data, [meno.Caller(server, "approver", passwords["approver"]) for server in (one, other) * (DECIDERS // 2)])
        meno.must(data, "run")
        agents(tap, data)
        other.kill()
        tap.same(leads[0].post(f"/goals/{sorted(goal['id'] for goal in meno.must(data, 'goals')['goals'])[0]}/weight", {"weight": 0.6, "reason": "alone"}).status, 200,
                 "when one dies, the other goes on")
        tap.same(meno.meno(data, "run").status, 0, "and so do the agents")
    meno.head(data)
    tap.same(meno.must(data, "run")["turns"], 0, "at the end there is nothing left to say")


meno.scenario(main)
