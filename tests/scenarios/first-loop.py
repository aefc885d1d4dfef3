#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The first loop: a company's files in; needs ranked and explained; a person's decision; the reasons behind it; the same
again from the events alone."""
import meno

CAUSES = {"skill", "tool", "process", "incentive", "clarity", "capacity", "outside", "cannot tell"}
STATUSES = {"open", "not a training problem", "not a priority", "accepted", "expired", "noise"}


def check_need(need):
    """What formats.md says of a need, as sentences about what is wrong."""
    wrong = []
    say = lambda good, text: wrong.append(text) if not good else None
    causes = need["causes"]
    names = [cause["cause"] for cause in causes]
    goalless = need["status"] == "not a priority"
    say(isinstance(need["id"], str) and need["id"], "id")
    say(need["status"] in STATUSES, f"status {need['status']!r}")
    say(isinstance(need["reason"], str) and need["reason"], "reason is empty")
    say(need["cause"] in CAUSES, f"cause {need['cause']!r}")
    say(isinstance(need["skills"], list) and isinstance(need["teams"], list), "skills, teams")
    if goalless:
        return wrong
    say(set(names) == CAUSES and len(names) == len(CAUSES), f"causes {names}")
    say(abs(sum(cause["probability"] for cause in causes) - 1) < 1e-6, "the probabilities do not sum to one")
    say(all(a["probability"] >= b["probability"] for a, b in zip(causes, causes[1:])), "the causes are not in their order")
    say(all(isinstance(text, str) and text for cause in causes for text in cause["evidence"] + cause["against"]), "evidence and against are sentences")
    say(need["confirmed_by"] is not None or need["cause"] == names[0], "cause is neither confirmed nor the first")
    say(need["goal"] and need["goal_name"], "goal")
    say(need["subject"] and need["subject"]["kind"] in ("team", "department", "job", "company") and need["subject"]["names"], f"subject {need['subject']}")
    say(need["value"] and isinstance(need["value"]["amount"], (int, float)) and need["value"]["unit"], f"value {need['value']}")
    say(need["question"] or need["missing_file"] or need["status"] != "open", "an open need asks nothing and names no file")
    say(need["status"] != "not a training problem" or need["instead"], "not a training problem, and nothing instead")
    say(need["gap_low"] <= need["gap"] <= need["gap_high"], "the gap lies outside its interval")
    return wrong


def bring_in(tap):
    files, data = meno.simulate(200, 5), meno.init()
    report = meno.must(data, "import", files)
    tap.ok(report["id"] and report["refused"] is None and report["problem_count"] == 0, "every simulated file is taken", report["refused"] or report["problems"])
    tap.ok(all(file["as"] for file in report["files"]), "every file is recognised", [file["name"] for file in report["files"] if not file["as"]])
    tap.ok("truth.json" not in [file["name"] for file in report["files"]], "the simulator's secret is not among them")
    status = meno.must(data, "status")
    tap.same(status["missing_files"], [], "no kind of file is missing")
    tap.same(status["people"], len({row["employee_number"] for row in meno.read_csv(files / "people.csv")}), "everybody of people.csv is there")
    return files, data, report["id"]


def let_run(tap, data):
    ran = meno.must(data, "run")
    tap.ok(ran["claims"] > 0 and ran["proposals"] > 0 and ran["refused"] == 0, "the agents claim and propose within the rules", ran)
    before = meno.head(data)
    again = meno.must(data, "run")
    tap.ok(again["claims"] == again["retracted"] == again["proposals"] == 0, "a second run has nothing to say", again)
    tap.same(meno.head(data), before, "and writes nothing")
    listed = meno.must(data, "needs")
    wrong = {need["id"]: check_need(need) for need in listed["needs"]}
    tap.ok(listed["needs"] and not any(wrong.values()), "needs have the shape of formats.md", {key: value for key, value in wrong.items() if value})
    tap.same([need["rank"] for need in listed["needs"]], list(range(1, len(listed["needs"]) + 1)), "they are ranked without gaps")
    money = [need["value"]["money"] or 0 for need in listed["needs"] if need["value"]]
    tap.ok(money == sorted(money, reverse=True), "by their value in money", money)
    tap.same(sum(listed["counts"].values()), len(listed["needs"]), "the counts add up")
    declined = [need for need in listed["needs"] if need["status"] == "not a priority" and need["requests"]]
    tap.ok(declined, "requests that nothing speaks for are declined")
    tap.ok(all(need["note"] and need["note"]["to"] and need["note"]["text"] for need in declined), "each with a drafted note to who asked", [need["note"] for need in declined][:2])
    tap.same(meno.must(data, "needs", "show", listed["needs"][0]["id"]), listed["needs"][0], "show gives what the list gives")
    return listed["needs"]


def confirm(tap, data, need):
    other = next(cause["cause"] for cause in need["causes"] if cause["cause"] not in (need["cause"], "cannot tell"))
    reason = "I sat with the team for a day and saw it"
    silent = meno.meno(data, "needs", "confirm", need["id"], "--cause", other, who="lead")
    tap.ok(silent.status == 64 or silent.status == 65, "a cause is not confirmed without a reason", silent)
    wrong = meno.meno(data, "needs", "confirm", need["id"], "--cause", "weather", "--reason", reason, who="lead")
    tap.ok(wrong.status == 65 and "weather" in wrong.err, "nor is one that is none", wrong)
    tap.same(meno.meno(data, "needs", "confirm", need["id"], "--cause", other, "--reason", reason, who="approver").status, 77, "nor by who may not")
    after = meno.must(data, "needs", "confirm", need["id"], "--cause", other, "--reason", reason, who="lead")
    tap.same((after["cause"], after["confirmed_by"], after["confirmed_reason"]), (other, "lead", reason), "a lead overrules the cause, with a reason")
    meno.must(data, "run")
    later = meno.must(data, "needs", "show", need["id"])
    tap.same((later["cause"], later["confirmed_by"]), (other, "lead"), "and the word stands after the agents ran again")


def approve(tap, data, needs):
    waiting = [row for row in meno.must(data, "approvals")["proposals"] if row["kind"] == "act on need"]
    shown = meno.must(data, "approvals", "show", waiting[0]["id"], who="approver")
    tap.ok(shown["why"] and shown["rule"] and shown["criteria"] and shown["hash"], "a proposal shows why, the rule, the questions, its hash", shown)
    tap.ok(shown["need"] in [need["id"] for need in needs] and shown["mine"], "it is about a need, and the approver's to decide", shown)
    criteria = ",".join(item["id"] for item in shown["criteria"])
    ended = meno.must(data, "approvals", "accept", shown["id"], "--hash", shown["hash"], "--criteria", criteria, "--reason", "worth a try", who="approver")
    tap.same((ended["state"], len(ended["decisions"]), ended["decisions"][0]["by"]), ("accepted", 1, "approver"), "accepted as it was shown, once, by name")
    need = meno.must(data, "needs", "show", shown["need"])
    tap.same((need["status"], need["proposal_state"]), ("accepted", "accepted"), "its need is accepted")
    meno.must(data, "run")
    tap.same(meno.must(data, "needs", "show", shown["need"])["status"], "accepted", "and stays so after the agents ran again")
    return shown


def ask_why(tap, data, shown, batch):
    why = meno.must(data, "why", shown["need"])
    brought = {origin["id"] for item in why["evidence"] for origin in item["imports"]}
    tap.ok(why["evidence"] and brought == {batch}, "the need's evidence leads to the import that brought it", (brought, batch))
    tap.ok(all(item["file"] and (item["hidden"] or item["text"]) for item in why["evidence"]), "each piece names its file")
    tap.ok(any(item["about"] and not item["against"] for item in why["evidence"]), "something speaks for a cause")
    tap.ok(any(decision["by"] == "approver" and decision["reason"] == "worth a try" for decision in why["decisions"]), "the decision and its reason stand there", why["decisions"])
    tap.ok(shown["id"] in [link["id"] for link in why["leads_to"]], "the need leads to the proposal", why["leads_to"])
    back = meno.must(data, "why", shown["id"])
    tap.ok(shown["need"] in [link["id"] for link in back["rests_on"]], "the proposal rests on the need", back["rests_on"])
    goal = meno.must(data, "why", why["rests_on"][0]["id"])
    tap.ok(goal["statement"] and goal["evidence"][0]["imports"][0]["id"] == batch, "the goal's reasons lead there, too", goal)
    tap.same(meno.must(data, "why", batch)["status"], "committed", "and the import says what it brought")
    lost = meno.meno(data, "why", "n-nothing")
    tap.ok(lost.status == 66 and "n-nothing" in lost.err, "of what is not there nothing is said", lost)


def main(tap):
    files, data, batch = bring_in(tap)
    needs = let_run(tap, data)
    meno.add_accounts(data)
    confirm(tap, data, [need for need in needs if need["causes"]][-1])
    shown = approve(tap, data, needs)
    ask_why(tap, data, shown, batch)
    before = meno.tables(data)
    events, head = meno.head(data)
    tap.ok(events > 0, "replay rebuilds every table to the same bytes")
    meno.must(data, "replay", "--rebuild")
    tap.same(meno.tables(data), before, "rebuilding the tables changes none")
    tap.same(meno.head(data), (events, head), "nor the ledger")


meno.scenario(main)
