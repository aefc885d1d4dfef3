#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""A decision is one row: whatever comes at once, one holds; it is bound to what was shown, to who may, to every question
answered, and to its time. Silence is no."""
import http.client
import json
import threading
import time

import meno

LATER = "2026-03-20T09:00:00Z"  # the fortnight of a note is over, the month of an intervention is not
MUCH_LATER = "2026-04-10T09:00:00Z"
WORDS = ("accept", "reject", "request-changes")
RULES = meno.TOP / "src" / "gate" / "rules.yaml"


def waiting(data, kind, who=None):
    return [row for row in meno.must(data, "approvals", who=who)["proposals"] if row["kind"] == kind]


def shown(data, proposal, who=None):
    return meno.must(data, "approvals", "show", proposal, who=who)


def all_yes(proposal):
    return [item["id"] for item in proposal["criteria"]]


def decided(data, proposal):
    return [body for _, _, subject, _, body in meno.events(data, "approval.decided") if body["proposal"] == proposal]


# ---- all at once -------------------------------------------------------------------------------------------------

def storm(callers, proposal, count):
    """`count` contradicting decisions on one proposal at the same moment: (login, word, reply) of each."""
    start, replies = threading.Barrier(count), []

    def one(index):
        caller, word = callers[index % len(callers)], WORDS[index // len(callers) % len(WORDS)]
        body = {"hash": proposal["hash"], "reason": f"number {index}"} | ({"criteria": all_yes(proposal)} if word == "accept" else {})
        start.wait(meno.DEADLINE)
        replies.append((caller.who["account"], word, caller.post(f"/approvals/{proposal['id']}/{word}", body)))

    threads = [threading.Thread(target=one, args=(index,)) for index in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return replies


def at_once(tap, data, passwords):
    accounts = dict(passwords)
    for index in range(6):
        login = f"approver{index}"
        accounts[login] = meno.must(data, "accounts", "add", login, "--roles", "approver")["password"]
    with meno.Server(data) as server:
        callers = [meno.Caller(server, login, accounts[login]) for login in accounts if login.startswith(("lead", "approver"))]
        for round_, row in enumerate(waiting(data, "act on need")[:1] + waiting(data, "send note")[:2]):
            proposal = callers[0].get(f"/approvals/{row['id']}").json
            count = 50 if round_ == 0 else 16
            replies = storm(callers, proposal, count)
            after = callers[0].get(f"/approvals/{row['id']}").json
            tap.same((len(replies), len(after["decisions"]), len(decided(data, row["id"]))), (count, 1, 1), f"{count} decisions at once on one {row['kind']!r} leave one")
            by, what = after["decisions"][0]["by"], after["decisions"][0]["decision"].replace(" ", "-")
            done = {(login, word) for login, word, reply in replies if reply.status == 200}
            tap.same(done, {(by, what)}, "only who decided is told so")
            others = {(reply.status, reply.code) for login, word, reply in replies if reply.status != 200}
            tap.same(others, {(409, "conflict")}, "everybody else hears of the conflict")
            tap.ok(all(by in reply.json["detail"] for _, _, reply in replies if reply.status == 409), "and whose decision it was", [reply.json["detail"] for _, _, reply in replies if reply.status == 409][:2])
            expected = {"accept": "accepted", "reject": "rejected", "request-changes": "changes requested"}[what]
            tap.same(after["state"], expected, "the state is what the one decision says")
        tap.same(server.stop(), 0, "the server stops")
    meno.head(data)
    tap.ok(True, "the ledger replays to the same tables")


def thousand(tap, data, passwords):
    """A thousand decisions that contradict each other, from eight people over a hundred connections that stay open. Who is asked to
    wait (the lane of changes is bounded) waits as told, and asks again."""
    accounts = dict(passwords)
    for index in range(6):
        login = f"approver{index}"
        accounts[login] = meno.must(data, "accounts", "add", login, "--roles", "approver")["password"]
    row, connections, each = waiting(data, "act on need")[0], 100, 10
    with meno.Server(data) as server:
        callers = [meno.Caller(server, login, accounts[login]) for login in accounts if login.startswith(("lead", "approver"))]
        proposal = callers[0].get(f"/approvals/{row['id']}").json
        start, replies, asked_to_wait = threading.Barrier(connections), [], []

        def one(index):
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=meno.DEADLINE)
            start.wait(meno.DEADLINE)
            for turn in range(each):
                number = index * each + turn
                caller, word = callers[number % len(callers)], WORDS[number // len(callers) % len(WORDS)]
                body = {"hash": proposal["hash"], "reason": f"number {number}"} | ({"criteria": all_yes(proposal)} if word == "accept" else {})
                while True:
                    connection.request("POST", f"/api/v1/approvals/{row['id']}/{word}", json.dumps(body), caller.headers | {"Content-Type": "application/json"})
                    answer = connection.getresponse()
                    reply = meno.Reply(answer.status, answer.headers, answer.read())
                    if reply.status != 429:
                        break
                    asked_to_wait.append(reply)
                    meno.select.select([], [], [], float(reply.headers["Retry-After"]))
                replies.append((caller.who["account"], word, reply))
            connection.close()

        begun = time.monotonic()
        threads = [threading.Thread(target=one, args=(index,)) for index in range(connections)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(f"# {len(replies)} decisions in {time.monotonic() - begun:.1f} s; asked to wait {len(asked_to_wait)} times")
        after = callers[0].get(f"/approvals/{row['id']}").json
        tap.same((len(replies), len(after["decisions"]), len(decided(data, row["id"]))), (1000, 1, 1), "of a thousand contradicting decisions over HTTP one stands")
        by, what = after["decisions"][0]["by"], after["decisions"][0]["decision"].replace(" ", "-")
        tap.same({(login, word) for login, word, reply in replies if reply.status == 200}, {(by, what)}, "who decided is told so, and nobody else")
        tap.same({(reply.status, reply.code) for _, _, reply in replies if reply.status != 200}, {(409, "conflict")}, "the others hear of the conflict, each of them")
        tap.same(after["state"], {"accept": "accepted", "reject": "rejected", "request-changes": "changes requested"}[what], "and there is one state")
        tap.same(server.stop(), 0, "the server stops")
    meno.head(data)


# ---- one after another -------------------------------------------------------------------------------------------

def second(tap, data):
    proposal = shown(data, waiting(data, "send note")[0]["id"])
    words = ("--hash", proposal["hash"], "--reason", "no", )
    meno.must(data, "approvals", "reject", proposal["id"], *words, who="approver")
    head = meno.head(data)
    other = meno.meno(data, "approvals", "accept", proposal["id"], "--hash", proposal["hash"], "--criteria", ",".join(all_yes(proposal)), who="lead")
    tap.ok(other.status == 73 and other.json["code"] == "conflict" and other.json["status"] == 409, "a second decision is a conflict", other)
    change = meno.meno(data, "approvals", "accept", proposal["id"], "--hash", proposal["hash"], "--criteria", ",".join(all_yes(proposal)), who="approver")
    tap.same(change.status, 73, "also from who decided, with another word")
    again = meno.meno(data, "approvals", "reject", proposal["id"], *words, who="approver")
    tap.same(again.status, 0, "the very same decision again is quietly fine")
    tap.same(meno.head(data), head, "and none of these is recorded")


def stale(tap, data, files):
    proposal = shown(data, waiting(data, "act on need")[0]["id"])
    wrong = meno.meno(data, "approvals", "accept", proposal["id"], "--hash", "0" * 64, "--criteria", ",".join(all_yes(proposal)), who="approver")
    tap.ok(wrong.status == 75 and wrong.json["code"] == "stale" and wrong.json["status"] == 409, "another hash than what is there is stale", wrong)
    empty = meno.meno(data, "approvals", "accept", proposal["id"], "--hash", "", "--criteria", ",".join(all_yes(proposal)), who="approver")
    tap.ok(empty.status in (65, 75), "so is none", empty)
    moved = meno.clone(data)
    rows, folder = meno.read_csv(files / "kpis.csv"), meno.folder()
    goal = proposal["body"]["goal"]
    last = sorted({row["date"] for row in rows})[-8:]
    for row in rows:
        if row["goal_id"] == goal and row["date"] in last:
            row["value"] = str(float(row["value"]) * 1.02)
    meno.write_csv(folder / "kpis.csv", rows[0].keys(), [row.values() for row in rows])
    meno.must(moved, "import", folder)
    meno.must(moved, "run")
    now = shown(moved, proposal["id"])
    tap.ok(now["state"] == "superseded", "new figures replace the proposal, or take it back", now["state"])
    late = meno.meno(moved, "approvals", "accept", proposal["id"], "--hash", proposal["hash"], "--criteria", ",".join(all_yes(proposal)), who="approver")
    tap.ok(late.status == 75 and late.json["code"] == "stale", "a decision on the old one is stale", late)
    tap.same(decided(moved, proposal["id"]), [], "and not recorded")


def criteria(tap, data):
    proposal = shown(data, waiting(data, "act on need")[0]["id"])
    head, yes = meno.head(data), all_yes(proposal)
    for title, given in (("no answer", []), ("all but one", yes[:-1]), ("a question that was not asked", yes + ["weather"])):
        answer = meno.meno(data, "approvals", "accept", proposal["id"], "--hash", proposal["hash"], *(["--criteria", ",".join(given)] if given else []), who="approver")
        tap.ok(answer.status == 65 and answer.json["code"] == "bad-input", f"accepting with {title}: refused", answer)
    for word in ("reject", "request-changes"):
        answer = meno.meno(data, "approvals", word, proposal["id"], "--hash", proposal["hash"], "--reason", "  ", who="approver")
        tap.ok(answer.status == 65 and "reason" in answer.err, f"to {word} without a reason: refused", answer)
    tap.same(meno.head(data), head, "none of these is recorded")


# ---- who may -----------------------------------------------------------------------------------------------------

def who_may(tap, data, files):
    proposal = shown(data, waiting(data, "act on need")[0]["id"])
    given = ("--hash", proposal["hash"], "--criteria", ",".join(all_yes(proposal)))
    for login in ("manager", "employee", "analyst", "privacy", "sysadmin"):
        answer = meno.meno(data, "approvals", "accept", proposal["id"], *given, who=login)
        tap.ok(answer.status == 77 and answer.json["code"] == "forbidden", f"the {login} decides nothing", answer)
    # Who asked does not decide the answer.
    notes = {row["id"]: shown(data, row["id"]) for row in waiting(data, "send note")}
    requests = {row["request_id"]: row["requester"] for row in meno.read_csv(files / "requests.csv")}
    note = next(note for note in notes.values() if note["body"]["request"] in requests)
    meno.must(data, "accounts", "add", "asker", "--roles", "approver", "--employee-number", requests[note["body"]["request"]])
    given = ("--hash", note["hash"], "--criteria", ",".join(all_yes(note)))
    own = meno.meno(data, "approvals", "accept", note["id"], *given, who="asker")
    tap.ok(own.status == 77 and "you asked" in own.err, "who asked does not decide the answer", own)
    tap.ok(not shown(data, note["id"], "asker")["mine"] and shown(data, note["id"], "approver")["mine"], "and it is not shown as theirs")
    tap.same(meno.must(data, "approvals", "accept", note["id"], *given, who="approver")["state"], "accepted", "somebody else does")


def with_rules(data, *changes):
    """A copy under other decision rules: each change replaces one line's text."""
    data, text = meno.clone(data), RULES.read_text()
    for old, new in changes:
        if text.count(old) != 1:
            raise AssertionError(f"the rules have not one {old!r}")
        text = text.replace(old, new)
    meno.write(data / "rules.yaml", text)
    return data


