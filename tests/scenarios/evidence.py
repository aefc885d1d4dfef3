#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements into the loop: what a course and a video say about a skill comes to the right person, for as much as the rules say. An account that
nobody knows waits until somebody says whose it is, and what was decided is taken back, and erased with the person. Rules that are
changed hold for all that is there, with who and why; a file that breaks the house's law is refused with its place."""
import base64
import http.client
import json
import uuid

import meno

ADL, CMI5, VIDEO = "http://adlnet.gov/expapi/verbs/", "https://w3id.org/xapi/adl/verbs/", "https://w3id.org/xapi/video/verbs/"
COURSE, FILM = "https://lms.example/courses/negotiation", "https://films.example/negotiation/7"
PROGRESS = "https://w3id.org/xapi/video/extensions/progress"
UNKNOWN = {"objectType": "Agent", "name": "Lou Lark", "account": {"homePage": "https://quiz.example", "name": "zx-17-quokka"}}


def mailbox(address):
    return {"objectType": "Agent", "mbox": f"mailto:{address}"}


def statement(actor, verb, what, kind=None, **rest):
    activity = {"objectType": "Activity", "id": what} | ({"definition": {"type": kind}} if kind else {})
    return {"id": str(uuid.uuid4()), "actor": actor, "verb": {"id": verb}, "object": activity, "timestamp": "2026-02-20T10:00:00Z"} | rest


class Door:
    """A program with a credential."""

    def __init__(self, server, credential):
        self.port, self.pair = server.port, base64.b64encode(f"{credential['key']}:{credential['secret']}".encode()).decode()

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=meno.DEADLINE)
        connection.request(method, "/xapi" + path, json.dumps(body) if body else None,
                           {"X-Experience-API-Version": "2.0.0", "Authorization": "Basic " + self.pair, "Content-Type": "application/json"})
        reply = connection.getresponse()
        status, text = reply.status, reply.read()
        connection.close()
        return status, text

    def send(self, *statements):
        status, text = self.ask("POST", "/statements", list(statements))
        assert status == 200, text


def course(actor, *end):
    """What an LMS and a cmi5 course send, in order; `end`: verbs with results that say how it went."""
    registration = {"context": {"registration": str(uuid.uuid4()), "contextActivities": {"category": [{"id": "https://w3id.org/xapi/cmi5/context/categories/cmi5"}]}}}
    rows = [(ADL + "launched", {}), (ADL + "initialized", {}), *end, (ADL + "terminated", {})]
    return [statement(actor, verb, COURSE, "https://w3id.org/xapi/cmi5/activities/course", **registration, **({"result": result} if result else {})) for verb, result in rows]


def film(actor, progress=1):
    kind = "https://w3id.org/xapi/video/activity-type/video"
    return [statement(actor, VIDEO + "played", FILM, kind), statement(actor, VIDEO + "paused", FILM, kind, result={"extensions": {PROGRESS: 0.4}}), statement(actor, VIDEO + "seeked", FILM, kind),
            statement(actor, ADL + "completed", FILM, kind, result={"completion": True, "extensions": {PROGRESS: progress}})]


def skill(data, who):
    rows = [row for row in meno.must(data, "me", "show", who=who)["skills"] if row["id"] == "negotiation"]
    return rows[0] if rows else None


def rules_of(data, who):
    return sorted(part["rule"] for part in (skill(data, who) or {"parts": []})["parts"])


# ---- what counts ---------------------------------------------------------------------------------------------------

def courses(tap, data, door):
    tap.same([skill(data, who) for who in ("pat", "sam", "lou")], [None] * 3, "before, nothing is known of anybody")
    door.send(*course(mailbox("pat@example.com"), (ADL + "completed", {"completion": True}), (ADL + "passed", {"success": True, "score": {"scaled": 0.95}}), (CMI5 + "satisfied", {})))
    door.send(*course(mailbox("Sam@Example.com"), (ADL + "failed", {"success": False, "score": {"scaled": 0.2}})))
    door.send(*course(mailbox("lou@example.com"), (CMI5 + "waived", {"success": True, "completion": True})))
    pat, sam = skill(data, "pat"), skill(data, "sam")
    tap.same((rules_of(data, "pat"), rules_of(data, "sam")), (["completed", "scored"], ["failed, with a score"]), "of a cmi5 course count what was passed and, little, what was completed; and a failed attempt counts, too")
    shares = {part["kind"]: part["share"] for part in pat["parts"]}
    tap.ok(pat["level"] > 3 > 2 > sam["level"] and shares["completion"] < shares["assessment"] / 5, "the level of the right person moves, the test far more than the completion", (pat, sam))
    tap.same(skill(data, "lou"), None, "what was waived says nothing, whatever success it tells")


