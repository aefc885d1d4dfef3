#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A group of fewer than five is refused everywhere: every operation that reads is asked as every role, with every id that the
lists of that role name and with the small groups' own names. Wherever one of them is named, no figure stands beside it."""
import re

import meno
import outcomes

PEOPLE, SEED = 300, 171
# Numbers that are no figures about people: the plan of an intervention may name the weeks, never the group's values.
COUNTS_NOTHING = {"all", "tier", "minutes", "events", "weight", "hours", "age_days", "days_late"}


def numbers_in(value):
    """Every number within, booleans aside, with the way to it."""
    if isinstance(value, dict):
        for key, one in value.items():
            if key not in COUNTS_NOTHING:
                yield from ((f"{key}.{way}", number) for way, number in numbers_in(one))
    elif isinstance(value, list):
        for one in value:
            yield from numbers_in(one)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield "", value


def beside(value, names):
    """Numbers other than nought in any object that names a small group as one of its own members."""
    if isinstance(value, list):
        for one in value:
            yield from beside(one, names)
    if not isinstance(value, dict):
        return
    own = [one for one in value.values() if isinstance(one, str) and one in names]
    if own:
        yield from ((own[0], way, number) for way, number in numbers_in(value) if number)
    else:
        for one in value.values():
            yield from beside(one, names)


def ids_in(value):
    """What a list calls its things: the ids that an address can take."""
    if isinstance(value, list):
        for one in value:
            yield from ids_in(one)
    elif isinstance(value, dict):
        yield from (one for key, one in value.items() if key in ("id", "name", "claim", "group", "need", "proposal", "intervention") and isinstance(one, str) and len(one) < 80)
        for one in value.values():
            yield from ids_in(one)


def reading(description):
    return [(path, operation) for path, methods in description["paths"].items() for method, operation in methods.items()
            if method == "get" and operation["security"] and "/jobs" not in path and "/session" not in path]


MOST_OF_A_KIND = 5  # things of a kind that are looked at one by one; the lists have shown them all