def two_people(tap, data):
    before = shown(data, waiting(data, "act on need")[0]["id"])
    data = with_rules(data, ("    least tier: 1\n    open: 30   ", "    least tier: 2\n    open: 30   "))
    old = meno.meno(data, "approvals", "accept", before["id"], "--hash", before["hash"], "--criteria", ",".join(all_yes(before)), who="approver")
    tap.ok(old.status == 75, "what was shown under other rules is stale", old)
    proposal = shown(data, waiting(data, "act on need")[0]["id"])
    given = ("--hash", proposal["hash"], "--criteria", ",".join(all_yes(proposal)))
    tap.same((proposal["tier"], shown(data, proposal["id"], "lead")["mine"]), (2, True), "under stricter rules it is of tier two")
    first = meno.must(data, "approvals", "accept", proposal["id"], *given, who="lead")
    tap.same((first["state"], len(first["decisions"])), ("in approval", 1), "one yes does not accept it")
    twice = meno.meno(data, "approvals", "accept", proposal["id"], *given, who="lead")
    tap.ok(len(shown(data, proposal["id"])["decisions"]) == 1 and shown(data, proposal["id"])["state"] == "in approval", "the same person's second yes does not count", twice)
    last = meno.must(data, "approvals", "accept", proposal["id"], *given, who="approver")
    tap.same((last["state"], len(last["decisions"])), ("accepted", 2), "a second person's does")


