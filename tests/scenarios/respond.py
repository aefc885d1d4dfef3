#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator answers a plan: the same company goes on, what its files told stays, what somebody did about a goal works
where the cause was right, and importing the grown files takes what is new in them and nothing else."""
import collections
import json
import shutil

import meno

START, UNTIL, NOW = "2026-03-16", "2026-09-07", "2026-09-08T09:00:00Z"


def truth(files):
    return json.loads((files / "truth.json").read_text())


def plan_of(files, cause=None, start=START):
    """What `meno interventions --json` would print if every goal of teams were answered: half of the affected teams wait."""
    plans = []
    for goal in truth(files)["goals"]:
        if len(goal["teams"]) < 2 or not goal["causes"]:
            continue
        found = goal["causes"][0]
        plans.append({"id": f"for-{goal['goal']}", "need": "n-1", "goal": goal["goal"], "cause": cause or found["cause"], "skills": [goal["main_skill"]],
                      "remedy": ["job aid", "practice"] if (cause or found["cause"]) == "skill" else found["cause"] + " change", "design": "parallel", "power": 0.8,
                      "estimand": {"from_week": 5, "to_week": 12}, "registered_at": "2026-03-02T09:00:00Z", "measurable": True,
                      "teams": [{"team": team["team"], "start": start if place % 2 == 0 else None} for place, team in enumerate(found["teams"])]})
    return {"interventions": plans}


def respond(files, plan, until=UNTIL, **options):
    path = meno.write(meno.folder() / "plan.json", plan if isinstance(plan, str) else json.dumps(plan))
    return meno.meno(None, "simulate", files, "--respond", path, "--until", until, **options)


def content(files):
    return {path.relative_to(files): path.read_bytes() for path in sorted(files.rglob("*")) if path.is_file()}


def twin(files):
    to = meno.folder() / "files"
    shutil.copytree(files, to)
    return to


# ---- what is written ---------------------------------------------------------------------------------------------

def rows(path):
    """Rows, how often each; of people the employees, since that is what people.csv tells of."""
    return collections.Counter(path.read_text().splitlines()[0 if path.suffix == ".jsonl" else 1:])


def grown(tap, before, after):
    odd, ended = [], {}
    for path in sorted(before.glob("*.csv")) + [before / "statements.jsonl"]:
        old, new = rows(path), rows(after / path.name)
        ended[path.name] = sum((old - new).values())
        if ended[path.name] and path.name not in ("people.csv", "enrolments.csv", "tickets.csv", "work_log.csv", "rewards.csv"):
            odd.append(path.name)
    tap.ok(not odd, "a row that was there is there, but where something open has ended since", odd)
    tap.ok(all(ended[name] < 0.15 * rows(before / name).total() for name in ended), "few were open", ended)
    last = max(row["date"] for row in meno.read_csv(after / "kpis.csv"))
    tap.same(last, "2026-08-31", "the KPIs go up to the week before the new day")


def told(tap, files):
    responses = {row["id"]: row for row in truth(files)["responses"]}
    directions = {row["goal_id"]: 1 if row["direction"] == "up" else -1 for row in meno.read_csv(files / "goals.csv")}
    right = [row for row in responses.values() if row["cause"] != "outside"]
    tap.ok(len(right) >= 3 and all(row["cause_right"] for row in responses.values()), "the truth tells of every intervention", responses)
    tap.ok(all(row["mean_effect"] * directions[row["goal"]] > 0 for row in right), "the right cause: the KPI gets better", [(row["id"], row["mean_effect"]) for row in right])
    by_hand = {row["id"]: [effect for team in row["teams"] if team["start"] for effect in team["effects"][4:12]] for row in right}
    wrong = [name for name, cells in by_hand.items() if abs(sum(cells) / len(cells) - responses[name]["mean_effect"]) > 1e-9]
    tap.ok(not wrong, "the mean effect is that of the registered weeks of those who started", wrong)
    tap.ok(all(bool(team["effects"]) == (team["start"] is not None) for row in right for team in row["teams"]), "who waits shows no effect")


# ---- imported ----------------------------------------------------------------------------------------------------

def imported(tap, before, after):
    data = meno.init()
    meno.must(data, "import", before)
    events, _ = meno.head(data)
    report = meno.must(data, "import", after, now=NOW)
    tap.ok(report["refused"] is None and not report["problems"], "the grown files are imported", report["problems"][:3])
    wrong, taken = [], 0
    for file in report["files"]:
        taken += file["new"] + file["changed"]
        if file["name"].startswith("sources/") or file["name"] == "people.csv":
            continue
        old, new = rows(before / file["name"]), rows(after / file["name"])
        expected = new.total() - old.total(), sum((old - new).values()), sum((old & new).values())
        if (file["new"], file["changed"], file["unchanged"]) != expected:
            wrong.append((file["name"], file["new"], file["changed"], file["unchanged"], expected))
    tap.ok(not wrong, "what is new in them is new, what ended has changed, the rest was known", wrong)
    unchanged = [file["name"] for file in report["files"] if file["name"].startswith("sources/") and file["new"] + file["changed"]]
    tap.ok(not unchanged, "the company's documents are the same", unchanged)
    after_events, _ = meno.head(data)
    tap.same(after_events - events, taken + 1, "that many rows became events, and the import itself")
    again = meno.must(data, "import", after, now=NOW)
    tap.ok(again["id"] is None, "a second time nothing is new", again["id"])


# ---- steps, wrong causes, refusals -------------------------------------------------------------------------------

def in_steps(tap, before, after):
    files = twin(before)
    for until in ("2026-04-06", "2026-06-01", UNTIL):
        respond(files, plan_of(before), until)
    tap.same([str(name) for name, text in content(files).items() if text != content(after)[name]], [], "in three steps the company becomes the same as in one")
    further = respond(files, plan_of(before, start="2026-11-02") | {"interventions": []}, "2026-12-07")
    effects = [len(team["effects"]) for row in truth(files)["responses"] for team in row["teams"] if team["start"]]
    tap.ok(further.status == 0 and set(effects) == {38}, "and what was done goes on working without being named", effects)


def wrong_causes(tap, before):
    idle, busy = twin(before), twin(before)
    plan = plan_of(before, "skill")
    plan["interventions"] = [row for row in plan["interventions"] if all(cause["cause"] != "skill" for goal in truth(before)["goals"] if goal["goal"] == row["goal"] for cause in goal["causes"])]
    respond(idle, [])
    respond(busy, plan)
    tap.ok(len(plan["interventions"]) > 1 and not any(row["cause_right"] or row["mean_effect"] for row in truth(busy)["responses"]), "training where the cause is another has no effect")
    tap.same((busy / "kpis.csv").read_bytes(), (idle / "kpis.csv").read_bytes(), "the KPIs are those of a company that did nothing")
    tap.ok(len(meno.read_csv(busy / "results.csv")) > len(meno.read_csv(idle / "results.csv")) + 10, "people took it all the same")


def refused(tap, before):
    files = twin(before)
    good = plan_of(before)
    unknown_goal, unknown_team = json.loads(json.dumps(good)), json.loads(json.dumps(good))
    unknown_goal["interventions"][1]["goal"] = "happiness"
    unknown_team["interventions"][0]["teams"][0]["team"] = "Nobody's Team"
    early = plan_of(before, start="2026-02-02")
    for plan, until, status, says in ((unknown_goal, UNTIL, 65, 'interventions[1] ("for-'), (unknown_goal, UNTIL, 65, '"happiness"'), (unknown_team, UNTIL, 65, '"Nobody\'s Team"'),
                                      (early, UNTIL, 65, "the files tell of the time before 2026-03-02"), ("{", UNTIL, 65, "line 1"), ({"needs": []}, UNTIL, 65, "no list of interventions"),
                                      (good, "2026-02-23", 65, "give 2026-03-09 or a later one")):
        answer = respond(files, plan, until, js=False)
        tap.ok(answer.status == status and says in answer.err, f"refused, and it says {says}", answer)
    path = meno.write(meno.folder() / "plan.json", json.dumps(good))
    for what, words, status in (("no --until", ("--respond", path), 64), ("another seed", ("--respond", path, "--until", UNTIL, "--seed", 3), 64), ("no plan named", ("--respond",), 64),
                                ("no such plan", ("--respond", files / "none.json", "--until", UNTIL), 66)):
        answer = meno.meno(None, "simulate", files, *words, js=False)
        tap.same(answer.status, status, f"{what}: exit {status}")
    tap.same(meno.meno(None, "simulate", meno.folder(), "--respond", path, "--until", UNTIL).status, 66, "a folder without a company cannot be carried on")
    tap.ok(content(files) == content(before), "and no file changed a byte")


def main(tap):
    before = meno.simulate(200, 5)
    after = twin(before)
    answer = respond(after, plan_of(before))
    if not tap.ok(answer.status == 0, "a plan is answered", answer):
        return
    grown(tap, before, after)
    told(tap, after)
    imported(tap, before, after)
    in_steps(tap, before, after)
    wrong_causes(tap, before)
    refused(tap, before)


meno.scenario(main)
