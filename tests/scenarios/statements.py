#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people see of the record store: figures over time by verb, activity and team that add up, whatever is voided, and never of
fewer than five people; statements as they arrive, without who; and programs that see only what their room has stored."""
import base64
import csv
import datetime
import http.client
import io
import json
import uuid

import meno

TODAY = datetime.date.fromisoformat(meno.NOW[:10])  # a Monday
ANSWERED, READ, VOIDED = "http://adlnet.gov/expapi/verbs/answered", "https://example.com/verbs/read", "http://adlnet.gov/expapi/verbs/voided"
TEAMS = {"Alpha": 6, "Beta": 5, "Small": 3, "Tiny": 2}


# ---- a company, and a program that sends -------------------------------------------------------------------------

def company():
    """People e1 … of teams of six, five, three and two; one has moved from Alpha to Beta ten weeks ago."""
    rows, number = [], 0
    for team, count in TEAMS.items():
        for _ in range(count):
            number += 1
            rows.append([f"e{number}", f"First{number}", f"Last{number}", f"e{number}@example.com", team, "D", "2020-01-01", ""])
    rows[0][7] = (TODAY - datetime.timedelta(weeks=10)).isoformat()
    rows.append(rows[0][:4] + ["Beta", "D", rows[0][7], ""])
    folder = meno.folder()
    meno.write_csv(folder / "people.csv", "employee_number first_name last_name work_email team department start_date termination_date".split(), rows)
    return folder


class Program:
    def __init__(self, server, credential):
        self.port = server.port
        self.authorization = "Basic " + base64.b64encode(f"{credential['key']}:{credential['secret']}".encode()).decode()

    def ask(self, method, path, body=None, **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=meno.DEADLINE)
        connection.request(method, "/xapi" + path, None if body is None else json.dumps(body), {"Authorization": self.authorization, "X-Experience-API-Version": "2.0.0", "Content-Type": "application/json"} | headers)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer.status, json.loads(text) if text else None

    def send(self, *statements):
        status, answer = self.ask("POST", "/statements", list(statements))
        assert status == 200, answer
        return [statement["id"] for statement in statements]


def statement(who, verb, what, day, **rest):
    return {"id": str(uuid.uuid4()), "actor": {"mbox": f"mailto:{who}@example.com"}, "verb": {"id": verb}, "object": {"id": f"https://example.com/{what}"},
            "timestamp": f"{day.isoformat()}T10:00:00Z"} | rest


def voids(what):
    return {"id": str(uuid.uuid4()), "actor": {"mbox": "mailto:admin@example.com"}, "verb": {"id": VOIDED}, "object": {"objectType": "StatementRef", "id": what}, "timestamp": f"{TODAY.isoformat()}T08:00:00Z"}


def weeks_ago(weeks):
    return TODAY - datetime.timedelta(weeks=weeks)


# ---- figures -----------------------------------------------------------------------------------------------------

def ask(caller, **query):
    reply = caller.get("/statements/summary?" + "&".join(f"{key}={value}" for key, value in query.items()))
    assert reply.status == 200, reply
    return reply.json


def by_name(answer):
    return {row["name"]: row for row in answer["rows"]}


def figures(tap, lead, program):
    everybody = [f"e{number}" for number in range(1, 1 + sum(TEAMS.values()))]
    sent = program.send(*[statement(who, ANSWERED, "quiz", weeks_ago(3), result={"score": {"scaled": (index % 4) / 4}, "success": index % 2 == 0}) for index, who in enumerate(everybody)])
    program.send(*[statement(who, READ, "paper", weeks_ago(2)) for who in everybody for _ in range(2)])
    program.send(*[statement(who, READ, "secret", weeks_ago(2)) for who in everybody[:4]], *[statement(who, "https://example.com/verbs/whispered", "paper", weeks_ago(1)) for who in everybody[:4]])
    verbs = ask(lead, by="verb", every="week", since=weeks_ago(5), until=TODAY)
    rows = by_name(verbs)
    tap.same(verbs["starts"], [weeks_ago(week).isoformat() for week in (5, 4, 3, 2, 1, 0)], "weeks are those that the question touches")
    tap.same((rows["answered"]["counts"], rows["read"]["counts"]), ([0, 0, 16, 0, 0, 0], [0, 0, 0, 36, 0, 0]), "statements count by verb in the week in which they happened")
    tap.same((rows["answered"]["success"], rows["answered"]["score"], rows["read"]["score"]), (0.5, 0.38, None), "with the share of success and the mean score of those that have one")
    tap.ok("whispered" not in rows and verbs["total"]["counts"] == [0, 0, 16, 36, None, 0], "a verb of four people is not told, nor the week in which there was nothing else", verbs)

    activities = ask(lead, by="activity", every="month", since=weeks_ago(8), until=TODAY)
    rows = by_name(activities)
    month = [start[:7] for start in activities["starts"]].index(weeks_ago(2).isoformat()[:7])
    told = [activities["total"]["counts"][month]] + [rows[name]["counts"][month] if name in rows else None for name in ("quiz", "paper")]
    tap.ok("secret" not in rows and {16, 32} & set(told) and None in told, "an activity of four people is not named, and one more figure is withheld, or the rest would give it away", activities)

    teams = ask(lead, by="team", every="week", since=weeks_ago(5), until=TODAY)
    rows = by_name(teams)
    tap.same((rows["Alpha"]["counts"][2], rows["Beta"]["counts"][2], "Small" in rows), (5, 6, False), "people count for the team that they were in then; a team of three is not told")
    program.send(*[statement(who, READ, "paper", weeks_ago(12)) for who in everybody[:11]])
    tap.same(by_name(ask(lead, by="team", every="week", since=weeks_ago(12), until=weeks_ago(12)))["Alpha"]["counts"], [6], "also of who has moved since")

    program.send(voids(sent[1]))
    rows = by_name(ask(lead, by="verb", every="week", since=weeks_ago(3), until=weeks_ago(3)))
    tap.same(rows["answered"]["counts"], [15], "what is voided does not count")
    days = ask(lead, by="verb", every="day", since=weeks_ago(3), until=weeks_ago(3))
    tap.same((len(days["starts"]), by_name(days)["answered"]["counts"]), (1, [15]), "a day at a time")
    tap.same([lead.get("/statements/summary?" + query).status for query in ("by=person", "every=hour", "since=2026-03-03&until=2026-03-01", "every=day&since=2020-01-01", "since=soon")], [400] * 5,
             "what cannot be asked is said so")
    return everybody


def as_table(tap, data, lead):
    reply = lead.get(f"/statements.csv?by=verb&every=week&since={weeks_ago(3)}&until={TODAY}")
    rows = list(csv.DictReader(io.StringIO(reply.body.decode("utf-8-sig"))))
    first = [row for row in rows if row["week"] == weeks_ago(3).isoformat()]
    tap.same([(row["name"], row["statements"], row["success"], row["withheld"]) for row in first if row["name"] in ("answered", "all")], [("answered", "15", "0.53", ""), ("all", "15", "0.53", "")],
             "the table for a spreadsheet says the same")
    tap.ok(any(row["withheld"] == "yes" and row["statements"] == "" for row in rows), "and where something is withheld", rows)
    told = meno.must(data, "statements", "summary", "--by", "verb", "--every", "week", "--since", weeks_ago(3), "--until", TODAY)
    tap.same(by_name(told)["answered"]["counts"][0], 15, "so does the command line")


# ---- as they arrive ----------------------------------------------------------------------------------------------

def listed(caller, **query):
    reply = caller.get("/statements" + ("?" + "&".join(f"{key}={meno.quote(value)}" for key, value in query.items()) if query else ""))
    assert reply.status == 200, reply
    return reply.json


def live(tap, server, program, admin, officer):
    before = listed(admin, limit=1)["newest"]
    registration = str(uuid.uuid4())
    whole = statement("e2", ANSWERED, "course", TODAY, object={"id": "https://example.com/course", "definition": {"name": {"en": "First aid"}, "extensions": {"https://example.com/x": "secret thing"}}},
                      result={"score": {"scaled": 0.5}, "success": True, "response": "my own words", "extensions": {"https://example.com/y": "more words"}},
                      context={"registration": registration, "instructor": {"mbox": "mailto:boss@example.com", "name": "The Boss"}, "team": {"objectType": "Group", "member": [{"mbox": "mailto:e3@example.com"}]},
                               "platform": "LMS", "contextActivities": {"parent": [{"id": "https://example.com/programme"}]}, "extensions": {"https://example.com/z": "hidden"}},
                      attachments=[{"usageType": "https://example.com/u", "display": {"en": "A file"}, "contentType": "text/plain", "length": 1, "sha2": "0" * 64, "fileUrl": "https://example.com/file?who=e2"}])
    about = statement("e4", READ, "x", TODAY, object={"objectType": "StatementRef", "id": whole["id"]})
    inner = statement("e5", READ, "x", TODAY, object={"objectType": "SubStatement", "actor": {"mbox": "mailto:e6@example.com"}, "verb": {"id": READ}, "object": {"objectType": "Agent", "mbox": "mailto:e7@example.com", "name": "Seven"}})
    program.send(whole, about, inner)
    fresh = listed(admin, since=before)
    tap.same([row["id"] for row in fresh["statements"]], [inner["id"], about["id"], whole["id"]], "what has come since is listed, newest first")
    tap.same(listed(admin, since=fresh["newest"])["statements"], [], "and nothing since that")
    row = fresh["statements"][2]
    tap.same((row["verb_name"], row["activity_name"], row["object"], row["registration"], row["credential"], row["agent"][:2]), ("answered", "First aid", "activity", registration, "LMS", "a-"), "a row says what, and who only by an opaque name")
    tap.same((fresh["statements"][1]["refers"], fresh["statements"][0]["object"]), (whole["id"], "sub-statement"), "also of what is about no activity")

    shown = admin.get("/statements/" + whole["id"]).json
    text = json.dumps(shown)
    leaks = [word for word in ("e2@", "boss@", "The Boss", "e3@", "my own words", "secret thing", "more words", "hidden", "who=e2") if word in text]
    tap.same((leaks, shown["statement"]["result"]["score"], shown["statement"]["context"]["platform"], shown["statement"]["context"]["team"]["members"]), ([], {"scaled": 0.5}, "LMS", 1), "opened, it is whole but for who, and for what somebody wrote")
    tap.same((shown["statement"]["actor"], list(shown["statement"]["result"]["extensions"]), shown["statement"]["result"]["response"]), ({"objectType": "Agent", "opaque": row["agent"]}, ["https://example.com/y"], "(withheld)"), "which is withheld in its place")
    other = json.dumps(admin.get("/statements/" + inner["id"]).json)
    tap.ok(not any(word in other for word in ("e5@", "e6@", "e7@", "Seven")), "within a sub-statement, too", other)
    tap.same((shown["mentions"], shown["voided_by"], len(shown["hash"]), shown["event"] > 0), ([{"id": about["id"], "voids": False}], None, 64, True), "with what is about it, and its place in the ledger")
    void = voids(whole["id"])
    program.send(void)
    again = admin.get("/statements/" + whole["id"]).json
    tap.same((again["voided_by"], again["mentions"][0], admin.get("/statements/" + void["id"]).json["voids"]), (void["id"], {"id": void["id"], "voids": True}, True), "a voided one can be opened, and says by which")
    tap.ok(whole["id"] not in [row["id"] for row in listed(admin)["statements"]], "but is not listed any more")

    since = listed(admin, limit=1)["newest"]
    one, two = statement("e2", READ, "course", TODAY, context={"registration": registration}), statement("e3", ANSWERED, "course", TODAY)
    program.send(one, two)
    ask = lambda **query: {row["id"] for row in listed(admin, since=since, **query)["statements"]}
    tap.same([ask(verb=READ), ask(activity="https://example.com/course"), ask(registration=registration.upper()), ask(agent=row["agent"]), ask(verb=READ, agent=row["agent"], activity="https://example.com/course")],
             [{one["id"]}, {one["id"], two["id"]}, {one["id"]}, {one["id"]}, {one["id"]}], "filters, one by one and together")
    first = listed(admin, limit=2)
    second = listed(admin, limit=2, cursor=first["more"])
    tap.same(len({row["id"] for row in first["statements"] + second["statements"]}), 4, "a list goes on where it ended")
    found = admin.get("/statements/terms?q=AID").json, admin.get("/statements/terms?q=answ").json, admin.get("/statements/terms?q=%25").json
    tap.same(([row["name"] for row in found[0]["activities"]], [row["id"] for row in found[1]["verbs"]], found[2]), (["First aid"], [ANSWERED], {"verbs": [], "activities": []}), "verbs and activities are found by part of their names")
    tap.same([admin.get("/statements" + query).status for query in ("?agent=mailto:e2@example.com", "?cursor=x", "?registration=1", "/none", f"/{uuid.uuid4()}")], [400, 400, 400, 404, 404], "what cannot be asked is said so")

    tap.same([admin.post(f"/statements/{one['id']}/reveal", {"reason": "curious"}).status, admin.post("/statements/agent", {"address": "e2@example.com", "reason": "curious"}).status], [403, 403], "an administrator is not told who")
    revealed = officer.post(f"/statements/{one['id']}/reveal", {"reason": "complaint 17"})
    tap.same((revealed.status, revealed.json["statement"]["actor"]["mbox"]), (200, "mailto:e2@example.com"), "the privacy officer is, with a reason")
    tap.same([officer.post("/statements/agent", {"address": address, "reason": "complaint 17"}).json["agent"] for address in ("E2@example.com", "mailto:e2@example.com", '{"mbox": "mailto:e2@example.com"}')], [row["agent"]] * 3, "and by which name somebody stands in the list")
    tap.same([officer.post(f"/statements/{one['id']}/reveal").status, officer.post("/statements/agent", {"address": "{}", "reason": "x"}).status], [400, 400], "without a reason nothing is told")
    log = json.dumps(officer.get("/privacy/log").json, ensure_ascii=False)
    tap.ok(f"read the statement {one['id']} whole: complaint 17" in log and "complaint 17" in log and "e2@example.com" not in log, "the access log keeps both, and no address")


# ---- rooms -------------------------------------------------------------------------------------------------------

def address(path, **query):
    return path + "?" + "&".join(f"{key}={meno.quote(json.dumps(value) if isinstance(value, dict) else value)}" for key, value in query.items())


def seen(program, **query):
    status, answer = program.ask("GET", address("/statements", **query))
    assert status == 200, answer
    return {row["id"] for row in answer["statements"]}


def rooms(tap, data, server, everything):
    """Two vendors with a room each, one of them with two programs; and a program without a room."""
    made = {label: meno.must(data, "credentials", "add", label, "--scopes", "all", "--room", room) for label, room in (("north one", "north"), ("north two", "north"), ("south", "south"))}
    one, two, south, everyone = (Program(server, credential) for credential in (*made.values(), everything))
    here = [statement("e2", READ, "north-paper", TODAY, object={"id": "https://example.com/shared", "definition": {"name": {"en": "North's"}}}), statement("e3", READ, "shared", TODAY)]
    there = statement("e2", ANSWERED, "shared", TODAY, object={"id": "https://example.com/shared", "definition": {"description": {"en": "South's"}}}, actor={"mbox": "mailto:e2@example.com", "name": "Called by south"})
    one.send(here[0])
    two.send(here[1])
    south.send(there)
    ids = {row["id"] for row in here}
    tap.same((seen(one), seen(two), seen(south)), (ids, ids, {there["id"]}), "who is in a room sees what its programs have stored, and nothing else")
    tap.ok(seen(everyone, activity="https://example.com/shared") == ids | {there["id"]}, "who is in none sees all")
    tap.same([one.ask("GET", address("/statements", statementId=there["id"]))[0], seen(one, verb=ANSWERED), south.ask("GET", address("/statements", statementId=there["id"]))[0]], [404, set(), 200], "neither by its id nor by a filter")
    tap.same([program.ask("GET", address("/activities", activityId="https://example.com/shared"))[1].get("definition") for program in (two, south, everyone)],
             [{"name": {"en": "North's"}}, {"description": {"en": "South's"}}, None], "each room has its own descriptions of activities")
    tap.same([program.ask("GET", address("/agents", agent={"mbox": "mailto:e2@example.com"}))[1].get("name") for program in (two, south)], [None, ["Called by south"]], "and knows by what name its own programs call somebody")

    for path, query in (("/activities/state", {"activityId": "https://example.com/shared", "agent": {"mbox": "mailto:e2@example.com"}, "stateId": "s"}), ("/activities/profile", {"activityId": "https://example.com/shared", "profileId": "p"}),
                        ("/agents/profile", {"agent": {"mbox": "mailto:e2@example.com"}, "profileId": "p"})):
        stored = [program.ask("PUT", address(path, **query), {"of": name}, **{"If-None-Match": "*"})[0] for program, name in ((one, "north"), (south, "south"), (everyone, "nobody"))]
        read = [program.ask("GET", address(path, **query))[1]["of"] for program in (two, south, everyone)]
        two.ask("DELETE", address(path, **query))
        left = [program.ask("GET", address(path, **query))[0] for program in (one, south, everyone)]
        tap.same((stored, read, left), ([204, 204, 204], ["north", "south", "nobody"], [404, 200, 200]), f"each room has its own of {path}")

    lists = [program.ask("GET", address("/activities/state", activityId="https://example.com/shared", agent={"mbox": "mailto:e2@example.com"}))[1] for program in (one, south)]
    tap.same(lists, [[], ["s"]], "lists of states keep to the room, too")

    one.send(voids(there["id"]), statement("e2", READ, "x", TODAY, object={"objectType": "StatementRef", "id": there["id"]}))
    tap.same((south.ask("GET", address("/statements", statementId=there["id"]))[0], seen(one, verb=ANSWERED)), (200, set()), "nobody voids, or looks through a reference, out of the room")
    two.send(voids(here[0]["id"]))
    tap.same(one.ask("GET", address("/statements", statementId=here[0]["id"]))[0], 404, "within the room a statement can be voided by another program")
    taken = [one.ask("POST", "/statements", [there])[0], one.ask("POST", "/statements", [there | {"verb": {"id": READ}}])[0], south.ask("POST", "/statements", [there])[0]]
    tap.same(taken, [409, 409, 200], "an id that another room has is taken, whatever the statement says")
    early = statement("e5", READ, "late", TODAY)
    one.send(voids(early["id"]))
    south.send(early)
    tap.same(south.ask("GET", address("/statements", statementId=early["id"]))[0], 200, "also where the voiding came first")
    everyone.send(voids(early["id"]))
    tap.same(south.ask("GET", address("/statements", statementId=early["id"]))[0], 404, "who is in no room may void it")
    listed = {row["label"]: row for row in meno.must(data, "credentials", "list")["credentials"]}
    tap.same([(listed[label]["room"], listed[label]["by"]) for label in ("north two", "LMS")], [("north", "operator"), (None, "operator")], "the list tells the room, and who made it")
    refused = meno.meno(data, "credentials", "add", "x", "--room", "a b")
    tap.ok(refused.status and "name of a room" in refused.err + refused.out, "a room's name is plain", refused)


def main(tap):
    data = meno.init()
    meno.must(data, "import", company())
    passwords = meno.add_accounts(data)
    program_key = meno.must(data, "credentials", "add", "LMS", "--scopes", "all")
    with meno.Server(data) as server:
        lead = meno.Caller(server, "lead", passwords["lead"])
        tap.same((ask(lead)["rows"], ask(lead)["total"]["count"]), ([], 0), "before anything has come in, there is nothing")
        program = Program(server, program_key)
        figures(tap, lead, program)
        as_table(tap, data, lead)
        live(tap, server, program, meno.Caller(server, "sysadmin", passwords["sysadmin"]), meno.Caller(server, "privacy", passwords["privacy"]))
        rooms(tap, data, server, program_key)
        tap.same([meno.Caller(server, login, passwords[login]).get("/statements/summary").status for login in ("lead", "analyst", "sysadmin", "approver", "manager", "employee", "privacy")],
                 [200, 200, 200, 403, 403, 403, 403], "figures are for those who run learning, who analyse and who keep the machine")
    meno.head(data)
    tap.ok(True, "and the events make the same tables again")


meno.scenario(main)