def deputies(tap, data):
    """Rules that want two people, a lead among them; the lead is away and has named the approver."""
    data = with_rules(data, ("    least tier: 1\n    open: 30   ", "    least tier: 3\n    open: 30   "))
    proposal = shown(data, waiting(data, "act on need")[0]["id"])
    given = ("--hash", proposal["hash"], "--criteria", ",".join(all_yes(proposal)), "--reason", "as agreed")
    meno.must(data, "accounts", "add", "approver2", "--roles", "approver")
    first = meno.must(data, "approvals", "accept", proposal["id"], *given, who="approver2")
    tap.same((first["state"], first["waits_for"], shown(data, proposal["id"], "approver")["mine"]), ("in approval", ["lead"], False), "a lead is waited for, and an approver is none")
    for deputy in ("analyst", "lead", "nobody"):
        answer = meno.meno(data, "deputies", "name", "--deputy", deputy, "--until", "2026-03-06", who="lead")
        tap.ok(answer.status != 0, f"the lead cannot name the {deputy}", answer)
    tap.ok(meno.meno(data, "deputies", "name", "--deputy", "approver", "--until", "2026-03-06", who="analyst").status == 77, "who may decide nothing has nothing to lend")
    named = meno.must(data, "deputies", "name", "--deputy", "approver", "--until", "2026-03-06", "--reason", "holiday", who="lead")["id"]
    now = shown(data, proposal["id"], "approver")
    tap.same((now["mine"], now["instead_of"]), (True, "lead"), "the deputy sees that they would decide in the lead's place")
    tap.same(shown(data, proposal["id"], "approver2")["instead_of"], None, "and nobody else does")
    over = meno.must(meno.clone(data), "approvals", "accept", proposal["id"], *given, who="approver", now="2026-03-07T00:00:00Z")
    tap.same((over["state"], over["decisions"][-1]["instead_of"]), ("in approval", None), "after the last day the deputy is none")
    ended = meno.clone(data)
    meno.must(ended, "deputies", "end", named, who="lead")
    tap.ok(not shown(ended, proposal["id"], "approver")["mine"], "taken back, the deputy is none")
    tap.same(meno.must(ended, "deputies", who="lead")["deputies"][0]["reason"], "holiday", "and the list still says why there was one")
    told = [body["reason"] for _, _, _, _, body in meno.events(data, "deputy.named", sealed=True)]
    tap.ok(len(told) == 1 and told[0].startswith("sealed:"), "which stands sealed", told)
    done = meno.must(data, "approvals", "accept", proposal["id"], *given, who="approver")
    last = done["decisions"][-1]
    tap.same((done["state"], last["by"], last["instead_of"], last["role"]), ("accepted", "approver", "lead", "lead"), "the deputy's yes counts as the lead's, and says so")
    event = decided(data, proposal["id"])[-1]
    tap.same(event["instead_of"], "account:lead", "it stands so in the ledger")
    listed = meno.must(data, "deputies", who="lead")["deputies"]
    tap.same([(row["principal"], row["deputy"], row["until"], row["mine"]) for row in listed], [("lead", "approver", "2026-03-06", True)], "who stands in for whom is listed")
    meno.head(data)