def films(tap, data, door):
    door.send(*film(mailbox("lou@example.com")))
    once = skill(data, "lou")
    tap.same(rules_of(data, "lou"), ["video watched to the end"], "of a video that was watched to the end only that counts")
    tap.ok(once["prior_share"] > 5 * once["parts"][0]["share"], "and little: what everybody's results say weighs more than five times as much", once)
    door.send(*film(mailbox("lou@example.com")), *film(mailbox("pat@example.com"), progress=0.2))
    tap.same((skill(data, "lou")["parts"], len(skill(data, "pat")["parts"])), (once["parts"], 2), "watching it again adds nothing, and skipping through it counts for nothing")


def refuses(data, *words):
    answer = meno.meno(data, *words)
    return answer.status != 0 and answer.err


# ---- whose it is ---------------------------------------------------------------------------------------------------

def actors(tap, data, door):
    before = rules_of(data, "lou")
    door.send(statement(UNKNOWN, ADL + "passed", COURSE, result={"score": {"scaled": 0.9}}))
    listed = meno.must(data, "actors", "list")
    row = listed["unknown"][0]
    tap.same((listed["waiting"], row["called"], row["name"], row["statements"], row["last"], row["system"]),
             (1, "zx-17-quokka at https://quiz.example", "Lou Lark", 1, "2026-02-20T10:00:00.000000Z", "LMS"), "an account that nobody knows waits: how it is called, how many statements, when, from where")
    tap.same((row["perhaps"]["employee_number"], rules_of(data, "lou")), ("e3", before), "who is called alike is suggested, and nothing counts by that")
    actor = row["actor"]
    made = meno.must(data, "actors", "match", actor, "--person", "lou@example.com")
    tap.same((made["waiting"], made["decided"][0]["person"]["employee_number"], rules_of(data, "lou")), (0, "e3", sorted(before + ["scored"])), "said to be somebody's, its statements count, and back")
    known = [fact["value"] for fact in meno.must(data, "me", "show", who="lou")["known"] if fact["what"] == "Account"]
    tap.same(known, ["zx-17-quokka at https://quiz.example"], "and the person sees which account was said to be theirs")
    door.send(statement(UNKNOWN, ADL + "failed", COURSE + "/2", result={"success": False}))
    tap.same(rules_of(data, "lou"), sorted(before + ["failed", "scored"]), "and from then on")
    tap.ok("taken back" not in (refuses(data, "actors", "match", actor, "--person", "e1") or "taken back"), "it is one person's: another has to take that back first")
    meno.must(data, "actors", "undo", made["decided"][0]["id"])
    tap.same((rules_of(data, "lou"), meno.must(data, "actors", "list")["waiting"]), (before, 1), "taken back, they count for nobody, and it waits again")
    gone = meno.must(data, "actors", "nobody", actor)
    tap.same((gone["waiting"], gone["decided"][0]["person"], rules_of(data, "lou")), (0, None, before), "said to be nobody of ours, it waits no more")
    meno.must(data, "actors", "undo", gone["decided"][0]["id"])
    meno.must(data, "actors", "match", actor, "--person", "e3")
    tap.same(rules_of(data, "lou"), sorted(before + ["failed", "scored"]), "and that, too, can be taken back")
    tap.ok(refuses(data, "actors", "match", "a-none", "--person", "e3") and refuses(data, "actors", "undo", "none") and refuses(data, "actors", "match", actor, "--person", "nobody"), "who is not there is named")
    made = meno.must(data, "accounts", "add", "boss", "--roles", "administrator", "--employee-number", "b1")["login"]
    door.send(statement({"account": {"homePage": "https://quiz.example", "name": "boss"}}, ADL + "passed", COURSE, result={"score": {"scaled": 1}}))
    own = meno.must(data, "actors", "list")["unknown"][0]["actor"]
    answer = meno.meno(data, "actors", "match", own, "--person", "b1", who=made)
    tap.ok(answer.status == 77 and "somebody else has to say" in answer.err, "nobody says of an account that it is their own", answer)
    meno.must(data, "actors", "nobody", own)
    door.send(statement({"objectType": "Group", "mbox": "mailto:pat@example.com", "member": [mailbox("sam@example.com")]}, ADL + "passed", COURSE, result={"score": {"scaled": 1}}))
    tap.same((len(skill(data, "pat")["parts"]), len(skill(data, "sam")["parts"]), meno.must(data, "actors", "list")["waiting"]), (2, 1, 0), "what a group did is nobody's own, and no group waits")
    return actor


