#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who may do what: every operation walked as every role over HTTP; nobody without a session; nobody another's data; a manager
the own teams; and no figure of fewer than five people, nor of any that would give one away.

What a role may is read twice: from the server's own description, which the door has to keep to, and from the short table
below, which the description has to keep to."""
import datetime
import json
import random
import re

import meno

EVERYBODY = set(meno.ROLES.values())
EXPECTED = {  # operation → roles: what must not change by accident
    "goals_list": EVERYBODY - {"employee"}, "goals_weigh": {"lead"},
    "needs_list": {"lead", "approver", "manager", "analyst"}, "needs_confirm": {"lead"}, "needs_noise": {"lead"},
    "approvals_list": {"lead", "approver"}, "approvals_accept": {"lead", "approver"}, "approvals_reject": {"lead", "approver"},
    "skills_list": {"lead", "approver", "manager", "analyst"}, "why": EVERYBODY - {"administrator"},
    "impact_list": {"lead", "approver", "manager", "analyst"}, "impact_show": {"lead", "approver", "manager", "analyst"}, "impact_csv": {"lead", "approver", "manager", "analyst"},
    "impact_pdf": {"lead", "approver", "manager", "analyst"}, "estimate": {"lead", "approver", "manager", "analyst"}, "weights_list": {"lead", "approver", "manager", "analyst"}, "weights_reset": {"lead"}, "interventions_list": {"lead", "approver", "manager", "analyst"}, "interventions_show": {"lead", "approver", "manager", "analyst"},
    "workforce_list": {"lead", "approver", "analyst"}, "workforce_show": {"lead", "approver", "analyst"},
    "programmes_list": {"lead", "approver", "analyst"}, "programmes_show": {"lead", "approver", "analyst"},
    "programmes_stop": {"lead"}, "programmes_retarget": {"lead"}, "programmes_resume": {"lead"},
    "listening_list": {"lead", "approver", "manager", "analyst"}, "listening_promise": {"lead"}, "listening_keep": {"lead"},
    "me_show": EVERYBODY, "me_correct": EVERYBODY, "me_export": EVERYBODY,
    "import": {"lead", "administrator"}, "import_undo": {"lead", "administrator"}, "run": {"lead", "administrator"},
    "studio_sources": {"lead", "approver", "analyst"}, "studio_asset": {"lead", "approver", "analyst"}, "studio_draft": {"lead", "approver"},
    "lineage": EVERYBODY - {"administrator"}, "lineage_check": {"administrator"}, "retract": {"lead", "administrator"}, "whatif": {"lead"}, "rules_diff": {"lead", "approver"},
    "export": {"lead", "analyst", "administrator"}, "accounts_list": {"administrator"}, "accounts_add": {"administrator"},
    "statements_list": {"administrator", "privacy officer"}, "statements_show": {"administrator", "privacy officer"}, "statements_terms": {"administrator", "privacy officer"},
    "statements_reveal": {"privacy officer"}, "statements_agent": {"privacy officer"}, "statements_summary": {"lead", "analyst", "administrator"}, "statements_csv": {"lead", "analyst", "administrator"},
    "credentials_list": {"administrator"}, "credentials_add": {"administrator"}, "credentials_rotate": {"administrator"}, "credentials_revoke": {"administrator"},
    "statements_export": {"administrator"}, "statements_import": {"administrator"},
}


# ---- a company with teams of every size --------------------------------------------------------------------------

def company(small):
    """Six teams, one of `small` people whose figures fall, and everybody measured in one skill. People are e1, e2 …; the first
    of each team manages it."""
    folder, chance = meno.folder(), random.Random(1)
    teams = {"Alpha": 8, "Beta": 8, "Gamma": 7, "Delta": 6, "Epsilon": 9, "Small": small}
    people, results, heads, number = [], [], {}, 0
    for team, count in teams.items():
        for index in range(count):
            number += 1
            who = f"e{number}"
            heads.setdefault(team, who)
            people.append([who, f"First{number}", f"Last{number}", f"{who}@example.com", team, "D", "Agent", "" if index == 0 else heads[team], "2020-01-01"])
            for day in range(8):
                score = min(1, max(0, chance.gauss(0.4 if team == "Small" else 0.75, 0.1)))
                results.append([who, "talking", f"2026-0{1 + day % 2}-{10 + day}", round(score, 3), "assessment"])
    begin = datetime.date(2024, 9, 2)
    kpis = [["solved", team, begin + datetime.timedelta(weeks=week), round(chance.gauss(70, 1) - (25 if team == "Small" and week >= 52 else 0), 2), 100]
            for week in range(78) for team in teams]
    meno.write_csv(folder / "people.csv", "employee_number first_name last_name work_email team department job_title manager start_date".split(), people)
    meno.write_csv(folder / "results.csv", "employee_number skill_id date score kind".split(), results)
    meno.write_csv(folder / "kpis.csv", "goal_id team date value exposure".split(), kpis)
    meno.write(folder / "skills.csv", "skill_id,name\ntalking,Talking\n")
    meno.write(folder / "jobs.csv", "job_title,skill_id,level\nAgent,talking,3\n")
    meno.write(folder / "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due,weight,value_per_unit,currency,skills\nsolved,Solved,%,up,e1,70,80,2026-12-31,1,10000,EUR,talking\n")
    return folder, heads


def prepare(small):
    folder, heads = company(small)
    data = meno.init()
    meno.must(data, "import", folder)
    meno.must(data, "run")
    return data, heads


# ---- the walk ----------------------------------------------------------------------------------------------------

def operations(description):
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def request_for(method, path, operation):
    """An address and a body that reach the handler's door and can do no harm there: of something that is not there."""
    address = re.sub(r"\{[^}]*\}", "none-such", path)
    if method in ("GET", "DELETE"):
        return address, None, None
    if "multipart/form-data" in operation.get("requestBody", {}).get("content", {}):
        return address, b"--b--\r\n", "multipart/form-data; boundary=b"
    return address, b"{}", "application/json"


