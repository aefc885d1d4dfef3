#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Workforce: the three skills that the demo company will lack are foreseen and nothing else; each is handed over as a future
need with its ways out in money; a decision settles it; what is assumed can be overridden by a file that is checked; without
a forecast nothing is claimed; nobody is named."""
import json
import re

import meno

PLANTED = ["mcp-servers", "pytorch", "tensorflow"]


def foreseen(tap, data, files):
    truth = json.loads((files / "truth.json").read_text())
    listed = meno.must(data, "workforce", "list")
    by = {status: sorted(row["id"] for row in listed["skills"] if row["status"] == status) for status in ("short", "cannot tell", "not short")}
    tap.same(by["short"], sorted(truth["future_shortage"]), "what will be short is foreseen, and nothing else")
    asked = {row["skill_id"] for row in meno.read_csv(files / "workforce.csv") if row["skill_id"]}
    tap.same(set(sum(by.values(), [])), asked, "and of every other skill that the business asks for something is said")
    tap.same([row["id"] for row in listed["skills"]][:3], [row["id"] for row in sorted(listed["skills"][:3], key=lambda row: (row["starts"], -row["short_by"]["people"]))], "the soonest first")
    for row in listed["skills"]:
        good = all(month["supply_low"] <= month["supply"] <= month["supply_high"] and month["demand_low"] <= month["demand"] <= month["demand_high"] for month in row["months"])
        tap.ok(good and len(row["months"]) == 18, f"{row['id']}: eighteen months, each inside its interval", row["months"])
        tap.ok((row["plan"] is None) == (row["status"] != "short") and (row["need"] is None) == (row["status"] != "short"), f"{row['id']}: a plan and a need where it is short", row["status"])
    tap.same({row["job"] for row in listed["jobs"]}, {row["job_title"] for row in meno.read_csv(files / "workforce.csv") if row["job_title"]}, "jobs that are forecast are shown")
    tap.ok(all(row["source"] for row in listed["assumptions"]) and len(listed["assumptions"]) > 10, "every assumption says where it comes from")


def compared(tap, data, files):
    one = meno.must(data, "workforce", "show", "pytorch")
    ways = {way["way"]: way for way in one["ways"]}
    tap.same(list(ways), ["build", "borrow", "buy", "automate"], "four ways are compared")
    tap.ok(not ways["automate"]["known"] and ways["automate"]["money"] is None and ways["automate"]["why"], "what no file says is not priced", ways["automate"])
    for name in ("build", "borrow", "buy"):
        tap.ok(abs(sum(part["money"] for part in ways[name]["parts"]) - ways[name]["money"]) <= 100 * len(ways[name]["parts"]), f"{name}: its parts make its price", ways[name])
    tap.ok("Deep Learning with PyTorch" in json.dumps(ways["build"]), "the company's own programme gives the price of learning")
    pool = one["pool"]
    tap.ok(all(team["people"] >= 5 for team in pool["teams"]) and not 0 < pool["elsewhere"] < 5, "who is near is counted in groups of five and more", pool)
    tap.same(sum(team["people"] for team in pool["teams"]) + pool["elsewhere"], pool["people"], "which make the whole")
    told = json.dumps([meno.must(data, "workforce", "list"), one, meno.must(data, "approvals", "show", one["proposal"])])
    names = {row["last_name"] for row in meno.read_csv(files / "people.csv")}
    tap.ok(not [name for name in names if re.search(rf"\b{re.escape(name)}\b", told)], "nobody is named")
    tap.same(meno.meno(data, "workforce", "show", "juggling").json["status"], 404, "what nobody asks for is not there")
    reasons = meno.must(data, "why", one["claim"])
    tap.ok({row["file"] for row in reasons["evidence"]} >= {"workforce.csv", "results.csv", "people.csv"}, "its figures open their reasons", reasons)


def decided(tap, data):
    one = meno.must(data, "workforce", "show", "pytorch")
    proposal = meno.must(data, "approvals", "show", one["proposal"])
    tap.ok(proposal["tier"] >= 1 and proposal["kind"] == "build capability" and "build" in proposal["title"].lower(), "a person decides it", proposal["title"])
    head = meno.head(data)
    meno.must(data, "run")
    tap.same(meno.head(data), head, "a second run on the same data records nothing")
    meno.must(data, "approvals", "accept", proposal["id"], "--hash", proposal["hash"], "--criteria", ",".join(row["id"] for row in proposal["criteria"]), who="approver")
    meno.must(data, "run")
    again = meno.must(data, "workforce", "show", "pytorch")
    tap.same((again["proposal"], again["proposal_state"], again["status"]), (one["proposal"], "accepted", "short"), "accepted, it is still short and not asked again")
    marks = [body for _, _, subject, _, body in meno.events(data, "need.marked") if subject == "future-need:" + one["need"]]
    tap.same([mark["word"] for mark in marks], ["accepted"], "the future need is accepted")
    reasons = meno.must(data, "why", one["need"])
    tap.ok([row["id"] for row in reasons["leads_to"]] == [one["proposal"]] and any("accept" in row["what"] for row in reasons["decisions"]), "its reasons tell who decided what", reasons)
    before = meno.tables(data)
    meno.must(data, "replay", "--rebuild")
    tap.same(meno.tables(data), before, "a replay comes to the same")


def overridden(tap, data):
    value = lambda name: next(row for row in meno.must(data, "workforce", "list")["assumptions"] if row["name"] == name)
    before = {way["way"]: way for way in meno.must(data, "workforce", "show", "pytorch")["ways"]}
    meno.write(data / "workforce.yaml", "workforce: 1\nassumptions:\n  day rate: 1900\n")
    tap.same((value("day rate")["value"], value("day rate")["usual"], value("pay a year")["value"]), (1900, 950, value("pay a year")["usual"]), "the file's word counts at once, the rest stays")
    meno.must(data, "run")
    after = {way["way"]: way for way in meno.must(data, "workforce", "show", "pytorch")["ways"]}
    tap.same((after["borrow"]["each"], after["buy"]["each"]), (2 * before["borrow"]["each"], before["buy"]["each"]), "and the next turn prices with it")
    meno.head(data)
    tap.same([body for *_, body in meno.events(data, "workforce.assumed")], [{"day rate": 1900}], "it is recorded once")
    meno.write(data / "workforce.yaml", "workforce: 1\nassumptions:\n  day rat: 1900\n")
    wrong = meno.meno(data, "workforce", "list")
    tap.ok(wrong.status != 0 and "workforce.yaml:3:3" in wrong.err, "a misspelt name is refused with its place", wrong)
    (data / "workforce.yaml").unlink()
    tap.same(value("day rate")["value"], 950, "without the file the usual holds again")
    meno.head(data)


def without_forecast(tap, files):
    folder = meno.folder()
    for name in ("people.csv", "skills.csv", "jobs.csv", "results.csv"):
        meno.write(folder / name, (files / name).read_bytes())
    data = meno.init()
    meno.must(data, "import", folder)
    meno.must(data, "run")
    listed = meno.must(data, "workforce", "list")
    tap.same((listed["skills"], listed["jobs"]), ([], []), "without the business's forecast nothing is claimed")
    tap.ok("workforce.csv" in [row["file"] for row in listed["cannot_tell"]], "and the file that would tell is named", listed["cannot_tell"])


def main(tap):
    files, data = meno.simulate(600, 171), meno.init()
    meno.add_accounts(data)
    meno.must(data, "import", files)
    meno.must(data, "run")
    foreseen(tap, data, files)
    compared(tap, data, files)
    decided(tap, meno.clone(data))
    overridden(tap, meno.clone(data))
    without_forecast(tap, files)
    row = meno.must(data, "programmes", "list")["programmes"][0]
    tap.same((row["id"], row["advice"]), ("P-109", "stop"), "the popular programme without a goal is the first thing that Programmes says")


meno.scenario(main)