# ---- the rules -----------------------------------------------------------------------------------------------------

def rules(tap, data, door, folder):
    door.send(statement({"account": {"homePage": "https://hr.example", "name": "e2"}}, ADL + "passed", COURSE, result={"score": {"scaled": 0.9}}))
    text = meno.meno(data, "evidence", "rules", "file", js=False).out
    own = folder / "evidence.yaml"
    meno.write(own, text.replace("accounts: []", "accounts:\n  - { home page: https://hr.example, name: employee number }").replace("weight: 0.1, score: 0.6", "weight: 0.2, score: 0.6"))
    told = meno.must(data, "evidence", "rules", "check", own)
    tap.same((told["differ"], told["in_force"]), (1, meno.must(data, "evidence", "rules", "show")["revision"]), "before rules are set, it is told how many statements would count otherwise")
    share = {part["kind"]: part["share"] for part in skill(data, "pat")["parts"]}["completion"]
    shown = meno.must(data, "evidence", "rules", "set", own, "--reason", "our HR system sends statements")
    tap.same((shown["carried"], [row["reason"] for row in shown["history"]], shown["history"][0]["by"]), (False, ["our HR system sends statements", None], "operator"), "the ledger keeps who set which, and why")
    why = meno.must(data, "why", "negotiation", who="lead")["decisions"]
    tap.same([(row["by"], row["reason"]) for row in why], [("operator", "our HR system sends statements")], "and the skill's reasons lead there")
    tap.same(rules_of(data, "sam"), ["failed, with a score", "scored"], "an account that the rules know is its person's, for all that was there")
    tap.ok({part["kind"]: part["share"] for part in skill(data, "pat")["parts"]}["completion"] > 1.5 * share, "and a weight that was changed holds for all history", skill(data, "pat"))
    meno.write(folder / "bad.yaml", text.replace("{ as: completion, weight: 0.1", "{ as: assessment, weight: 1"))
    tap.ok("takes part for ability" in (refuses(data, "evidence", "rules", "set", folder / "bad.yaml", "--reason", "x") or ""), "rules that take completing for being able are refused")
    tap.ok("in force" in (refuses(data, "evidence", "rules", "set", own, "--reason", "again") or ""), "and so are those that hold already")
    one = folder / "statement.json"
    meno.write(one, json.dumps(statement(mailbox("pat@example.com"), CMI5 + "waived", COURSE, result={"success": True})))
    tried = meno.must(data, "evidence", "rules", "try", one)
    tap.same((tried["counts"], tried["rule"], tried["sentence"]), (False, "waived", "It counts for nothing: who may skip it has not shown that it is mastered."), "a statement is tried, and told why it counts for nothing")
    meno.write(one, json.dumps(statement(mailbox("pat@example.com"), ADL + "passed", COURSE, result={"score": {"raw": 40, "min": 0, "max": 50}})))
    tried = meno.must(data, "evidence", "rules", "try", one)
    tap.same((tried["counts"], tried["score"], tried["weight"], tried["skill"], [row["why"] for row in tried["rules"] if row["rule"] == "waived"]), (True, 0.8, 1, "Negotiation", ["its verb is not waived"]),
             "or for how much, and why each rule before it does not fit")


# ---- who may, and what stays ---------------------------------------------------------------------------------------

def roles(tap, data):
    refused = [meno.meno(data, "actors", "list", who=who).status for who in ("lead", "manager", "employee")] + [meno.meno(data, "evidence", "rules", "file", who="employee").status]
    tap.ok(all(refused) and meno.meno(data, "actors", "list", who="admin").status == 0 and meno.meno(data, "evidence", "rules", "show", who="employee").status == 0,
           "administrators alone see whom nobody knows; everybody may read the rules", refused)