def walk(caller, description):
    """Every operation but signing out, which would end the walk: the reply of each."""
    for method, path, operation in operations(description):
        if (method, path) == ("DELETE", "/session"):
            continue
        address, body, kind = request_for(method, path, operation)
        reply = caller.ask(method, address, body, kind=kind)
        if reply.status == 202:
            caller.ask("DELETE", "/jobs/" + reply.json["job"])
        yield f"{method} {path}", operation, reply


def described(tap, description):
    roles = {operation["operationId"]: set(operation.get("x-meno-roles", [])) for _, _, operation in operations(description)}
    for name, expected in EXPECTED.items():
        tap.same(roles.get(name), expected, f"{name} is for {', '.join(sorted(expected)) if expected != EVERYBODY else 'everybody signed in'}")


def nobody(tap, server, description):
    for what, operation, reply in walk(meno.Caller(server), description):
        if operation["security"]:
            tap.ok((reply.status, reply.code) == (401, "unauthenticated"), f"nobody: {what} is 401", reply)
        else:
            tap.ok(reply.status in (400, 415), f"nobody: {what} is open", reply)


def somebody(tap, caller, description):
    mine = set(caller.who["roles"])
    for what, operation, reply in walk(caller, description):
        if not operation["security"]:
            continue
        allowed, refused = bool(mine & set(operation["x-meno-roles"])), (reply.status, reply.code) == (403, "forbidden")
        good = not refused and reply.status not in (401, 405, 415, 429) and reply.status < 500 if allowed else refused
        tap.ok(good, f"{caller.who['account']}: {what} is {'allowed' if allowed else 'refused'}", reply)


def with_token(tap, server, caller, description):
    """A token opens what its one scope is for, and no more."""
    scopes = [scope for scope in caller.who["may"] if scope != "SIGNED_IN"]
    made = caller.post("/session/tokens", {"label": "walk", "scopes": scopes[:1]})
    if not tap.ok(made.status == 200, f"token of {caller.who['account']}: made with {scopes[0]}", made):
        return
    program = meno.Caller(server)
    program.headers = {"Authorization": "Bearer " + made.json["secret"]}
    wrong = []
    for method, path, operation in operations(description):
        permission = operation.get("x-meno-permission")
        if method == "GET" and operation["security"] and permission != "SIGNED_IN":
            reply = program.get(request_for(method, path, operation)[0])
            wrong += [] if (reply.status == 403) != (permission == scopes[0]) else [(path, reply)]
    tap.ok(not wrong, f"token of {caller.who['account']}: it opens what {scopes[0]} is for, and nothing else", wrong)
    more = caller.post("/session/tokens", {"label": "more", "scopes": ["OPERATE", "STEER", "IMPORT", "READ_NEEDS"]})
    tap.ok(more.status == 403 or {"OPERATE", "STEER", "IMPORT", "READ_NEEDS"} <= set(scopes), f"token of {caller.who['account']}: none with more than the own permissions", more)
    tap.ok(program.post("/session/tokens", {"label": "child", "scopes": scopes[:1]}).status == 403, f"token of {caller.who['account']}: it makes no further token")
    tap.same(caller.ask("DELETE", "/session/tokens/" + made.json["id"]).status, 200, f"token of {caller.who['account']}: taken back")
    tap.same(program.get("/session").status, 401, f"token of {caller.who['account']}: then it is 401")


