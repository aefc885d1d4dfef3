#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is absent makes Meno less sure, never differently sure: the same company without one of its files. A need's first
cause is then the one it was, the true one (the simulator knows it), or "cannot tell"; and the file is named."""
import json
import shutil

import meno

TELLING = {"results.csv": {"skill"}, "pulse.csv": {"clarity"}, "work_log.csv": {"process"}, "tickets.csv": {"tool"}, "capacity.csv": {"capacity"},
           "rewards.csv": {"incentive"}, "changes.csv": {"tool", "outside"}, "jobs.csv": {"skill"}, "requests.csv": set()}
COMPANIES = [(120, seed) for seed in range(1, 13)] if meno.SOAK else [(120, 5)]


def firsts(needs):
    """Goal → the first cause of its need; a goal may have one need only."""
    return {need["goal"]: need["causes"][0]["cause"] for need in needs if need["goal"] and need["causes"]}


def without(files, name):
    folder = meno.folder() / "files"
    shutil.copytree(files, folder)
    for gone in {name} | ({"questions.csv"} if name == "pulse.csv" else set()) | ({"statements.jsonl"} if name == "results.csv" else set()):
        (folder / gone).unlink()
    return folder


def run(empty, files):
    data = meno.clone(empty)
    meno.must(data, "import", files)
    meno.must(data, "run")
    return meno.must(data, "needs"), meno.must(data, "status")


def one_company(tap, people, seed):
    files, empty = meno.simulate(people, seed), meno.init()
    truth = {goal["goal"]: {cause["cause"] for cause in goal["causes"]} for goal in json.loads((files / "truth.json").read_text())["goals"]}
    title = f"company {people}/{seed}"
    whole, status = run(empty, files)
    full = firsts(whole["needs"])
    tap.ok(full and whole["cannot_tell"] == [] and status["missing_files"] == [], f"{title}: with all files there are needs, and no file is asked for", (full, whole["cannot_tell"]))
    told = {goal for goal, cause in full.items() if cause != "cannot tell"}
    tap.ok(told, f"{title}: with all files a cause is told", full)
    lost = 0
    for name, causes in TELLING.items():
        needs, status = run(empty, without(files, name))
        now = firsts(needs["needs"])
        wrong = {goal: (cause, full.get(goal), sorted(truth.get(goal, ()))) for goal, cause in now.items()
                 if cause not in {"cannot tell", full.get(goal)} | truth.get(goal, set())}
        tap.ok(not wrong, f"{title}: without {name} no need gets another cause", wrong)
        listed = {row["file"]: row["tells"] for row in needs["cannot_tell"]}
        tap.ok(listed.get(name), f"{title}: without {name} the file is named, with what it would tell", needs["cannot_tell"])
        tap.ok(name in status["missing_files"], f"{title}: without {name} the status says so", status["missing_files"])
        lost += sum(full[goal] in causes and now.get(goal) == "cannot tell" for goal in full)
    return lost


def main(tap):
    lost = sum(one_company(tap, people, seed) for people, seed in COMPANIES)
    tap.ok(lost > 0, "some causes did turn into \"cannot tell\" without their file")


meno.scenario(main)