def erasure(tap, data, door, actor):
    clear = [row for row in meno.events(data, sealed=True) if "quokka" in json.dumps(row[4])]
    tap.same(clear, [], "no event has the account's name in clear")
    linked = [row for row in meno.events(data, "actor.matched", sealed=True) if actor in json.dumps(row)]
    tap.same(linked, [], "nor the opaque one beside the person's")
    sent = json.loads(door.ask("GET", "/statements?agent=" + meno.quote(json.dumps(UNKNOWN)))[1])["statements"]
    shown = meno.must(data, "erase", "e3")
    meno.must(data, "erase", "e3", "--confirm", shown["id"])
    listed = meno.must(data, "actors", "list")
    tap.same((len(sent), listed["waiting"], [row for row in listed["decided"] if "quokka" in (row["called"] or "") or (row["person"] or {}).get("employee_number") == "e3"]), (2, 0, []), "erasing the person erases the link: the account neither waits nor is anybody's")
    return sent


def of_files(tap, data, folder):
    """What comes with a file waits like what comes through the door, and together with it."""
    meno.write(folder / "statements.jsonl", "".join(json.dumps(statement({"account": {"homePage": "https://old.example", "name": "ferret"}}, ADL + "passed", COURSE, result={"success": True})) + "\n" for _ in range(3)))
    meno.must(data, "import", folder / "statements.jsonl")
    row = meno.must(data, "actors", "list")["unknown"][0]
    tap.same((row["called"], row["statements"], row["system"]), ("ferret at https://old.example", 3, "a file"), "an account of a file that nobody knows waits, too")
    before = rules_of(data, "pat")
    meno.must(data, "actors", "match", row["actor"], "--person", "e1")
    tap.same(rules_of(data, "pat"), sorted(before + ["success"] * 3), "and its statements count when somebody says whose they are")


def main(tap):
    data, folder = meno.init(), meno.folder()
    meno.write_csv(folder / "people.csv", ["employee_number", "first_name", "last_name", "work_email", "team"],
                   [["e1", "Pat", "Penn", "pat@example.com", "A"], ["e2", "Sam", "Sand", "sam@example.com", "A"], ["e3", "Lou", "Lark", "lou@example.com", "A"]] +
                   [[f"b{n}", "", f"Other {n}", "", "B"] for n in range(40)])
    meno.write_csv(folder / "results.csv", ["employee_number", "skill_id", "date", "score", "kind"],  # others' results, so that it is known what an assessment is worth
                   [[f"b{n}", "negotiation", f"2026-01-{day:02}", 0.3 + n / 100 + day * 7 % 5 / 25, "assessment"] for n in range(40) for day in (5, 12, 19, 26)])
    meno.write_csv(folder / "skills.csv", ["skill_id", "name"], [["negotiation", "Negotiation"]])
    meno.must(data, "import", folder / "people.csv", folder / "skills.csv", folder / "results.csv")
    meno.add_accounts(data)
    for login, number in (("pat", "e1"), ("sam", "e2"), ("lou", "e3")):
        meno.must(data, "accounts", "add", login, "--roles", "employee", "--employee-number", number)
    credential = meno.must(data, "credentials", "add", "LMS", "--scopes", "all")
    with meno.Server(data) as server:
        door = Door(server, credential)
        courses(tap, data, door)
        films(tap, data, door)
        actor = actors(tap, data, door)
        rules(tap, data, door, folder)
        roles(tap, data)
        of_files(tap, data, folder)
        sent = erasure(tap, data, door, actor)
    with meno.Server(data) as server:
        door = Door(server, credential)
        tap.same([door.ask("GET", "/statements?statementId=" + row["id"])[0] for row in sent], [404, 404], "and its statements cannot be read any more")
        door.send(statement(UNKNOWN, ADL + "passed", COURSE, result={"score": {"scaled": 0.9}}))
        tap.same(meno.must(data, "actors", "list")["waiting"], 0, "nor does it come back with what still arrives")
    events, _ = meno.head(data)
    tap.ok(events > 30, f"the {events} events make the same tables again")


meno.scenario(main)