def not_the_confirmer(tap, data):
    data = with_rules(data, ("  1: { people: 1, of: [lead, approver], not: [requester] }", "  1: { people: 1, of: [lead, approver], not: [requester, confirmer] }"))
    row = waiting(data, "act on need")[0]
    need = meno.must(data, "needs", "show", row["need"])
    meno.must(data, "needs", "confirm", need["id"], "--cause", need["cause"], "--reason", "I saw it", who="lead")
    meno.must(data, "run")
    proposal = next(shown(data, item["id"]) for item in waiting(data, "act on need") if item["need"] == need["id"])
    given = ("--hash", proposal["hash"], "--criteria", ",".join(all_yes(proposal)))
    own = meno.meno(data, "approvals", "accept", proposal["id"], *given, who="lead")
    tap.ok(own.status == 77 and "you confirmed" in own.err, "who confirmed the cause does not decide on it", own)
    tap.same(meno.must(data, "approvals", "accept", proposal["id"], *given, who="approver")["state"], "accepted", "somebody else does")


def broken_rules(tap, data):
    data = meno.clone(data)
    meno.write(data / "rules.yaml", RULES.read_text().replace("people: 2, of: [lead, approver], with: [approver]", "people: two, of: [lead, approver], with: [approver]"))
    answer = meno.meno(data, "approvals")
    tap.ok(answer.status != 0 and "rules.yaml:" in answer.err, "rules that cannot be read are refused with their place", answer)


