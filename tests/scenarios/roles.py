#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation as every role: over HTTP, what the matrix gives and nothing else.

The expectations come from the server's own description (x-meno-roles), which is made of the operations' rows; what is tested
is that the door and the operations keep to it: without a session 401; without the permission 403 and nothing else; with it
never 403; a token with one scope opens that permission's operations only; and an employee reads nothing of another."""
import re

import meno


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
        body, kind = meno.multipart([])
        return address, body, kind
    return address, b"{}", "application/json"


def walk_without_session(tap, server, description):
    nobody = meno.Caller(server)
    for method, path, operation in operations(description):
        address, body, kind = request_for(method, path, operation)
        reply = nobody.ask(method, address, body, kind=kind)
        if operation["security"]:
            tap.ok(reply.status == 401 and reply.code == "unauthenticated", f"nobody: {method} {path} is 401", reply)
        else:
            tap.same(reply.status, 400, f"nobody: {method} {path} is open")


def walk_as(tap, login, caller, description):
    """Every operation but signing out, which would end the walk."""
    mine = set(caller.who["roles"])
    for method, path, operation in operations(description):
        if not operation["security"] or (method, path) == ("DELETE", "/session"):
            continue
        address, body, kind = request_for(method, path, operation)
        reply = caller.ask(method, address, body, kind=kind)
        if reply.status == 202:
            caller.ask("DELETE", "/jobs/" + reply.json["job"])
            caller.job(reply)
        allowed = bool(mine & set(operation["x-meno-roles"]))
        refused = reply.status == 403 and reply.code == "forbidden"
        fine = not refused and reply.status not in (401, 405, 415, 429) and reply.status < 500 if allowed else refused
        tap.ok(fine, f"{login}: {method} {path} is {'allowed' if allowed else 'refused'}", reply)


def walk_with_token(tap, login, caller, description):
    scopes = [permission for permission in caller.who["may"] if permission != "SIGNED_IN"]
    made = caller.post("/session/tokens", {"label": "walk", "scopes": scopes[:1]})
    if not tap.same(made.status, 200, f"{login}: a token for {scopes[0]} is made"):
        return
    program = {"Authorization": "Bearer " + made.json["secret"]}
    for method, path, operation in operations(description):
        permission = operation.get("x-meno-permission")
        if method != "GET" or permission in (None, "SIGNED_IN"):
            continue
        reply = caller.get(request_for(method, path, operation)[0], headers=program)
        tap.ok((reply.status == 403) != (permission == scopes[0]), f"{login}'s token for {scopes[0]}: {method} {path}", reply)
    tap.same(caller.post("/session/tokens", {"label": "more", "scopes": scopes[:1]}, headers=program).status, 403, f"{login}: a token makes no token")
    tap.same(caller.ask("DELETE", "/session/tokens/" + made.json["id"]).status, 200, f"{login}: the token is revoked")
    tap.same(caller.get("/session", headers=program).status, 401, f"{login}: and is no good any more")


def walk_for_leaks(tap, login, caller, other, description):
    """All that the caller may read, asked for in every way that names the other. A name is no secret: it stands at
    decisions. What is filed under a person is."""
    person = other.get("/me").json["person"]
    secrets = [text.lower() for text in (person["employee_number"], person["email"] or "", other.who["person"]) if len(text) > 3]
    seen = []
    for method, path, _ in operations(description):
        if method != "GET":
            continue
        names = [other.who["person"], person["employee_number"]] if "{" in path else [""]
        for name in names:
            address = re.sub(r"\{[^}]*\}", meno.quote(name), path) + ("?q=" + meno.quote(person["name"]) if path == "/search" else "")
            reply = caller.get(address)
            # What was asked with may be said back in a refusal; that is no leak.
            if reply.status == 200 and any(text in reply.body.decode("utf-8", "replace").lower() for text in secrets):
                seen.append(address)
        if path.startswith("/me"):
            address = re.sub(r"\{[^}]*\}", "none-such", path) + "?person=" + other.who["person"]
            tap.ok(caller.get(address).status in (400, 404), f"{login}: {path} takes nobody else's id")
    tap.same(seen, [], f"{login} reads nothing of another employee")
    tap.ok(caller.get("/me").json["person"] != person, f"{login}: /me is the own page")


def walk_out(tap, login, caller):
    tap.same(caller.post("/skills", {}, headers={"Cookie": caller.headers["Cookie"]}).status in (403, 405), True, f"{login}: no change without the CSRF token")
    tap.same(caller.ask("DELETE", "/session").status, 200, f"{login}: signs out")
    tap.same(caller.get("/session").status, 401, f"{login}: and is out")


def main(tap):
    files, data = meno.simulate(80, 3), meno.init()
    meno.must(data, "import", files)
    meno.must(data, "run")
    people = [row["employee_number"] for row in meno.read_csv(files / "people.csv") if row.get("status", "active") in ("", "active")]
    passwords = meno.add_accounts(data, manager=people[0], employee=people[1])
    passwords["colleague"] = meno.must(data, "accounts", "add", "colleague", "--roles", "employee", "--employee-number", people[2])["password"]
    with meno.Server(data) as server:
        description = meno.Caller(server).get("/openapi.json").json
        tap.ok(len(list(operations(description))) > 25, "the description lists the operations")
        walk_without_session(tap, server, description)
        callers = {login: meno.Caller(server, login, password) for login, password in passwords.items()}
        known = {role for _, _, operation in operations(description) for role in operation.get("x-meno-roles", [])}
        tap.same(known - {role for caller in callers.values() for role in caller.who["roles"]}, set(), "there is an account for every role")
        for login, caller in callers.items():
            walk_as(tap, login, caller, description)
            walk_with_token(tap, login, caller, description)
        for login in ("employee", "manager"):
            walk_for_leaks(tap, login, callers[login], callers["colleague"], description)
        for login, caller in callers.items():
            walk_out(tap, login, caller)


meno.scenario(main)
