#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programmes: one without a goal is seen first, in money, and proposed to be stopped; stopping and retargeting, by proposal or
at once, hold over a replay and a re-import and can be taken back; nothing is told of four takers."""
import json

import meno

KINDS = ("stop programme", "retarget programme")


def company():
    """Twenty people; a goal that rests on talking. "Talk" serves it, "Stage" serves nothing and eight took it, "Choir" serves
    nothing and four took it, "Nobody" serves nothing and nobody took it."""
    folder = meno.folder()
    people = [[f"e{i}", f"First{i}", f"Last{i}", "A" if i < 10 else "B", "Agent", "" if i % 10 == 0 else f"e{i // 10 * 10}", "2020-01-01"] for i in range(20)]
    meno.write_csv(folder / "people.csv", "employee_number first_name last_name team job_title manager start_date".split(), people)
    meno.write(folder / "skills.csv", "skill_id,name\ntalking,Talking\nacting,Acting\nhumming,Humming\nsewing,Sewing\n")
    meno.write(folder / "jobs.csv", "job_title,skill_id,level\nAgent,talking,3\n")
    meno.write(folder / "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due,weight,value_per_unit,currency,skills\n"
               "solved,Solved,%,up,e1,70,80,2026-12-31,1,10000,EUR,talking\nquiet,Quiet nights,%,up,e1,70,80,2026-12-31,1,10000,EUR,\n")
    kpis = [["solved", team, f"2025-{month:02}-01", 75, 100] for month in range(3, 13) for team in "AB"]
    meno.write_csv(folder / "kpis.csv", "goal_id team date value exposure".split(), kpis)
    meno.write(folder / "programmes.csv", "programme_id,title,kind,skills,hours,cost_per_seat,fixed_cost,active\nP1,Talk,course,talking,4,50,100,true\n"
               "P2,Stage,workshop,acting,8,500,2000,true\nP3,Choir,workshop,humming,8,977,3000,true\nP4,Empty Room,course,sewing,8,500,1500,true\n")
    taken = [["P1", f"e{i}"] for i in range(10)] + [["P2", f"e{i}"] for i in range(8)] + [["P3", f"e{i}"] for i in range(4)]
    meno.write_csv(folder / "enrolments.csv", "programme_id employee_number date status completed_on".split(),
                   [[programme, who, "2025-10-06", "completed", "2025-10-20"] for programme, who in taken])
    return folder


def programme(data, name, **options):
    return next(row for row in meno.must(data, "programmes", "list", **options)["programmes"] if row["id"] == name)


def waiting(data, name):
    """The open proposal about a programme, whole; None."""
    for row in meno.must(data, "approvals")["proposals"]:
        if row["kind"] in KINDS:
            whole = meno.must(data, "approvals", "show", row["id"])
            if whole["body"]["programme"] == name:
                return whole
    return None


def verified(tap, data, title):
    before = meno.tables(data)
    meno.must(data, "replay", "--rebuild")
    tap.same(meno.tables(data), before, title)
    meno.must(data, "replay", "--verify")


# ---- seeing ------------------------------------------------------------------------------------------------------

def seen(tap, data):
    listed = meno.must(data, "programmes", "list")
    first = listed["programmes"][0]
    tap.same((first["id"], first["advice"], first["cost"], first["money"], first["seats"], first["takers"]), ("P2", "stop", 6000, 6000, 8, 8),
             "the dearest programme without a goal comes first, with its price of a year")
    tap.same(programme(data, "P1")["goals"], [{"id": "solved", "name": "Solved"}], "what teaches a goal's skill serves it")
    tap.same(programme(data, "P1")["advice"], "keep", "and is kept")
    tap.same((listed["cost"], listed["without_goal"]), (600 + 6000 + 1500, 6000 + 1500), "the sums leave out what is withheld")
    tap.ok(first["effect"]["verdict"] == "cannot tell" and first["effect"]["why"] and first["effect"]["change"] is None, "without results nothing is said of what it does", first["effect"])
    proposal = waiting(data, "P2")
    tap.ok(proposal and proposal["kind"] == "stop programme" and proposal["body"]["money"] == 6000 and "6,000" in proposal["title"].replace("6000", "6,000"), "a stop is proposed, in money", proposal)
    tap.ok(proposal["id"] in [row["id"] for row in meno.must(data, "why", first["why"])["leads_to"]], "to which its reasons lead")
    tap.ok(proposal["needs_reason"] and len(proposal["criteria"]) >= 2, "with questions, and a reason asked for", proposal)


def four_are_withheld(tap, data):
    row = programme(data, "P3")
    tap.ok(row["hidden"] and row["cost"] is None and row["completed"] is None and row["seats"] == row["takers"] == 0 and row["money"] is None, "of four takers nothing is told", row)
    needs = [need for need in meno.must(data, "needs")["needs"] if need["title"] == "Choir"]
    tap.same([need["value"]["money"] for need in needs], [3000], "its need counts the fixed cost alone: seats would tell how many they are")
    said = json.dumps([needs, [meno.must(data, "why", need["id"]) for need in needs], waiting(data, "P3"), meno.must(data, "today"), row])
    tap.ok("6908" not in said and "3908" not in said and "6,908" not in said, "nowhere is the cost of the four seats", said)
    tap.ok(all(item["people"] is None or item["people"] >= 5 for need in needs for item in meno.must(data, "why", need["id"])["evidence"]), "nor do the reasons count them")
    empty = programme(data, "P4")
    tap.same((empty["hidden"], empty["cost"], empty["seats"]), (False, 1500, 0), "that nobody took it may be told")


# ---- by proposal -------------------------------------------------------------------------------------------------

def stopped_by_proposal(tap, data):
    proposal = waiting(data, "P2")
    yes = ("--criteria", ",".join(row["id"] for row in proposal["criteria"]), "--hash", proposal["hash"])
    bare = meno.meno(data, "approvals", "accept", proposal["id"], *yes, who="approver")
    tap.ok(bare.status == 65 and "reason" in bare.err, "a yes without a reason is refused", bare)
    tap.ok(programme(data, "P2")["active"], "and stops nothing")
    meno.must(data, "approvals", "accept", proposal["id"], *yes, "--reason", "nobody could name a number", who="approver")
    row = programme(data, "P2")
    tap.same((row["active"], row["stopped"], row["advice"], row["decision_reason"]), (False, True, "none", "nobody could name a number"), "accepted, it is stopped, with the reason")
    written = meno.events(data, "programme.stopped")
    tap.same([(subject, actor, body["proposal"], body["reason"]) for _, _, subject, actor, body in written],
             [("programme:P2", "account:approver", proposal["id"], "nobody could name a number")], "one event says who, why and by which proposal")
    meno.must(data, "run")
    tap.ok(not [need for need in meno.must(data, "needs")["needs"] if need["title"] == "Stage"], "the agents count it as inactive")
    tap.same(waiting(data, "P2"), None, "and propose nothing about it")
    verified(tap, data, "a replay comes to the same")


def rejected_stays(tap, data):
    proposal = waiting(data, "P4")
    meno.must(data, "approvals", "reject", proposal["id"], "--hash", proposal["hash"], "--reason", "the law demands it", who="approver")
    tap.ok(programme(data, "P4")["active"] and not meno.events(data, "programme.stopped"), "a rejected stop stops nothing")
    meno.must(data, "run")
    tap.same(waiting(data, "P4"), None, "and is not proposed again soon")


# ---- at once -----------------------------------------------------------------------------------------------------

def stopped_at_once(tap, data, files):
    tap.ok(waiting(data, "P2"), "a proposal waits")
    for login in ("approver", "manager", "employee", "analyst", "sysadmin"):
        answer = meno.meno(data, "programmes", "stop", "P2", "--reason", "x", who=login)
        tap.ok(answer.status == 77 and answer.json["code"] == "forbidden", f"the {login} stops nothing", answer)
    tap.same(meno.meno(data, "programmes", "stop", "P2", who="lead").status, 65, "without a reason nothing is stopped")
    tap.same(meno.meno(data, "programmes", "stop", "P9", "--reason", "x", who="lead").json["status"], 404, "nor what is not there")
    stopped = meno.must(data, "programmes", "stop", "P2", "--reason", "too dear", who="lead")
    tap.ok(stopped["stopped"] and not stopped["active"], "the lead stops it, with a reason", stopped)
    tap.same(waiting(data, "P2"), None, "what was proposed is settled by that")
    again = meno.meno(data, "programmes", "stop", "P2", "--reason", "x", who="lead")
    tap.ok(again.json["status"] == 409 and "already" in again.err, "twice is a conflict", again)
    meno.must(data, "import", files)
    tap.ok(programme(data, "P2")["stopped"], "a re-import of the file changes nothing about that")
    verified(tap, data, "a replay comes to the same")
    resumed = meno.must(data, "programmes", "resume", "P2", "--reason", "they named a number", who="lead")
    tap.same((resumed["active"], resumed["stopped"], resumed["decision_reason"]), (True, False, None), "it can be taken back")
    tap.same(meno.meno(data, "programmes", "resume", "P2", "--reason", "x", who="lead").json["status"], 409, "what is taken back cannot be taken back again")
    verified(tap, data, "also that is replayed")
    tap.same([kind for _, kind, subject, _, _ in meno.events(data) if subject == "programme:P2"], ["programme.described", "programme.stopped", "programme.resumed"], "the ledger tells all of it")


def retargeted(tap, data):
    tap.same(meno.meno(data, "programmes", "retarget", "P2", "--goal", "fame", "--reason", "x", who="lead").status, 65, "a goal that is not there is refused")
    row = meno.must(data, "programmes", "retarget", "P2", "--goal", "quiet", "--reason", "they perform for neighbours", who="lead")
    tap.same((row["goals"], row["retargeted"], row["by_words"], row["advice"]), ([{"id": "quiet", "name": "Quiet nights"}], True, False, "keep"), "retargeted, it serves that goal")
    meno.must(data, "run")
    tap.ok(not [need for need in meno.must(data, "needs")["needs"] if need["title"] == "Stage"] and waiting(data, "P2") is None, "and nothing speaks against it any more")
    verified(tap, data, "a replay comes to the same")
    meno.must(data, "programmes", "stop", "P2", "--reason", "after all", who="lead")
    tap.same(meno.meno(data, "programmes", "retarget", "P2", "--goal", "quiet", "--reason", "x", who="lead").json["status"], 409, "what is stopped cannot be retargeted")
    meno.must(data, "programmes", "resume", "P2", "--reason", "back", who="lead")
    row = programme(data, "P2")
    tap.same((row["goals"], row["active"], row["advice"]), ([], True, "stop"), "resumed, it is as its file says")


def main(tap):
    files, data = company(), meno.init()
    meno.add_accounts(data)
    meno.must(data, "import", files)
    meno.must(data, "run")
    seen(tap, data)
    four_are_withheld(tap, data)
    stopped_by_proposal(tap, meno.clone(data))
    rejected_stays(tap, meno.clone(data))
    stopped_at_once(tap, meno.clone(data), files)
    retargeted(tap, meno.clone(data))


meno.scenario(main)
