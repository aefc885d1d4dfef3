#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real records through a mapping alone: the Open University's students, modules and results as people, skills and evidence,
course runs as teams, the pass rate as a KPI; and an LRS's statements. What is there is counted here again, from the raw
files. Skipped where the reference data is not at hand (MENO_REFDATA)."""
import collections
import csv
import json
import uuid

import meno

OULAD, STATEMENTS = meno.REFDATA / "oulad", meno.REFDATA / "xapi" / "tccc_statements.json"
FILES = ("student.csv", "course.csv", "assessment.csv", "student_assessment.csv")
MAPPING = meno.TOP / "tests" / "scenarios" / "oulad" / "import.yaml"


def raw(name):
    with open(OULAD / name, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def counted():
    """The Open University's own records, counted without Meno."""
    students, module_of = raw("student.csv"), {row["id_assessment"]: row["code_module"] for row in raw("assessment.csv")}
    results = [row for row in raw("student_assessment.csv") if row["score"] not in ("", "NA")]
    passed, runs = collections.Counter(), collections.Counter()
    for row in students:
        run = f"{row['code_module']} {row['code_presentation']}"
        runs[run] += 1
        passed[run] += row["final_result"] in ("Pass", "Distinction")
    measured, scores = collections.defaultdict(set), collections.defaultdict(list)
    for row in results:
        measured[module_of[row["id_assessment"]]].add(row["id_student"])
        scores[module_of[row["id_assessment"]]].append(float(row["score"]) / 100)
    return {"people": len({row["id_student"] for row in students}), "registrations": len(students), "results": len(results), "runs": runs,
            "pass rates": {run: passed[run] / runs[run] for run in runs}, "measured": {module: len(who) for module, who in measured.items()},
            "means": {module: sum(values) / len(values) for module, values in scores.items()}, "owner": students[0]["id_student"]}


def university(tap):
    if not all((OULAD / name).exists() for name in FILES):
        tap.skip("the Open University's records", "no reference data")
        return
    facts, folder, data = counted(), meno.folder(), meno.init()
    meno.write(folder / "goals.csv", f"goal_id,name,unit,direction,owner,baseline,target,due,weight\npass-rate,Pass rate,share,up,{facts['owner']},0.45,0.6,2015-12-31,1\n")
    now = "2015-07-01T00:00:00Z"
    words = [OULAD / name for name in FILES] + [folder / "goals.csv", "--map", MAPPING]
    report = meno.must(data, "import", *words, now=now)
    tap.ok(report["id"] and report["refused"] is None and report["problem_count"] == 0, "every record is taken, through the mapping alone", (report["refused"], report["problems"][:3]))
    status = meno.must(data, "status", now=now)
    tap.same(status["people"], facts["people"], f"{facts['people']} students of {facts['registrations']} registrations are people")
    tap.same(status["results"], facts["results"], f"{facts['results']} results are evidence")
    tap.same((status["teams"], status["skills"]), (len(facts["runs"]), len(facts["measured"])), f"{len(facts['runs'])} course runs are teams, {len(facts['measured'])} modules are skills")
    tables = meno.tables(data)
    tap.same(len(tables["membership"]), facts["registrations"], "every registration is a membership")
    rates = {team: (round(value, 12), exposure) for goal, team, _, value, exposure in tables["kpi"]}
    expected = {run: (round(rate, 12), facts["runs"][run]) for run, rate in facts["pass rates"].items()}
    tap.same(rates, expected, "every run's pass rate is the one counted here")
    meno.must(data, "run", now=now)
    listed = meno.must(data, "skills", now=now)
    skills, calibration = {skill["id"]: skill for skill in listed["skills"]}, listed["calibration"]
    tap.same({module: skill["people"] for module, skill in skills.items()}, facts["measured"], "whoever has a result has a level, and nobody else")
    tap.ok(all(0 < skill["mean"] < 5 for skill in skills.values()), "every module has a mean level", {module: skill["mean"] for module, skill in skills.items()})
    order = lambda figures: sorted(figures, key=figures.get)
    tap.ok(order(facts["means"])[0] in order({module: skill["mean"] for module, skill in skills.items()})[:3], "where scores are lowest, levels are low", (order(facts["means"]), skills))
    tap.ok(calibration["forecasts"] > 10000 and calibration["error"] < calibration["error_of_prior"], "levels forecast later results better than no levels do", calibration)
    goal = meno.must(data, "goals", "show", "pass-rate", now=now)
    shown = {row["team"]: row["series"][0]["value"] for row in goal["teams"] if row["series"]}
    tap.same({run: round(value, 6) for run, value in shown.items()}, {run: round(rate, 6) for run, rate in facts["pass rates"].items()}, "the goal shows them run by run")
    before = meno.must(data, "status", now=now)["events"]
    again = meno.must(data, "import", *words, now=now)
    tap.ok(again["id"] is None and meno.head(data)[0] == before > facts["results"], "imported again, nothing is new; and the ledger replays to the same tables", [(file["name"], file["new"], file["changed"]) for file in again["files"]])