# ---- time --------------------------------------------------------------------------------------------------------

def silence(tap, data):
    note = shown(data, waiting(data, "send note")[0]["id"])
    act = shown(data, waiting(data, "act on need")[0]["id"])
    given = lambda proposal: ("--hash", proposal["hash"], "--criteria", ",".join(all_yes(proposal)))
    late = meno.meno(data, "approvals", "accept", note["id"], *given(note), who="approver", now=LATER)
    tap.ok(late.status == 73 and "silence is no" in late.err, "after its time nobody accepts it, though nothing has swept it away yet", late)
    meno.must(data, "run", now=LATER)
    lapsed = {row["id"]: row["state"] for row in meno.must(data, "approvals", "list", "--all", now=LATER)["proposals"]}
    tap.same(lapsed[note["id"]], "expired", "then it is listed as expired")
    tap.same(decided(data, note["id"]), [], "without a decision of anybody's")
    tap.ok(note["id"] not in [row["id"] for row in meno.must(data, "approvals", now=LATER)["proposals"]], "and waits no longer")
    tap.ok(lapsed[act["id"]] in ("proposed", "superseded"), "what has a month is not over", lapsed[act["id"]])
    meno.must(data, "run", now=MUCH_LATER)
    after = {row["id"]: row["state"] for row in meno.must(data, "approvals", "list", "--all", now=MUCH_LATER)["proposals"]}
    tap.ok(after[act["id"]] in ("expired", "superseded") and decided(data, act["id"]) == [], "a month later it is", after[act["id"]])
    tap.same(meno.must(data, "needs", now=MUCH_LATER)["counts"]["accepted"], 0, "no need was accepted by waiting")


def main(tap):
    files, data = meno.simulate(120, 5), meno.init()
    passwords = meno.add_accounts(data)
    meno.must(data, "import", files)
    meno.must(data, "run")
    at_once(tap, meno.clone(data), passwords)
    thousand(tap, meno.clone(data), passwords)
    second(tap, meno.clone(data))
    stale(tap, data, files)
    criteria(tap, data)
    two_people(tap, data)
    deputies(tap, data)
    not_the_confirmer(tap, data)
    broken_rules(tap, data)
    silence(tap, meno.clone(data))
    who_may(tap, data, files)
    meno.head(data)
    tap.ok(True, "the ledger replays to the same tables")


meno.scenario(main)
