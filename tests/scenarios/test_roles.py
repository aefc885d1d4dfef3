#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""Walks every operation as every role, over HTTP, at a running server.

The expectations come from the server's own description (x-meno-roles), which is made of the operations' rows; what is
tested is that the door and the operations keep to it: without a session 401; without the permission 403 and nothing else;
with it never 403; a token with one scope opens that permission's operations only; and an employee sees nothing of another.

    MENO_URL=http://127.0.0.1:8080 MENO_LOGINS='[{"login": …, "password": …}, …]' test_roles.py

Prints TAP. Standard library only.
"""
import http.client
import json
import os
import re
import sys
import urllib.parse

URL = urllib.parse.urlsplit(os.environ["MENO_URL"])
LOGINS = json.loads(os.environ["MENO_LOGINS"])
ROOT = "/api/v1"
count = failed = 0


def check(good, what, why=""):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {what}")
    if not good and why:
        print("# " + str(why).replace("\n", "\n# "))


def ask(method, path, body=None, headers=None, kind="application/json"):
    connection = http.client.HTTPConnection(URL.hostname, URL.port, timeout=60)
    headers = dict(headers or {})
    if body is not None:
        headers["Content-Type"] = kind
    connection.request(method, ROOT + path, body=body, headers=headers)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    try:
        value = json.loads(text) if text else None
    except ValueError:
        value = None
    return answer.status, value, answer.headers, text


class Caller:
    def __init__(self, login, password):
        status, self.who, headers, text = ask("POST", "/session", json.dumps({"login": login, "password": password}))
        if status != 200:
            sys.exit(f"Bail out! signing in as {login} answered {status}: {text[:300]}")
        cookie = headers["Set-Cookie"].split(";")[0]
        self.login, self.password = login, password
        self.headers = {"Cookie": cookie, "X-Meno-CSRF": self.who["csrf"]}

    def ask(self, method, path, body=None, kind="application/json"):
        return ask(method, path, body, self.headers, kind)


def operations(description):
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield method.upper(), path, operation


def request_for(method, path, operation):
    """An address and a body that reach the handler's door and can do no harm there: of something that is not there."""
    address = re.sub(r"\{[^}]*\}", "none-such", path)
    if method in ("GET", "DELETE"):
        return address, None, None
    kinds = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in kinds:
        return address, b"--b--\r\n", "multipart/form-data; boundary=b"
    return address, b"{}", "application/json"


def stop_job(caller, status, value):
    if status == 202 and value and "job" in value:
        caller.ask("DELETE", "/jobs/" + value["job"])


def walk_without_session(description):
    for method, path, operation in operations(description):
        address, body, kind = request_for(method, path, operation)
        status, value, _, _ = ask(method, address, body, kind=kind)
        if operation["security"]:
            check(status == 401 and value["code"] == "unauthenticated", f"nobody: {method} {path} is 401", (status, value))
        else:
            check(status in (400, 415), f"nobody: {method} {path} is open", (status, value))


def walk_as(caller, description):
    """Every operation but signing out, which would end the walk."""
    mine = set(caller.who["roles"])
    for method, path, operation in operations(description):
        if not operation["security"] or (method, path) == ("DELETE", "/session"):
            continue
        address, body, kind = request_for(method, path, operation)
        status, value, _, text = caller.ask(method, address, body, kind)
        stop_job(caller, status, value)
        allowed = bool(mine & set(operation["x-meno-roles"]))
        code = value.get("code") if isinstance(value, dict) else None
        refused = status == 403 and code == "forbidden"
        title = f"{caller.login} ({', '.join(sorted(mine))}): {method} {path} is {'allowed' if allowed else 'refused'}"
        check((not refused and status not in (401, 429) and status < 500) if allowed else refused, title, (status, text[:300]))


