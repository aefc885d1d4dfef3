#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people see of the record store: figures over time by verb, activity and team that add up, whatever is voided, and never of
fewer than five people."""
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
        tap.same([meno.Caller(server, login, passwords[login]).get("/statements/summary").status for login in ("lead", "analyst", "sysadmin", "approver", "manager", "employee", "privacy")],
                 [200, 200, 200, 403, 403, 403, 403], "figures are for those who run learning, who analyse and who keep the machine")
    meno.head(data)
    tap.ok(True, "and the events make the same tables again")


meno.scenario(main)
