#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Listening: a dip that was planted is found and told once; a promise is an event that replay rebuilds; a team of four is
refused by name and cannot be had by subtraction; comments stay shut below ten; a manager sees own teams only."""
import datetime
import json
import random

import meno

QUESTIONS = [("Q1", "I get help when I need it.", "support"), ("Q2", "I am proud to work here.", "engagement"), ("Q3", "The software works.", "tool")]
DEPARTMENTS = {"Sales": ["Alpha", "Beta"], "Service": ["Gamma", "Delta"], "Finance": ["Epsilon", "Small"]}
SIZES = {"Alpha": 14, "Beta": 14, "Gamma": 14, "Delta": 14, "Epsilon": 20, "Small": 4}
MONTHS = [datetime.date(2024 + month // 12, 1 + month % 12, 4) for month in range(26)]  # January 2024 to February 2026
DAY = "2026-03-02"


def company(writers=14):
    """Everybody answers every month; support and engagement sink by a point in Service from November 2025. In the last month
    `writers` people of Sales, twelve of Service and two of Finance write something, and one of them a name."""
    folder, chance = meno.folder(), random.Random(5)
    people, pulse, number, heads = [], [], 0, {}
    for department, teams in DEPARTMENTS.items():
        wrote = 0
        for team in teams:
            mood = 0.0
            members = range(number + 1, number + 1 + SIZES[team])
            number += SIZES[team]
            heads[team] = f"e{members[0]}"
            for who in members:
                people.append([f"e{who}", f"Given{who}", f"Family{who}", f"e{who}@example.com", team, department, "Agent", "" if f"e{who}" == heads[team] else heads[team], "2020-01-01"])
            for day in MONTHS:
                mood = 0.5 * mood + chance.gauss(0, 0.08)
                for who in members:
                    for question, _, topic in QUESTIONS:
                        shift = -1 if department == "Service" and topic != "tool" and day >= datetime.date(2025, 11, 1) else 0
                        comment = ""
                        if day == MONTHS[-1] and question == "Q1" and wrote < {"Sales": writers, "Service": 12, "Finance": 2}[department]:
                            comment = "Family3 never answers" if department == "Sales" and wrote == 0 else f"word {who} of {department}"
                            wrote += 1
                        pulse.append([day, question, team, f"token{who}", min(5, max(1, round(3.4 + mood + shift + chance.gauss(0, 0.8)))), comment])
    meno.write_csv(folder / "people.csv", "employee_number first_name last_name work_email team department job_title manager start_date".split(), people)
    meno.write_csv(folder / "questions.csv", ["question_id", "text", "topic"], QUESTIONS)
    meno.write_csv(folder / "pulse.csv", "date question_id team respondent answer comment".split(), pulse)
    return folder, heads


def prepare(writers=14):
    folder, heads = company(writers)
    data = meno.init()
    meno.must(data, "import", folder)
    meno.must(data, "run")
    return data, heads


def group(data, name):
    return {row["group"]: row for row in meno.must(data, "listening", "list")["groups"]}[name]


# ---- the dip, the promise ----------------------------------------------------------------------------------------

def found(tap, data):
    said = meno.must(data, "listening", "list")
    tap.same([(need["group"], need["direction"], sorted(topic["topic"] for topic in need["topics"])) for need in said["needs"]],
             [("Service", "dip", ["engagement", "support"])], "two topics that fell together in one department are one need, and there is no other")
    need = said["needs"][0]
    tap.ok(need["since"] == "2025-11-01" and need["low"] < -1 < need["high"] and need["status"] == "open", "since when and how large is right", need)
    proposals = [row for row in meno.must(data, "approvals", "list")["proposals"] if row["kind"] == "answer a group"]
    tap.same([row["tier"] >= 1 for row in proposals], [True], "one answer is proposed, and a person decides it")
    marks = [change["since"] for line in group(data, "Service")["lines"] if line["topic"] == "support" for change in line["changes"]]
    tap.same(marks, ["2025-11-01"], "the break is marked in the trend")
    why = meno.must(data, "why", need["claim"])
    tap.ok(len(why["evidence"]) == 2 and all(item["file"] == "pulse.csv" and item["people"] >= 5 for item in why["evidence"]), "its reasons are answers of enough people", why)
    return need


def promised(tap, data, need):
    before = meno.must(data, "listening", "promise", "Service", "--text", "A rota says whom to ask.", "--due", "2026-03-20", "--need", need["id"])
    tap.ok(before["state"] == "open" and before["age_days"] == 0, "a promise is made", before)
    again = meno.meno(data, "listening", "promise", "Service", "--text", "A rota says whom to ask.", "--due", "2026-03-20")
    tap.ok(again.status != 0 and "already" in again.err, "the same again is refused in words", again)
    meno.must(data, "run")
    said = meno.must(data, "listening", "list")
    tap.same([need["status"] for need in said["needs"]], ["promised"], "the need knows that something was promised")
    open_ = [row for row in meno.must(data, "approvals", "list")["proposals"] if row["kind"] == "answer a group"]
    tap.same(open_, [], "and nothing more is proposed")
    late = meno.must(data, "listening", "list", now="2026-03-30T09:00:00Z")["promises"][0]
    tap.ok(late["state"] == "overdue" and late["age_days"] == 28 and late["days_late"] == 10, "its age grows, and it is late", late)
    kept = meno.must(data, "listening", "keep", before["id"], "--done", "The rota hangs at the door.", now="2026-03-31T09:00:00Z")
    tap.ok(kept["state"] == "kept" and kept["age_days"] == 29 and kept["done"] == "The rota hangs at the door.", "it is kept, with what was done", kept)
    twice = meno.meno(data, "listening", "keep", before["id"], "--done", "x", now="2026-03-31T09:00:00Z")
    tap.ok(twice.status != 0 and "kept already" in twice.err, "and only once", twice)
    replay = meno.must(data, "replay", "--verify", js=False)
    tap.ok("holds" in replay.out, "replay makes the same promises of the events", replay)


# ---- few people --------------------------------------------------------------------------------------------------

def mean_of(row, topic, index):
    return {line["topic"]: line["values"][index] for line in row["lines"]}.get(topic)


def few(tap, data):
    small = group(data, "Small")
    tap.ok(small["lines"] == [] and small["people"] is None and small["withheld"] == "fewer than five people", "a team of four has no trend, and a word why", small)
    for verb in (["show", "Small"], ["promise", "Small", "--text", "x", "--due", "2026-03-20"]):
        refused = meno.meno(data, "listening", *verb)
        tap.ok(refused.status != 0 and "fewer than five people" in refused.err, f"listening {verb[0]}: a team of four is refused by name, in words", refused)
    finance, epsilon = group(data, "Finance"), group(data, "Epsilon")
    both = [index for index in range(len(MONTHS)) if mean_of(finance, "support", index) is not None and mean_of(epsilon, "support", index) is not None]
    tap.same(both, [], "nor can it be had by subtraction: its department and the team beside it are never both shown")
    tap.ok("Small" not in json.dumps(meno.must(data, "listening", "list")["needs"]), "no need names it")


def comments(tap, data, scarce):
    shown = meno.must(data, "listening", "show", "Sales")
    tap.ok(len(shown["comments"]) == 13 and shown["comments_withheld"] is None, "fourteen wrote something in a department: it is shown", shown["comments"])
    tap.ok(not any("Family3" in text for text in shown["comments"]), "but not what names somebody")
    for name, why in (("Alpha", "never shown for a team"), ("Finance", "fewer than ten"), ("Service", "would give such a group away")):
        hidden = meno.must(data, "listening", "show", name)
        tap.ok(hidden["comments"] == [] and why in hidden["comments_withheld"], f"comments of {name}: withheld, and why", hidden["comments_withheld"])
    nine = meno.must(scarce, "listening", "show", "Sales")
    tap.ok(nine["comments"] == [] and "fewer than ten" in nine["comments_withheld"], "of nine, nothing", nine)
    whole = meno.must(scarce, "listening", "show", "the company")
    tap.ok(whole["comments"] == [] or len(whole["comments"]) >= 9, "and the company's do not give them away", whole["comments"])
    texts = json.dumps(meno.must(scarce, "listening", "list"))
    tap.ok("word " not in texts and "token" not in texts, "the list shows no comment and no token")


# ---- hostile input, roles ----------------------------------------------------------------------------------------

def hostile(tap, data):
    bad = [(["promise", "nobody", "--text", "x", "--due", "2026-03-20"], "no group"), (["promise", "Service", "--text", "   ", "--due", "2026-03-20"], "empty"),
           (["promise", "Service", "--text", "x", "--due", "2020-01-01"], "past"), (["promise", "Service", "--text", "x", "--due", "2999-01-01"], "two years"),
           (["promise", "Service", "--text", "x", "--due", "soon"], "due"), (["promise", "Service", "--text", "x", "--due", "2026-03-20", "--owner", "nobody"], "employee number"),
           (["promise", "Service", "--text", "x" * 5000, "--due", "2026-03-20"], "text"), (["keep", "y-none", "--done", "x"], "no promise"), (["show", "Service\n"], "no group")]
    before = meno.must(data, "listening", "list")["promises"]
    for words, part in bad:
        reply = meno.meno(data, "listening", *words)
        tap.ok(reply.status != 0 and part in reply.err, f"refused in words: {' '.join(words)[:60]!r}", reply)
    tap.same(meno.must(data, "listening", "list")["promises"], before, "and nothing is recorded of it")
    odd = meno.must(data, "listening", "promise", "Service", "--text", "<script>alert(1)</script> \"; DROP TABLE promise; -- ü\u202e", "--due", "2026-03-20", "--topics", "support")
    tap.ok(odd["text"].startswith("<script>") and odd["topics"] == ["support"], "a hostile text is text", odd)
    tap.ok("holds" in meno.must(data, "replay", "--verify", js=False).out, "and replays as such")


def by_role(tap, data, heads):
    passwords = meno.add_accounts(data, manager=heads["Gamma"])
    with meno.Server(data) as server:
        manager, lead, employee = (meno.Caller(server, login, passwords[login]) for login in ("manager", "lead", "employee"))
        mine = manager.get("/listening").json
        tap.same([row["group"] for row in mine["groups"]], ["Gamma"], "a manager sees the own team")
        tap.same([need["group"] for need in mine["needs"]], [], "and no department's need")
        tap.same([manager.get("/listening/" + meno.quote(name)).status for name in ("Gamma", "Service", "Alpha", "the company")], [200, 404, 404, 404], "by name too")
        tap.same([row["group"] for row in mine["promises"]], ["Service"] * len(mine["promises"]), "a promise to its department is for the team to read")
        tap.same(lead.get("/listening/Small").status, 403, "a team of four is 403 for the lead")
        tap.same(lead.get("/listening/Small").code, "withheld", "withheld, says the answer")
        tap.same([caller.post("/listening/Service/promises", {"text": "x", "due": "2026-03-20"}).status for caller in (manager, employee)], [403, 403], "a manager and an employee promise nothing here")
        tap.same(employee.get("/listening").status, 403, "an employee does not read what other groups say")
        tap.same(lead.post("/listening/Service/promises", {"text": "By HTTP", "due": "2026-03-25", "topics": ["support"]}).status, 200, "the lead promises over HTTP")


def empty(tap):
    data = meno.init()
    said = meno.must(data, "listening", "list")
    tap.ok(said["groups"] == [] and said["needs"] == [] and said["promises"] == [] and not said["heard"], "without files there is nothing, and no error", said)


def main(tap):
    data, heads = prepare()
    scarce, _ = prepare(writers=9)
    promised(tap, data, found(tap, data))
    few(tap, data)
    comments(tap, data, scarce)
    hostile(tap, data)
    by_role(tap, data, heads)
    empty(tap)


meno.scenario(main)