def things_for(path, lists, known):
    """Ids that fit an address: those of the list that it hangs on; the reasons take any."""
    base = path.split("/{")[0]
    return sorted(known)[:: max(1, len(known) // 40)] if base == "/why" else list(dict.fromkeys(ids_in(lists.get(base))))[:MOST_OF_A_KIND]


def asked(caller, description, names):
    """Address and reply of everything that the caller may read: lists first, then each thing that they name."""
    mine = set(caller.who["roles"])
    may = [path for path, operation in reading(description) if mine & set(operation["x-meno-roles"])]
    lists, known = {}, set()
    for path in (path for path in may if "{" not in path and path != "/search"):
        reply = caller.get(path)
        lists[path] = reply.json
        known |= set(ids_in(reply.json)) - names
        yield path, reply
    for path in (path for path in may if "{" in path):
        for thing in sorted(names) + things_for(path, lists, known):
            yield f"{path} {thing}", caller.get(re.sub(r"\{[^}]*\}", meno.quote(thing), path))
    for name in names:
        yield "/search", caller.get("/search?q=" + meno.quote(name))
        if "/skills" in may:
            yield "/skills", caller.get("/skills?department=" + meno.quote(name))
        if "/team" in may:
            yield "/team", caller.get("/team?team=" + meno.quote(name))


def crawl(tap, caller, description, names):
    wrong, refused, seen = [], 0, 0
    for address, reply in asked(caller, description, names):
        seen += 1
        if reply.status == 403 and reply.code == "withheld":
            refused += 1
        if reply.status >= 500:
            wrong.append((address, reply))
        if reply.status != 200:
            continue
        text = reply.body.decode("utf-8", "replace")
        if reply.json is None and any(name in text for name in names):
            wrong.append((address, "a file names a small group"))
        wrong += [(address, found) for found in beside(reply.json, names)]
    tap.ok(seen > 1 and not wrong, f"{caller.who['account']}: {seen} questions, and no figure beside a group of fewer than five", wrong[:8])
    return refused


def company():
    """The simulated company with a board of every verdict; its small groups, and who leads and who works in one of them."""
    files, data = meno.simulate(PEOPLE, SEED), meno.init()
    meno.must(data, "import", files)
    meno.must(data, "run")
    outcomes.dress(data, meno.NOW)
    groups = meno.must(data, "listening", "limits")["groups"]
    small = {row["group"] for row in groups if row["refused"]}
    people = [row for row in meno.read_csv(files / "people.csv") if row["team"] in small and row["manager"] and not row["termination_date"]]
    return data, groups, small, people[0]


def main(tap):
    data, groups, small, member = company()
    tap.ok(len(small) > 1 and all(row["people"] is None and not row["shown"] and not row["comments"] for row in groups if row["refused"]), "there are groups of fewer than five, and of them nothing is counted", sorted(small))
    passwords = meno.add_accounts(data, manager=member["manager"], employee=member["employee_number"])
    with meno.Server(data) as server:
        description = meno.Caller(server).get("/openapi.json").json
        callers = {login: meno.Caller(server, login, passwords[login]) for login in meno.ROLES}
        refused = {login: crawl(tap, caller, description, small) for login, caller in callers.items()}
        tap.ok(all(refused[login] for login in ("lead", "approver", "analyst", "privacy", "sysadmin")), "each who may ask for groups is refused by name", refused)
        for login in ("lead", "privacy"):
            path = "/listening/" if login == "lead" else "/privacy/groups/"
            reply = callers[login].get(path + meno.quote(member["team"]))
            tap.ok((reply.status, reply.code) == (403, "withheld") and member["team"] in reply.json["detail"], f"{login}: the refusal says which group and why", reply)
        entries = callers["privacy"].get("/privacy/log").json["entries"]
        for login in ("lead", "privacy"):
            tap.ok(any(one["account"] == login and "refused" in one["what"] and member["team"] in one["what"] for one in entries), f"{login}: that it was asked for stands in the log", entries[:5])
        annex(tap, callers, small)


def annex(tap, callers, small):
    reply = callers["privacy"].get("/privacy/annex")
    text = reply.body.decode()
    tap.ok(reply.status == 200 and "attachment" in reply.headers["Content-Disposition"] and reply.headers["Content-Type"].startswith("text/html"), "the annex is a file", reply)
    shown = callers["privacy"].get("/privacy").json
    lost = [one for one in [row["file"] for row in shown["files"]] + [row["kind"] for row in shown["kinds"]] + [row["title"] for row in shown["agents"]] + [row["role"] for row in shown["roles"]] if one not in text]
    tap.ok(not lost and "<script" not in text and "http" not in text, "it says what the page says, and asks for nothing from elsewhere", lost)
    people = [field for row in shown["files"] if row["file"] == "people.csv" for field in row["fields"] if field["personal"]]
    tap.ok({"employee_number", "last_name", "manager"} <= {field["name"] for field in people}, "fields about a person are marked", people)
    unread = [row["title"] for row in shown["agents"] if row["title"] == "Listening" and set(row["reads"]) != {"pulse.csv", "questions.csv", "people.csv"}]
    tap.ok(not unread, "listening reads answers, questions and who works where", unread)
    entries = callers["privacy"].get("/privacy/log").json["entries"]
    tap.ok(entries[0]["account"] == "privacy" and "took" in entries[0]["what"] and "privacy annex" in entries[0]["what"], "that it was taken away stands in the log", entries[:3])
    tap.ok(any(one["what"] == "signed in" and one["account"] == "lead" for one in entries), "and who signed in")
    tap.ok(callers["lead"].get("/privacy/log").status == 403, "the log is for privacy officers and administrators")
    taken = callers["lead"].get("/impact.csv")
    entries = callers["privacy"].get("/privacy/log").json["entries"]
    tap.ok(taken.status == 200 and entries[0]["account"] == "lead" and "impact csv" in entries[0]["what"], "so does a board that was taken away", entries[:2])
    before = len(entries)
    tap.ok(callers["employee"].get("/me/export").status == 200 and len(callers["privacy"].get("/privacy/log").json["entries"]) == before, "taking the own data along is nobody's business")


if __name__ == "__main__":
    meno.scenario(main)
