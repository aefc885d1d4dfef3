#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Import: a dry run shows and changes nothing; the same files again are nothing new; what grew or changed is taken, and only
that; undo gives back the very same tables; a bad row is named by its place and nothing is half imported."""
import csv
import io
import subprocess

import meno

NAMING_IMPORTS = {"import", "edge"}  # the account of imports, and the lineage that says which of them brought what
PEOPLE = "employee_number,first_name,last_name,team,department,manager,start_date,termination_date,employment_status,primary\n"


def company(tap):
    """A small simulated company, and a Meno that has it: most of what follows starts from a copy of that."""
    files, data = meno.simulate(60, 7, weeks=52), meno.init()
    return files, data


def counts(report):
    return {file["name"]: (file["new"], file["changed"], file["unchanged"]) for file in report["files"]}


# ---- dry run, again, grown, changed ------------------------------------------------------------------------------

def dry_run(tap, files, empty):
    before = meno.head(empty), meno.tables(empty)
    shown = meno.must(empty, "import", files, "--dry-run")
    tap.ok(shown["id"] is None and shown["dry_run"] and shown["refused"] is None, "a dry run commits no import", shown["id"])
    tap.same((meno.head(empty), meno.tables(empty)), before, "it changes neither the ledger nor a table")
    rows = {name: len(meno.read_csv(files / name)) for name in ("kpis.csv", "goals.csv", "pulse.csv", "capacity.csv")}
    tap.same({name: counts(shown)[name] for name in rows}, {name: (count, 0, 0) for name, count in rows.items()}, "it counts what would be new")
    previewed = {row["file"] for row in shown["preview"]}
    tap.ok({"people.csv", "kpis.csv", "goals.csv"} <= previewed and all(row["change"] == "new" and row["what"] for row in shown["preview"]), "it previews rows of each file", previewed)
    data = meno.clone(empty)
    done = meno.must(data, "import", files)
    tap.same(counts(done), counts(shown), "the import then does what the dry run said")
    return data


def again(tap, files, data):
    before = meno.head(data)
    report = meno.must(data, "import", files)
    tap.ok(report["id"] is None and report["refused"] is None, "the same files again make no import", report["id"])
    tap.ok(all(fresh == changed == 0 for fresh, changed, _ in counts(report).values()), "no row of them is new or changed", counts(report))
    tap.same(meno.head(data), before, "and nothing is recorded")
    tap.same(len(meno.must(data, "imports")["imports"]), 1, "one import is listed")


def other_clothes(tap, files, data):
    """The same tables under other delimiters and encodings are the same rows."""
    before = meno.head(data)
    dressed = meno.folder()
    for path in sorted(files.glob("*.csv")):
        rows = list(csv.reader(io.StringIO(path.read_text("utf-8"))))
        text = io.StringIO()
        delimiter = {"k": ";", "p": "\t"}.get(path.name[0], ",")
        csv.writer(text, delimiter=delimiter, lineterminator="\r\n" if path.name[0] in "kg" else "\n", quoting=csv.QUOTE_ALL if path.name[0] == "c" else csv.QUOTE_MINIMAL).writerows(rows)
        encoding = {"g": "utf-8-sig", "r": "utf-16", "k": "utf-8-sig"}.get(path.name[0], "utf-8")
        meno.write(dressed / path.name, text.getvalue(), encoding)
    report = meno.must(data, "import", dressed)
    odd = {name: found for name, found in counts(report).items() if found[0] or found[1]}
    tap.ok(report["id"] is None and not odd, "semicolons, tabs, CRLF, BOM and UTF-16 make no row another one", odd)
    seen = {file["name"]: (file["encoding"], file["delimiter"]) for file in report["files"]}
    tap.ok(seen["kpis.csv"][1] == ";" and seen["people.csv"][1] == "tab" and "16" in seen["results.csv"][0], "they are seen for what they are", seen)
    tap.same(meno.head(data), before, "and nothing is recorded")


def grown(tap, files, empty):
    data, part = meno.clone(empty), meno.folder()
    meno.must(data, "import", files / "people.csv", files / "goals.csv", files / "skills.csv")
    lines = (files / "kpis.csv").read_text().splitlines(keepends=True)
    half = len(lines) // 2
    meno.write(part / "kpis.csv", "".join(lines[:half]))
    meno.must(data, "import", part / "kpis.csv")
    report = meno.must(data, "import", files / "kpis.csv")
    tap.same(counts(report)["kpis.csv"], (len(lines) - half, 0, half - 1), "of a file that grew only the new rows are taken")
    whole = meno.clone(empty)
    meno.must(whole, "import", files / "people.csv", files / "goals.csv", files / "skills.csv", files / "kpis.csv")
    tap.same(meno.tables(data, NAMING_IMPORTS), meno.tables(whole, NAMING_IMPORTS), "piece by piece gives the same tables as all at once")


def changed(tap, files, data):
    """A row goes from A to B and back to A: three recordings, and A holds."""
    data, folder = meno.clone(data), meno.folder()
    rows = meno.read_csv(files / "kpis.csv")
    at_first = meno.tables(data, NAMING_IMPORTS)
    events, _ = meno.head(data)
    values = []
    for value in ("123456.5", rows[3]["value"]):
        rows[3]["value"] = value
        meno.write_csv(folder / "kpis.csv", rows[0].keys(), [row.values() for row in rows])
        report = meno.must(data, "import", folder / "kpis.csv")
        values.append(counts(report)["kpis.csv"])
        if value == "123456.5":
            preview = [row for row in report["preview"] if row["change"] == "changed"]
            tap.ok(len(preview) == 1 and "123456.5" in preview[0]["what"], "a changed row is previewed as one", report["preview"])
            there = sum(row[3] == 123456.5 for row in meno.tables(data)["kpi"])
            tap.same(there, 1, "its new value holds")
    tap.same(values, [(0, 1, len(rows) - 1)] * 2, "each time one row is changed and the rest are not")
    tap.same(meno.tables(data, NAMING_IMPORTS), at_first, "changed back, every table is as it was")
    tap.same(meno.head(data)[0], events + 4, "two rows and two imports were recorded")


def at_once(tap, files, empty, data):
    """The same files by three hands at the same moment are one import."""
    shared = meno.clone(empty)
    command = [meno.BINARY, *meno.place(shared), "--now", meno.NOW, "import", str(files)]
    hands = [subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for _ in range(3)]
    tap.same([hand.wait(meno.DEADLINE) for hand in hands], [0, 0, 0], "three imports of the same files at once all succeed")
    tap.same(meno.tables(shared), meno.tables(data), "and give the tables of one")
    tap.same(meno.head(shared)[0], meno.head(data)[0], "nothing is recorded twice")


# ---- undo --------------------------------------------------------------------------------------------------------

def views(data):
    """What people see, by the doors."""
    status = meno.must(data, "status")
    told = {key: status[key] for key in status if key not in ("events", "bytes", "store")}
    return {"status": told, "goals": meno.must(data, "export", "--what", "goals").raw, "needs": meno.must(data, "export", "--what", "needs").raw,
            "skills": meno.must(data, "skills"), "tables": meno.tables(data, NAMING_IMPORTS)}


def live(tables):
    return [row for row in tables["claim"] if "live" in row]


def undo(tap, files, empty, data):
    data, folder = meno.clone(data), meno.folder()
    meno.must(data, "run")
    before = views(data)
    rows = meno.read_csv(files / "kpis.csv")
    for row in rows[::3]:
        row["value"] = str(float(row["value"]) * 0.5)
    meno.write_csv(folder / "kpis.csv", rows[0].keys(), [row.values() for row in rows])
    meno.write(folder / "tickets.csv", "ticket_id,opened,team,tool\nextra-1,2026-02-01T08:00:00Z,,Kettle\n")
    meno.write(folder / "people.csv", PEOPLE + "extra-9,New,Comer,,,,2026-01-01,,active,\n")
    second = meno.must(data, "import", folder)["id"]
    tap.ok(views(data)["tables"] != before["tables"], "a second import changes tables")
    meno.must(data, "run")
    listed = {item["id"]: item for item in meno.must(data, "imports")["imports"]}
    tap.ok(listed[second]["can_undo"] and listed[second]["state"] == "committed", "it can be taken back", listed[second])
    answer = meno.must(data, "import", "undo", second)
    tap.same((answer["id"], answer["state"]), (second, "undone"), "undo says what it did")
    after = views(data)
    facts = lambda view: {name: rows for name, rows in view["tables"].items() if name not in ("claim", "edge", "proposal")}
    tap.same(facts(after), facts(before), "undo gives back the very same tables")
    tap.same((after["status"], after["goals"]), (before["status"], before["goals"]), "and the same status and goals")
    meno.must(data, "run")
    again = views(data)
    tap.same(live(again["tables"]), live(before["tables"]), "after the next run the same claims hold as before")
    tap.same((again["needs"], again["skills"]), (before["needs"], before["skills"]), "and the same needs and skills are shown")
    meno.must(data, "replay", "--verify")
    twice = meno.meno(data, "import", "undo", second)
    tap.ok(twice.status == 73 and "taken back already" in twice.err, "a second undo is refused", twice)
    gone = meno.meno(data, "import", "undo", "i-nothing")
    tap.ok(gone.status == 66 and "i-nothing" in gone.err, "so is one of nothing", gone)
    redo = meno.must(data, "import", folder)
    tap.ok(redo["id"] and redo["id"] != second, "what was taken back can come again", redo["id"])


def undo_first(tap, empty, data):
    """Without the only import it is as if there had never been one; and a row that a later import changed stays changed."""
    alone = meno.clone(data)
    meno.must(alone, "import", "undo", meno.must(alone, "imports")["imports"][0]["id"])
    tap.same(views(alone)["tables"], views(empty)["tables"], "without its only import every table is empty again")
    tap.same(views(alone)["status"], views(empty)["status"], "and the status is that of an empty Meno")
    folder, data = meno.folder(), meno.clone(empty)
    meno.write(folder / "one" / "skills.csv", "skill_id,name\na,First\nb,Other\n")
    meno.write(folder / "two" / "skills.csv", "skill_id,name\na,Second\n")
    first = meno.must(data, "import", folder / "one")["id"]
    meno.must(data, "import", folder / "two")
    meno.must(data, "import", "undo", first)
    tap.same([row[:2] for row in meno.tables(data)["skill"]], [("a", "Second")], "undoing the older of two leaves what the newer says")
    meno.must(data, "replay", "--verify")


def undo_refused(tap, data):
    data = meno.clone(data)
    meno.must(data, "run")
    need = next(need for need in meno.must(data, "needs")["needs"] if need["causes"])
    batch = meno.must(data, "imports")["imports"][0]["id"]
    meno.must(data, "needs", "confirm", need["id"], "--cause", "skill", "--reason", "seen it")
    before = meno.head(data)
    refused = meno.meno(data, "import", "undo", batch)
    tap.ok(refused.status == 73 and refused.json["code"] == "conflict" and "decision" in refused.err, "undo is refused once a person's decision rests on it", refused)
    listed = meno.must(data, "imports")["imports"][0]
    tap.ok(not listed["can_undo"] and listed["reason"], "the list of imports says so", listed)
    tap.same(meno.head(data), before, "and nothing changed")


# ---- bad rows, messy people --------------------------------------------------------------------------------------

def bad_rows(tap, empty):
    data, folder = meno.clone(empty), meno.folder()
    meno.write(folder / "people.csv", PEOPLE +
               "1,Ann,Ash,T1,D,,2020-01-01,,active,\n"
               "2,Bob,Beech,T1,D,1,2020-13-01,,active,\n"
               ",Ed,Elm,T1,D,1,2020-01-01,,active,\n"
               "4,Fay,Fir,T1,D,1,2020-01-01,,sleeping,\n"
               "5,Gus,Gum,T1,D,1,2020-01-01,2019-01-01,active,\n"
               "6,Hal,Hazel,T1\n"
               "7,Ida,Iris,T1,D,1,2020-01-01,,active,\n")
    meno.write(folder / "skills.csv", "skill_id,name\ns1,Skill\n")
    meno.write(folder / "results.csv", "employee_number,skill_id,date,score\n1,s1,2024-01-01,0.5\n1,s1,2024-01-02,1.5\n1,s1,2024-01-03,NaN\n7,s1,2024-01-04,0.9\n")
    before = meno.head(data), meno.tables(data)
    refused = meno.meno(data, "import", folder)
    report = refused.json
    tap.ok(refused.status == 65 and report["id"] is None and "skip-bad" in report["refused"], "bad rows refuse the import, and say how to go on", refused)
    places = [(row["file"], row["line"], row["column"]) for row in report["problems"]]
    expected = [("people.csv", 3, "start_date"), ("people.csv", 4, "employee_number"), ("people.csv", 5, "employment_status"), ("people.csv", 6, "termination_date"),
                ("people.csv", 7, None), ("results.csv", 3, "score"), ("results.csv", 4, "score")]
    tap.same(sorted(places, key=repr), sorted(expected, key=repr), "each bad row is named by file, line and column")
    tap.ok(all(row["reason"] and row["remedy"] for row in report["problems"]), "with a reason and a remedy", report["problems"])
    tap.ok(any("2020-13-01" in (row["value"] or "") for row in report["problems"]), "quoting what stands there")
    tap.same(report["problem_count"], len(expected), "they are counted")
    tap.same((meno.head(data), meno.tables(data)), before, "nothing is half imported: good rows and files wait, too")
    skipped = meno.must(data, "import", folder, "--skip-bad")
    tap.same((counts(skipped)["people.csv"], counts(skipped)["results.csv"], counts(skipped)["skills.csv"]), ((2, 0, 0), (2, 0, 0), (1, 0, 0)), "--skip-bad takes the good rows and leaves the bad ones out")
    tap.same(sorted(row[1] for row in meno.tables(data)["person"]), ["1", "7"], "and nobody else is there")
    text = meno.meno(data, "import", folder, js=False)
    tap.ok(text.status == 65 and "people.csv" in text.out and "start_date" in text.out, "the plain answer names the places, too", text)


def person_rows(data):
    """Employee number → (first name, status, teams, manager's employee number)."""
    rows = meno.tables(data)
    number = {row[0]: row[1] for row in rows["person"]}
    found = {}
    for person in rows["person"]:
        own = [row for row in rows["membership"] if row[0] == person[0]]
        primary = [row for row in own if row[8] == 1]
        manager = number.get(primary[0][6]) if primary else None
        found[person[1]] = (person[2], person[6], sorted({row[1] for row in own}), manager)
    return found


def messy_people(tap, empty):
    data, folder = meno.clone(empty), meno.folder()
    path = meno.write(folder / "people.csv", PEOPLE +
                      "3,Cy,Cole,T2,D,2,2021-01-01,,active,\n"            # the manager stands below
                      "2,Bob,Beech,T1,D,1,2020-01-01,,active,\n"
                      "1,Ann,Ash,T1,D,,2019-01-01,,active,\n"
                      "1,Ann,Ash,T1,D,,2019-01-01,,active,\n"             # word for word twice
                      "4,Di,Dale,T1,D,1,2018-01-01,2020-06-30,terminated,\n"
                      "5,Ed,Elm,T1,D,1,2015-01-01,2017-12-31,terminated,\n"
                      "5,Ed,Elm,T2,D,2,2022-01-01,,active,\n"             # came back
                      "6,Fay,Fir,T1,D,1,2020-01-01,,active,no\n"
                      "6,Fay,Fir,T2,D,2,2019-01-01,,active,yes\n"         # two teams, the older one primary
                      "7,Gus,Gum,T1,D,99,2020-01-01,,active,\n"           # nobody's number
                      "8,Ida,Iris,T1,D,8,2020-01-01,,leave,\n")           # the own manager
    report = meno.must(data, "import", path)
    warned = "\n".join(report["warnings"])
    tap.ok("people.csv:5" in warned and "people.csv:11" in warned and "people.csv:12" in warned, "what was mended is told, with its line", warned)
    expected = {"1": ("Ann", "active", ["T1"], None), "2": ("Bob", "active", ["T1"], "1"), "3": ("Cy", "active", ["T2"], "2"), "4": ("Di", "terminated", ["T1"], "1"),
                "5": ("Ed", "active", ["T1", "T2"], "2"), "6": ("Fay", "active", ["T1", "T2"], "2"), "7": ("Gus", "active", ["T1"], None), "8": ("Ida", "leave", ["T1"], None)}
    tap.same(person_rows(data), expected, "leavers, rehires, second teams and managers below their reports are as they should be")
    lines = path.read_text().splitlines(keepends=True)
    turned = meno.clone(empty)
    meno.write(folder / "turned" / "people.csv", lines[0] + "".join(reversed(lines[1:])))
    meno.must(turned, "import", folder / "turned" / "people.csv")
    tap.same(meno.tables(turned, NAMING_IMPORTS), meno.tables(data, NAMING_IMPORTS), "the order of the rows makes no difference")
    circle = meno.write(folder / "circle" / "people.csv", PEOPLE + "a,A,A,T,D,b,2020-01-01,,active,\nb,B,B,T,D,c,2020-01-01,,active,\nc,C,C,T,D,a,2020-01-01,,active,\nd,D,D,T,D,a,2020-01-01,,active,\n")
    before = meno.head(data)
    refused = meno.meno(data, "import", circle)
    tap.ok(refused.status == 65 and refused.json["problem_count"] == 3 and all(row["column"] == "manager" for row in refused.json["problems"]), "a circle of managers is refused, row by row", refused)
    tap.ok("a → b → c → a" in refused.json["problems"][0]["reason"], "and shown", refused.json["problems"][0])
    tap.same(meno.head(data), before, "and nothing changed")
    two = meno.write(folder / "two" / "people.csv", PEOPLE + "9,Jo,Jay,T1,D,1,2020-01-01,,active,\n9,Kim,King,T1,D,1,2020-01-01,,active,\n")
    refused = meno.meno(data, "import", two)
    tap.ok(refused.status == 65 and refused.json["problems"][0]["line"] == 3 and "line 2" in refused.json["problems"][0]["reason"], "two people with one number are refused, with both lines", refused)


def managers_first(tap, empty):
    """A report may come in an earlier file than the manager, and the other way round."""
    folder = meno.folder()
    boss, report = PEOPLE + "1,Ann,Ash,T1,D,,2019-01-01,,active,\n", PEOPLE + "2,Bob,Beech,T1,D,1,2020-01-01,,active,\n"
    before, after = meno.clone(empty), meno.clone(empty)
    for data, order in ((before, (boss, report)), (after, (report, boss + report.splitlines(keepends=True)[1]))):
        for index, text in enumerate(order):
            meno.must(data, "import", meno.write(folder / f"{index}-{data.parent.name}" / "people.csv", text))
    tap.same(person_rows(before)["2"][3], "1", "a manager of an earlier import is known")
    tap.same(person_rows(after), person_rows(before), "and one who comes later is, once both come together")


def encodings(tap, empty):
    folder = meno.folder()
    rows = PEOPLE + "1,Jürgen,Öztürk,Vertrieb Süd,D,,2019-01-01,,active,\n2,Zoë,Núñez,Vertrieb Süd,D,1,2020-01-01,,active,\n"
    made = {}
    for name, encoding, text in (("utf-8", "utf-8", rows), ("bom", "utf-8-sig", rows), ("latin-1", "latin-1", rows), ("utf-16-le", "utf-16", rows), ("crlf", "utf-8", rows.replace("\n", "\r\n")),
                                 ("semicolons", "cp1252", rows.replace(",", ";")), ("tabs", "utf-8", rows.replace(",", "\t"))):
        data = meno.clone(empty)
        meno.must(data, "import", meno.write(folder / name / "people.csv", text, encoding))
        made[name] = meno.tables(data, NAMING_IMPORTS)
    tap.same([name for name in made if made[name] != made["utf-8"]], [], "seven dialects and encodings of one file give one company")
    tap.ok(any(row[2] == "Jürgen" and row[3] == "Öztürk" for row in made["latin-1"]["person"]), "with everybody's name as it is spelled")


# ---- mappings ----------------------------------------------------------------------------------------------------

def mappings(tap, empty):
    data, folder = meno.clone(empty), meno.folder()
    staff = meno.write(folder / "staff.txt", "Worker;Chef;Abteilung;Eintritt\nw1;;Werk;01.02.2020\nw2;w1;Werk;15.03.2021\n").rename(folder / "staff.csv")
    unknown = meno.meno(data, "import", staff)
    tap.ok(unknown.status == 65 and unknown.json["questions"], "an unknown table is not guessed at in silence: it asks", unknown)
    good = "tables:\n  - file: staff.csv\n    as: people.csv\n    columns:\n      employee_number: Worker\n      manager: Chef\n      team: Abteilung\n      start_date: { from: Eintritt, format: DD.MM.YYYY }\n"
    cases = [("a column that the file lacks", good.replace(" Chef", " Boss"), ":6:", "Boss"), ("a column that the format lacks", good.replace("team:", "crew:"), ":7:", "crew"),
             ("a word that mappings lack", good.replace("    as:", "    is:"), ":3:", "is"), ("broken YAML", good + "  - [\n", ":", "import.yaml"),
             ("an anchor", good.replace("Worker", "&a Worker"), ":5:", "anchor"), ("a canonical file that is none", good.replace("people.csv", "folk.csv"), ":3:", "folk.csv"),
             ("no YAML at all", "\x00\x01", "", "import.yaml"), ("an empty mapping", "", "", "import.yaml"), ("another file's name", good.replace("staff.csv", "crew.csv"), "", "staff.csv")]
    before = meno.head(data)
    for title, text, place, subject in cases:
        answer = meno.meno(data, "import", staff, meno.write(folder / "import.yaml", text))
        told = answer.err + answer.out
        tap.ok(answer.status == 65 and place in told and subject in told, f"{title} is refused with its place", answer)
    tap.same(meno.head(data), before, "and none of them changed anything")
    report = meno.must(data, "import", staff, "--map", meno.write(folder / "good.yaml", good))
    tap.same((report["files"][0]["as"], counts(report)["staff.csv"]), ("people.csv", (2, 0, 0)), "the right mapping takes every row")
    tap.same(person_rows(data)["w2"], (None, "active", ["Werk"], "w1"), "to the right columns")


def main(tap):
    files, empty = company(tap)
    data = dry_run(tap, files, empty)
    again(tap, files, data)
    other_clothes(tap, files, data)
    at_once(tap, files, empty, data)
    grown(tap, files, empty)
    changed(tap, files, data)
    undo(tap, files, empty, data)
    undo_first(tap, empty, data)
    undo_refused(tap, data)
    bad_rows(tap, empty)
    messy_people(tap, empty)
    managers_first(tap, empty)
    encodings(tap, empty)
    mappings(tap, empty)


meno.scenario(main)