# ---- another's data ----------------------------------------------------------------------------------------------

def own_data_only(tap, employee, others, description):
    mine = employee.get("/me").json["person"]["employee_number"]
    for other in others:
        them = other.get("/me").json["person"]
        secrets = [them["employee_number"], them["email"], other.who["person"]]
        found = []
        for method, path, _ in operations(description):
            if method != "GET":
                continue
            for value in (other.who["person"], them["employee_number"], them["email"]) if "{" in path else ("",):
                address = re.sub(r"\{[^}]*\}", meno.quote(value), path)
                for query in ("",) + (("?q=" + meno.quote(them["email"]), "?q=" + meno.quote(them["name"])) if path == "/search" else ("?person=" + other.who["person"],)):
                    reply = employee.get(address + query)
                    if reply.status == 200 and any(re.search(rf"(?<![\w-]){re.escape(secret)}(?![\w-])", reply.body.decode("utf-8", "replace")) for secret in secrets):
                        found.append((address + query, reply))
                    if reply.status == 200 and query.startswith("?person"):
                        found.append((address + query, "an unknown parameter was taken"))
        tap.ok(not found, f"the employee reads nothing of the {other.who['account']}", found)
    level = employee.post("/me/skills/talking", {"level": 5, "note": "I teach it"})
    tap.ok(level.status == 200, "the employee corrects an own skill", level)
    tap.same(employee.post("/me/skills/talking", {"level": 5, "note": "x", "person": others[0].who["person"]}).status, 400, "and nobody else's")
    corrected = [other.who["account"] for other in others if any(skill["corrected"] for skill in other.get("/me").json["skills"])]
    tap.same(corrected, [], "nobody else's page shows it")
    tap.same(json.loads(employee.get("/me/export").body)["person"]["employee_number"], mine, "the own page can be taken along")


# ---- own teams, small teams --------------------------------------------------------------------------------------

def own_teams(tap, manager, other, team):
    skills = manager.get("/skills").json
    tap.same({cell["team"] for cell in skills["cells"]} | {row["team"] for row in skills["teams"]}, {team}, "a manager sees the skills of the own team only")
    tap.same({row["team"] for row in manager.get("/skills/talking").json["teams"]}, {team}, "also where one skill is shown")
    tap.same({row["team"] for row in manager.get("/goals/solved").json["teams"]}, {team}, "and of a goal the own team's figures")
    mine, theirs = manager.get("/needs").json["needs"], other.get("/needs").json["needs"]
    tap.ok(all(team in need["teams"] for need in mine), "needs are those of the own team", mine)
    hidden = [need for need in theirs if need["id"] not in [own["id"] for own in mine]]
    for need in hidden:
        replies = [manager.get(f"/needs/{need['id']}"), manager.get(f"/why/{need['id']}")]
        tap.same([reply.status for reply in replies], [404, 404], "another team's need is not there for a manager")
    return len(hidden)


def told(data, needs):
    """All that is said of needs: lists, reasons, proposals, exports."""
    parts = [meno.must(data, "needs"), meno.must(data, "approvals", "list", "--all"), meno.must(data, "today"), meno.must(data, "export", js=False).out]
    parts += [meno.must(data, "why", need["id"]) for need in needs]
    parts += [meno.must(data, "approvals", "show", row["id"]) for row in parts[1]["proposals"]]
    return json.dumps(parts)


def solved_for(rows, total):
    """The hidden teams' mean by subtraction, where one alone is hidden: what must not be possible."""
    hidden = [row["team"] for row in rows if row["hidden"]]
    shown = [row["latest"] for row in rows if not row["hidden"]]
    return (hidden, total * len(rows) - sum(shown)) if len(hidden) == 1 else None