def walk_with_token(caller, description):
    permissions = [p for p in caller.who["may"] if p != "SIGNED_IN"]
    scope = permissions[0]
    status, made, _, text = caller.ask("POST", "/session/tokens", json.dumps({"label": "walk", "scopes": [scope]}))
    check(status == 200, f"{caller.login}: a token with {scope} is made", text[:300])
    if status != 200:
        return
    headers = {"Authorization": "Bearer " + made["secret"]}
    for method, path, operation in operations(description):
        permission = operation.get("x-meno-permission")
        if not operation["security"] or permission == "SIGNED_IN" or method != "GET":
            continue
        address, body, kind = request_for(method, path, operation)
        status, value, _, text = ask(method, address, body, headers, kind)
        check((status == 403) != (permission == scope), f"token of {caller.login} with {scope}: {method} {path}", (status, text[:300]))
    status, _, _, _ = caller.ask("DELETE", "/session/tokens/" + made["id"])
    check(status == 200, f"{caller.login}: the token is revoked")
    status, _, _, _ = ask("GET", "/session", None, headers)
    check(status == 401, f"{caller.login}: a revoked token is 401")


def leaks(text, secrets):
    low = text.decode("utf-8", "replace").lower()
    return [s for s in secrets if s.lower() in low]


def walk_for_leaks(caller, other, description):
    """Reads all that an employee may read, with every way to ask for somebody else."""
    status, me, _, text = other.ask("GET", "/me")
    person = (me or {}).get("person")
    if status != 200 or not person or not other.who["person"]:
        check(True, f"leaks: {other.login} is nobody of the company # SKIP")
        return
    # The name is no secret: it stands at decisions. What is filed under it is.
    secrets = [s for s in (str(person.get("employee_number") or ""), person.get("email") or "", other.who["person"]) if len(s) > 3]
    seen = []
    for method, path, operation in operations(description):
        if method != "GET" or path.endswith("/export") or "MENO" in path:
            continue
        for value in ("none-such", other.who["person"], urllib.parse.quote(str(person.get("employee_number") or "x"), safe="")):
            address = re.sub(r"\{[^}]*\}", value, path)
            extra = "?q=" + urllib.parse.quote(person.get("name") or "x") if path == "/search" else ""
            status, _, _, text = caller.ask(method, address + extra)
            # What was asked with is said back in a refusal; that is no leak.
            found = [s for s in leaks(text, secrets) if status == 200]
            if found:
                seen.append((method, address + extra, found))
            if "{" not in path:
                break
        if path.startswith("/me"):
            status, _, _, text = caller.ask("GET", re.sub(r"\{[^}]*\}", "none-such", path) + "?person=" + other.who["person"])
            check(status in (400, 404), f"{caller.login}: GET {path}?person= of another is refused", (status, text[:200]))
    check(not seen, f"{caller.login} reads nothing of {other.login}", seen)
    status, mine, _, _ = caller.ask("GET", "/me")
    check(status == 200 and mine.get("person") != person, f"{caller.login}: /me is the own page")


def main():
    status, description, _, _ = ask("GET", "/openapi.json")
    check(status == 200 and description["openapi"].startswith("3.1"), "the description is there")
    rows = list(operations(description))
    check(len(rows) > 10, f"{len(rows)} operations")
    walk_without_session(description)
    callers = [Caller(entry["login"], entry["password"]) for entry in LOGINS]
    roles = {role for caller in callers for role in caller.who["roles"]}
    known = {role for _, _, operation in rows for role in operation.get("x-meno-roles", [])}
    check(known <= roles, "there is an account for every role", known - roles)
    for caller in callers:
        walk_as(caller, description)
    for caller in callers:
        if len(caller.who["may"]) > 1:
            walk_with_token(caller, description)
    people = [caller for caller in callers if caller.who["person"]]
    employees = [caller for caller in people if caller.who["roles"] == ["employee"]]
    if "/me" in description["paths"]:
        for caller in employees:
            for other in people:
                if other is not caller:
                    walk_for_leaks(caller, other, description)
    for caller in callers:
        status, _, _, _ = caller.ask("DELETE", "/session")
        check(status == 200, f"{caller.login}: signed out")
        status, _, _, _ = caller.ask("GET", "/session")
        check(status == 401, f"{caller.login}: then it is 401")
    print(f"1..{count}")
    sys.exit(1 if failed else 0)


main()
