#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Erasure: personal data stands sealed, so no file of the data folder has a name, an address, a number or a comment in clear;
erasing a person destroys the keys, and then nobody reads them, the chain holds, the pages work, the same files bring nobody
back, nor does an older database, nor an older ring of keys, nor a kill in the middle. Retention does the same by months."""
import datetime
import json
import os
import pathlib
import shutil
import subprocess
import time

import meno

NUMBER, FIRST, LAST = "ZQX-77413", "Wilhelmine", "Quastenflosser"
EMAIL, COMMENT = "wilhelmine.quastenflosser@firma.example", "Das Ticketwerkzeug stürzt bei Kranichmeldungen ab."
DESCRIPTION, ACTOR_SUM = "Kranichmeldungen kommen doppelt an, bitte eine Schulung.", "Quasti"
LATER, MUCH_LATER = "2026-03-03T09:00:00Z", "2030-06-01T09:00:00Z"
# Spelled as files could have them: the number alone, too, as nothing else looks like it.
SECRETS = [NUMBER, FIRST, LAST, EMAIL, COMMENT, DESCRIPTION, "Kranich"]


def company():
    """A simulated company, and one more person with a name that nothing else has, who did a bit of everything."""
    files = meno.simulate(60, 7, weeks=30)
    with open(files / "people.csv", encoding="utf-8") as file:
        header = file.readline().strip().split(",")
        boss = file.readline().split(",")
    row = dict.fromkeys(header, "") | {"employee_number": NUMBER, "first_name": FIRST, "last_name": LAST, "work_email": EMAIL, "job_title": boss[header.index("job_title")],
                                      "department": boss[header.index("department")], "team": boss[header.index("team")], "location": "Hamburg",
                                      "employment_status": "active", "start_date": "2020-01-01", "primary": "true", "fte": "1"}
    add(files / "people.csv", row)
    skill = meno.read_csv(files / "skills.csv")[0]["skill_id"]
    add(files / "results.csv", {"employee_number": NUMBER, "skill_id": skill, "date": "2026-01-12", "score": "0.8", "kind": "assessment"})
    add(files / "requests.csv", {"request_id": "R-Q", "date": "2026-02-02", "requester": NUMBER, "team": row["team"], "title": f"Coaching for {LAST}", "description": DESCRIPTION})
    add(files / "objectives.csv", {"objective_id": "O-Q", "owner": NUMBER, "title": f"{FIRST} answers in two days", "progress": "0.2", "due": "2026-09-01"})
    add(files / "work_log.csv", {"process": "support", "case_id": "C-Q", "activity": "Answer", "start": "2026-02-02T09:00:00Z", "end": "2026-02-02T10:00:00Z", "team": row["team"], "actor": NUMBER})
    question = meno.read_csv(files / "questions.csv")[0]["question_id"]
    add(files / "pulse.csv", {"date": "2026-02-02", "question_id": question, "team": row["team"], "respondent": "r-q", "answer": "2", "comment": COMMENT})
    with open(files / "statements.jsonl", "a", encoding="utf-8") as file:
        for number in range(2):
            file.write(json.dumps({"actor": {"name": f"{FIRST} {LAST}", "mbox": f"mailto:{EMAIL}"}, "verb": {"id": "http://adlnet.gov/expapi/verbs/scored"},
                                   "object": {"id": f"https://learn.example/quizzes/{skill}/{number}"}, "result": {"score": {"scaled": 0.7}}, "timestamp": "2026-02-03T10:00:00Z"}) + "\n")
    meno.write(files / "sources" / "handbook.md", f"---\ntitle: Handbook\nowner: {FIRST} {LAST}\nlicence: internal\n---\n\n# Handbook\n\nAsk {FIRST} {LAST} when in doubt.\n")
    return files, row["team"]


def add(path, row):
    with open(path, encoding="utf-8") as file:
        header = file.readline().strip().split(",")
    with open(path, "a", encoding="utf-8") as file:
        file.write(",".join('"' + row.get(name, "").replace('"', '""') + '"' for name in header) + "\n")


def written(data):
    """Every file of the folder that has a secret in it, in UTF-8 or UTF-16, whatever its case."""
    found = []
    for path in sorted(pathlib.Path(data).rglob("*")):
        if not path.is_file():
            continue
        small = path.read_bytes().lower()
        for secret in SECRETS:
            if any(secret.lower().encode(code) in small for code in ("utf-8", "utf-16-le")):
                found.append((path.name, secret))
    return found


def readable(data):
    """Where the doors still say it: every list and page that the operator may read."""
    words = [["goals"], ["needs"], ["approvals", "list", "--all"], ["team", "show"], ["skills"], ["listening"], ["studio", "sources"], ["today"], ["programmes"], ["workforce"], ["impact"],
             ["search", LAST], ["search", "Kranich"], ["outbox", "list"]]
    told = []
    for command in words:
        answer = meno.meno(data, *command)
        if answer.status:
            told.append((command, answer.status, answer.err))
        told += [(command, secret) for secret in SECRETS if secret in answer.out and command[0] != "search"]
        if command[0] == "search" and answer.json and answer.json["hits"]:
            told.append((command, answer.json["hits"]))
    return told


def person_row(data):
    with meno.database(data) as db:
        return db.execute("SELECT id, employee_number, first_name, last_name, work_email, location, status FROM person WHERE status = 'erased'").fetchall()


def people(data):
    return meno.must(data, "status")["people"]


# ---- sealed ------------------------------------------------------------------------------------------------------

def sealed(tap, files):
    data = meno.init()
    report = meno.must(data, "import", files)
    tap.ok(report["id"] and not report["refused"], "a company is imported", report["refused"])
    passwords = meno.add_accounts(data, employee=NUMBER)
    meno.must(data, "run")
    tap.same(written(data), [], "no file of the data folder says a name, a number, an address or what somebody wrote")
    hits = meno.must(data, "search", "Kranich")["hits"]
    tap.ok(hits and any(DESCRIPTION in (hit["text"] or "") for hit in hits), "people who may read it read it", hits)
    owner = {row["name"]: row["owner"] for row in meno.must(data, "studio", "sources")["sources"]}["handbook.md"]
    tap.same(owner, f"{FIRST} {LAST}", "a document says who owns it")
    before = meno.head(data)
    again = meno.must(data, "import", files)
    changed = {file["name"]: (file["new"], file["changed"]) for file in again["files"] if file["new"] or file["changed"]}
    tap.ok(again["id"] is None and not changed, "the same files again are nothing new", changed)
    tap.same(meno.head(data), before, "and record nothing")
    return data, passwords


# ---- erased ------------------------------------------------------------------------------------------------------

def erased(tap, files, data):
    size, shown = people(data), meno.must(data, "erase", NUMBER)
    tap.ok(not shown["erased"] and shown["account"] and shown["fields"] > 10, "asked first, it shows what would be destroyed", shown)
    kinds = {row["kind"]: row["events"] for row in shown["kinds"]}
    wanted = {"account.created", "objective.set", "person.recorded", "request.made", "source.added", "statement.stored", "step.worked"}
    tap.same(wanted - set(kinds), set(), "in every kind of event that has something of them")
    tap.same(kinds["statement.stored"], 2, "what they did elsewhere is theirs by their address")
    tap.ok(shown["mentions"] >= 1, "and says that others wrote the name, too", shown["mentions"])
    tap.same(meno.must(data, "search", LAST)["hits"] != [], True, "until then nothing is gone")
    wrong = meno.meno(data, "erase", NUMBER, "--confirm", "p-0000000000000000")
    tap.ok(wrong.status != 0 and "not who would be erased" in wrong.err, "another id confirms nothing", wrong)
    backup, files_of_backups = meno.clone(data), meno.folder()
    meno.must(data, "backup", files_of_backups / "before", js=False)
    done = meno.must(data, "erase", NUMBER, "--confirm", shown["id"], now=LATER)
    tap.ok(done["erased"] and done["fields"] == shown["fields"], "confirmed, it destroys just that", done)
    tap.same(written(data), [], "no file says anything of them")
    meno.must(data, "backup", files_of_backups / "after", js=False)
    tap.same((written(files_of_backups), len(list(files_of_backups.iterdir()))), ([], 2), "nor does a backup, of before or after")
    tap.same(readable(data), [], "no page says anything of them, and every page works")
    report = meno.must(data, "replay", "--verify")
    tap.ok(report["events"] > 0, "the chain holds, and every table is what the events make")
    tap.same(person_row(data), [(shown["id"], "", None, None, None, None, "erased")], "a row without the person stays, for what was counted")
    tap.same(people(data), size, "so counts are what they were")
    tap.ok(meno.meno(data, "status", who="employee").status != 0, "the account is gone")
    with meno.database(data) as db:
        tap.same(db.execute("SELECT count(*) FROM account WHERE login = 'employee'").fetchone(), (0,), "with its row")
        tap.same(db.execute("SELECT count(*) FROM access_log WHERE account = 'employee'").fetchone(), (0,), "and its lines of access")
    tap.ok(meno.meno(data, "erase", NUMBER).status != 0, "nobody is found by the number any more")
    twice = meno.meno(data, "erase", shown["id"])
    tap.ok(twice.status != 0 and "erased already" in twice.err, "nor erased twice", twice)
    meno.must(data, "run", now=LATER)
    tap.same(written(data), [], "nor do the agents say anything of them afterwards")
    return backup, shown["id"]


def comes_again(tap, files, data):
    report = meno.must(data, "import", files, now=LATER)
    left_out = {file["as"]: file["erased"] for file in report["files"] if file["erased"]}
    tap.ok(left_out.get("people.csv") == 1 and left_out.get("results.csv") == 1 and left_out.get("statements.jsonl") == 2 and left_out.get("requests.csv") == 1,
           "the same files bring nobody back: the rows are left out, and counted", left_out)
    tap.ok(any("erased" in warning for warning in report["warnings"]) and not any(secret in json.dumps(report["warnings"], ensure_ascii=False) for secret in SECRETS), "the report says so and names nobody", report["warnings"])
    changed = {file["as"]: (file["new"], file["changed"]) for file in report["files"] if file["new"] or file["changed"]}
    tap.same(changed, {"sources/*.md": (0, 1)}, "only the document is another one: it has lost its owner")
    tap.same(len(person_row(data)), 1, "they stay erased")
    meno.head(data)
    before = meno.head(data)
    meno.must(data, "import", files, now=LATER)
    tap.same(meno.head(data), before, "the next time there is nothing new")


# ---- backups -----------------------------------------------------------------------------------------------------

def restored(tap, data, backup, person):
    """The database of before the erasure with the keys of after it."""
    old = meno.clone(backup)
    shutil.copy(data / "meno.keys", old / "meno.keys")
    tap.same(readable(old), [], "an older database says nothing of them with today's keys")
    tap.same(person_row(old)[0][:2], (person, ""), "and is told of the erasure when it is opened")
    events = [row for row in meno.events(old, "person.erased")]
    tap.ok(len(events) == 1 and events[0][3] == "system", "by an event of its own", events)
    tap.ok(meno.meno(old, "status", who="employee").status != 0, "and the account that came back goes again")
    meno.head(old)
    tap.same(written(old), [], "no file of it says anything of them")
    data = meno.clone(data)
    shutil.copy(backup / "meno.keys", data / "meno.keys")
    tap.same(readable(data), [], "an older ring of keys put beside today's database opens nothing of them")
    tap.ok((data / "meno.keys").read_bytes() != (backup / "meno.keys").read_bytes(), "its key is destroyed when it is opened")
    tap.ok(meno.must(data, "keys", "import", backup / "meno.keys")["refused"] >= 1, "nor does taking it in bring them back")
    tap.same(readable(data), [], "still nothing")
    elsewhere = meno.clone(backup)
    meno.must(elsewhere, "keys", "import", data / "meno.keys")
    tap.same(readable(elsewhere), [], "an erasure comes with the keys to another place")
    missing = meno.clone(backup)
    (missing / "meno.keys").unlink()
    answer = meno.meno(missing, "status")
    tap.ok(answer.status != 0 and "keys export" in answer.err, "without its ring nothing is begun anew over sealed data", answer)


def killed(tap, backup, person):
    """At moments spread over the command's life, the last of which are about when it acts."""
    def command(data):
        return [meno.BINARY, *meno.place(data), "--now", LATER, "erase", person, "--confirm", person]
    begun = time.monotonic()
    subprocess.run(command(meno.clone(backup)), check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=meno.DEADLINE)
    seconds, wrong, hits, done = time.monotonic() - begun, [], 0, 0
    for share in [0.1, 0.3, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.0, 1.05]:
        delay, data = share * seconds, meno.clone(backup)
        process = subprocess.Popen(command(data), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            process.wait(delay)
        except subprocess.TimeoutExpired:
            process.kill()
            hits += 1
        process.wait()
        meno.head(data)
        gone = bool(person_row(data))
        done += gone
        if gone and readable_short(data):
            wrong.append((delay, readable_short(data)))
        if not gone:
            meno.must(data, "erase", person, "--confirm", person, now=LATER)
        if written(data) or readable_short(data):
            wrong.append((delay, "after it was done again", written(data)))
    print(f"# killed {hits} times; {done} of 12 were erased")
    tap.ok(hits > 0 and not wrong, "killed in the middle a person is erased or is not, and done again is", wrong)


def readable_short(data):
    hits = meno.must(data, "search", LAST)["hits"]
    return hits or [row for row in meno.must(data, "studio", "sources")["sources"] if row["owner"] and LAST in row["owner"]]


# ---- the server, retention ---------------------------------------------------------------------------------------

def served(tap, backup, person, passwords):
    """A server that has the person in memory, and an erasure by another process."""
    data = meno.clone(backup)
    with meno.Server(data) as server:
        lead, employee = meno.Caller(server, "lead", passwords["lead"]), meno.Caller(server, "employee", passwords["employee"])
        tap.ok(LAST in lead.get("/search?q=" + LAST).body.decode(), "a server knows them")
        meno.must(data, "erase", person, "--confirm", person, now=LATER)
        tap.same(lead.get("/search?q=" + LAST).json["hits"], [], "and no more once another process has erased them")
        tap.same(employee.get("/me").status, 401, "their session is over")
        tap.ok(lead.get("/retention").status == 403 and lead.post(f"/erasures/{person}").status == 403, "a lead erases nobody")
        privacy = meno.Caller(server, "privacy", passwords["privacy"])
        tap.ok(privacy.get("/retention").json["kinds"], "a privacy officer sees what is kept")


def outbox(tap, backup):
    """Files that wait in the outbox and are for the person go with them; others stay. So does what their account has in clear."""
    data = meno.clone(backup)
    with meno.forge(data) as db:
        person = db.execute("SELECT person FROM account WHERE login = 'employee'").fetchone()[0]
        db.execute("INSERT INTO action VALUES ('x-theirs', 'file', 'note:x', ?, 'done', 1, 0, NULL, 1), ('x-other', 'file', 'note:y', 'p-other', 'done', 1, 0, NULL, 1)", (person,))
        db.execute("UPDATE account SET name = ? WHERE login = 'employee'", (f"{FIRST} {LAST}",))
        db.execute("INSERT INTO token VALUES ('t', 'employee', ?, 'h', 'SEE_OWN', 1, NULL, NULL)", (f"{LAST}s script",))
        db.commit()
    if meno.EMBEDDED:
        tap.same({name for name, _ in written(data)}, {"meno.db"}, "an account's name is the one thing that stands in the database in clear")
    meno.write(data / "outbox" / "x-theirs.json", json.dumps({"to": EMAIL}))
    meno.write(data / "outbox" / "x-other.json", json.dumps({"to": "somebody@firma.example"}))
    done = meno.must(data, "erase", EMAIL, "--confirm", person, now=LATER)
    tap.same((done["files"], [path.name for path in (data / "outbox").iterdir()]), (1, ["x-other.json"]), "files for the person that wait in the outbox go, others stay")
    tap.same(written(data), [], "and nothing of them is left, in dead rows either")


def retention(tap, backup):
    data = meno.clone(backup)
    rows = {row["kind"]: row for row in meno.must(data, "retention", "list")["kinds"]}
    tap.ok(all(row["days"] == 0 or row["days"] >= 183 for row in rows.values()), "no kind is kept for less than 183 days")
    kept = rows["pulse.answered"]
    tap.ok(kept["days"] and kept["months"] == 1 and kept["past"] == 0 and kept["due"] == 0, "comments have a time, and it has not come", kept)
    tap.same(meno.must(data, "retention", "apply")["destroyed"], 0, "so nothing is destroyed")
    later = {row["kind"]: row for row in meno.must(data, "retention", "list", now=MUCH_LATER)["kinds"]}["pulse.answered"]
    tap.ok(later["past"] == later["events"] > 0 and later["due"] == 1, "years later it has", later)
    meno.must(data, "run", now=MUCH_LATER)
    after = {row["kind"]: row for row in meno.must(data, "retention", "list", now=MUCH_LATER)["kinds"]}["pulse.answered"]
    tap.same((after["months"], after["due"], after["destroyed"]), (0, 0, 1), "the next run destroys the month's key")
    texts = [hit["text"] for hit in meno.must(data, "search", "R-Q", now=MUCH_LATER)["hits"]]
    tap.ok(not any(text and "Kranich" in text for text in texts), "and what it sealed cannot be read", texts)
    tap.same(meno.must(data, "search", "past its retention", now=MUCH_LATER)["hits"] != [], True, "the page says why")
    meno.head(data)


def planned(tap, backup):
    """What retention will do is what it then does, on that day and not the day before."""
    data = meno.clone(backup)
    plan = meno.must(data, "retention", "plan", "--days", 4000)["months"]
    first = plan[0]["on"]
    before = (datetime.date.fromisoformat(first) - datetime.timedelta(days=1)).isoformat()
    due = [row for row in plan if row["on"] == first]
    tap.ok(due and all(row["events"] > 0 and len(row["recorded"]) == 7 for row in due) and [row["on"] for row in plan] == sorted(row["on"] for row in plan), "what retention will destroy is told month by month", plan)
    tap.same(meno.must(data, "retention", "plan")["months"], [], "nothing in the next two months")
    tap.same([meno.must(data, "retention", "apply", now=f"{day}T00:00:00Z")["destroyed"] for day in (before, first)], [0, len(due)], "and it happens on that day, not before")
    tap.same(meno.must(data, "retention", "plan", "--days", 4000, now=f"{first}T00:00:00Z")["months"], plan[len(due):], "then the rest is left")


def keys_elsewhere(tap, files):
    """Master key and ring on another disk than the data."""
    data, keys = meno.folder() / "data", meno.folder()
    env = dict(os.environ, MENO_KEY_FILE=str(keys / "company.key"))
    meno.must(data, "init", env=env)
    meno.must(data, "import", files / "people.csv", env=env)
    tap.same(sorted(path.name for path in keys.iterdir()), ["company.key", "company.keys"], "MENO_KEY_FILE puts the keys elsewhere")
    tap.same([path.name for path in data.iterdir() if "key" in path.name], [], "and none beside the data")
    tap.ok(meno.must(data, "status", env=env)["people"] > 0, "with them it opens")
    without = meno.meno(data, "status")
    tap.ok(without.status != 0 and "meno.key" in without.err, "without them it does not", without)
    other = dict(os.environ, MENO_KEY_FILE=str(keys / "other.key"))
    (keys / "other.key").write_bytes(bytes(32))
    shutil.copy(keys / "company.keys", keys / "other.keys")
    wrong = meno.meno(data, "status", env=other)
    tap.ok(wrong.status != 0 and "another master key" in wrong.err, "nor with another master key", wrong)


def main(tap):
    files, team = company()
    data, passwords = sealed(tap, files)
    tap.same(meno.named(data, files)[:10], [], "nor does an event name anybody outside of a seal")
    backup, person = erased(tap, files, data)
    comes_again(tap, files, data)
    restored(tap, data, backup, person)
    killed(tap, backup, person)
    served(tap, backup, person, passwords)
    outbox(tap, backup)
    retention(tap, backup)
    planned(tap, backup)
    keys_elsewhere(tap, files)


meno.scenario(main)