def small_teams(tap):
    four, _ = prepare(4)
    five, _ = prepare(5)
    cells = lambda data: {cell["team"]: cell for cell in meno.must(data, "skills")["cells"]}
    few, enough = cells(four)["Small"], cells(five)["Small"]
    tap.ok(few["hidden"] and few["there"] is None and few["share"] is None and few["measured"] == few["needing"] == 0, "skills: a team of four is withheld", few)
    tap.ok(not enough["hidden"] and enough["measured"] == 5 and enough["share"] is not None, "skills: a team of five is shown", enough)
    tap.ok(sum(cell["hidden"] for cell in cells(four).values()) >= 2, "skills: with its total known, the four are not alone in being withheld", cells(four))
    tap.ok(not any(cell["hidden"] for cell in cells(five).values()), "skills: where nobody is too few, nothing is withheld")
    one = {row["team"]: row for row in meno.must(four, "skills", "show", "talking")["teams"]}["Small"]
    tap.ok(one["hidden"] and one["there"] is None, "skills: the same where one skill is shown", one)
    goal = lambda data: meno.must(data, "goals", "show", "solved")
    team = lambda data: {row["team"]: row for row in goal(data)["teams"]}["Small"]
    tap.ok(team(four)["hidden"] and team(four)["latest"] is None and team(four)["series"] == [], "goals: a team of four is withheld", team(four))
    tap.ok(not team(five)["hidden"] and team(five)["latest"] is not None and team(five)["series"], "goals: a team of five is shown", team(five))
    tap.ok(solved_for(goal(four)["teams"], goal(four)["latest"]) is None, "goals: the four's figure cannot be had by subtraction", lambda: solved_for(goal(four)["teams"], goal(four)["latest"]))
    needs_four, needs_five = meno.must(four, "needs")["needs"], meno.must(five, "needs")["needs"]
    tap.ok(any("Small" in need["teams"] for need in needs_five), "needs: a team of five is named", needs_five)
    tap.ok("Small" in told(five, needs_five), "why and proposals: a team of five is named")
    tap.ok("Small" not in told(four, needs_four), "needs, why and proposals: a team of four is not", needs_four)
    tap.ok(all(need["series"] is None for need in needs_four if not need["teams"]), "needs: nor is its series shown", needs_four)
    lone = [item for need in needs_four for item in meno.must(four, "why", need["id"])["evidence"] if item["people"] is not None and item["people"] < 5]
    tap.same(lone, [], "why: no evidence says that it rests on fewer than five")
    single = meno.must(five, "why", "talking")["statement"]
    tap.ok("results of 43 people" in single, "why: what rests on many is told", single)


def few_people(tap):
    """A company of four: nothing of it is a group figure."""
    folder = meno.folder()
    meno.write(folder / "people.csv", "employee_number,team,job_title\n" + "".join(f"e{i},T,Agent\n" for i in range(4)))
    meno.write(folder / "skills.csv", "skill_id,name\ntalking,Talking\n")
    meno.write(folder / "jobs.csv", "job_title,skill_id,level\nAgent,talking,3\n")
    meno.write(folder / "results.csv", "employee_number,skill_id,date,score\n" + "".join(f"e{i},talking,2026-01-{day:02},0.{5 + i}\n" for i in range(4) for day in range(1, 9)))
    data = meno.init()
    meno.must(data, "import", folder)
    meno.must(data, "run")
    skill = meno.must(data, "skills", "show", "talking")
    tap.ok(skill["people"] == 0 and skill["mean"] is None and skill["low"] is None and skill["histogram"] == [], "of four people a skill has no figure", skill)
    tap.ok(all(job["hidden"] and job["there"] is None for job in skill["jobs"]), "nor has their job", skill["jobs"])
    why = meno.must(data, "why", "talking")
    tap.ok("fewer than five" in why["statement"] and all(item["people"] is None for item in why["evidence"]), "nor do its reasons tell how many", why)


def main(tap):
    data, heads = prepare(5)
    passwords = meno.add_accounts(data, manager=heads["Alpha"], employee="e2", lead="e10", approver="e20")
    passwords["head of small"] = meno.must(data, "accounts", "add", "small", "--roles", "manager", "--employee-number", heads["Small"])["password"]
    with meno.Server(data) as server:
        description = meno.Caller(server).get("/openapi.json").json
        described(tap, description)
        nobody(tap, server, description)
        callers = {login: meno.Caller(server, login, passwords[login]) for login in meno.ROLES}
        for caller in callers.values():
            somebody(tap, caller, description)
        for login in ("lead", "employee", "analyst", "sysadmin"):
            with_token(tap, server, callers[login], description)
        own_data_only(tap, callers["employee"], [callers["lead"], callers["manager"], callers["approver"]], description)
        hidden = own_teams(tap, callers["manager"], callers["lead"], "Alpha")
        own_teams(tap, meno.Caller(server, "small", passwords["head of small"]), callers["lead"], "Small")
        tap.ok(hidden > 0, "there was a need to hide")
        for login in ("lead", "sysadmin"):
            tap.same(callers[login].ask("DELETE", "/session").status, 200, f"{login}: signed out")
            tap.same(callers[login].get("/session").status, 401, f"{login}: then it is 401")
    small_teams(tap)
    few_people(tap)


if __name__ == "__main__":
    meno.scenario(main)