def own_id(row):
    """Of a statement's row, as the engine gives bytes."""
    return str(uuid.UUID(hex=row[0][2:]) if isinstance(row[0], str) else uuid.UUID(bytes=row[0]))


def statements(tap):
    if not STATEMENTS.exists():
        tap.skip("an LRS's statements", "no reference data")
        return
    rows, folder, data = json.loads(STATEMENTS.read_text()), meno.folder(), meno.init()
    mails = sorted({row["actor"]["mbox"].removeprefix("mailto:") for row in rows if "mbox" in row["actor"]})
    meno.write_csv(folder / "people.csv", ["employee_number", "work_email"], [[f"n{index}", mail] for index, mail in enumerate(mails)])
    now = "2030-01-01T00:00:00Z"
    report = meno.must(data, "import", folder / "people.csv", STATEMENTS, now=now)
    tap.ok(report["problem_count"] == 0 and not report["warnings"], "every statement is taken", (report["problems"][:3], report["warnings"][:3]))
    tables = meno.tables(data)
    tap.same(sorted(own_id(row) for row in tables["statement"]), sorted(row["id"].lower() for row in rows), f"{len(rows)} statements are there under their own ids")
    actors = {row[1] for row in tables["term"] if row[1].startswith("P")}
    tap.ok(len(actors) == len(mails) and not any(mail in actor for mail in mails for actor in actors), f"of {len(mails)} people, by names that tell nothing", actors)
    scores = {row["id"].lower(): (score["raw"] - score["min"]) / (score["max"] - score["min"]) for row in rows if "score" in row.get("result", {}) for score in [row["result"]["score"]]}
    found = {own_id(row): row[6] for row in tables["statement"] if row[6] is not None}
    tap.ok(scores and found.keys() == scores.keys() and all(abs(found[key] - scores[key]) < 1e-9 for key in scores), f"{len(scores)} of them have the score that they tell", len(found))
    questions = {row["object"]["id"].split("#")[-1] for row in rows if row["id"].lower() in scores}
    meno.write_csv(folder / "skills.csv", ["skill_id", "name"], [[name, "The skill of " + name] for name in sorted(questions)])
    tap.same(meno.must(data, "status", now=now)["results"], 0, "without a framework they are evidence of no skill")
    meno.must(data, "import", folder / "skills.csv", now=now)
    tap.same(meno.must(data, "status", now=now)["results"], len(scores), "with the activities as skills each scored one is a result")
    before = meno.head(data)
    tap.same(meno.must(data, "import", STATEMENTS, now=now)["id"], None, "imported again, nothing is new")
    tap.same(meno.head(data), before, "and nothing is recorded")


def main(tap):
    university(tap)
    statements(tap)


meno.scenario(main)
