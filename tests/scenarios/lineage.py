#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Replay and lineage: from an act in the world back to the files it all began with, and forward again, as of any moment, to
each reader what is the reader's to see; a source taken back with what rested on it; history taken again without an agent
and under other rules; and what does not add up is named by row and event."""
import datetime
import re

import meno
import outcomes

PEOPLE, SEED = 300, 171
DECIDED = "2026-03-02T10:00:00Z"  # an hour after the agents had proposed
RULES = meno.TOP / "src" / "gate" / "rules.yaml"


# ---- one lived world ---------------------------------------------------------------------------------------------

def accept_all(data, kind, **more):
    for who in ("lead", "approver"):
        for row in meno.must(data, "approvals", who=who, **more)["proposals"]:
            if row["kind"] == kind and row["mine"]:
                accept(data, row["id"], who, **more)


def accept(data, proposal, who, **more):
    shown = meno.must(data, "approvals", "show", proposal, who=who, **more)
    return meno.meno(data, "approvals", "accept", proposal, "--criteria", ",".join(item["id"] for item in shown["criteria"]), "--reason", "agreed", who=who, **more)


def rows(data, sql, *values):
    with meno.database(data) as db:
        return db.execute(sql, values).fetchall()


def world():
    """Needs accepted, drafts published, blocks delivered, one answer sent to a file. The data, its files, and the moment."""
    files, data = meno.simulate(PEOPLE, SEED), meno.init()
    meno.must(data, "import", files)
    meno.must(data, "run")
    meno.add_accounts(data)
    note = next(row for row in meno.must(data, "approvals", who="lead")["proposals"] if row["kind"] == "send note")
    asked = meno.must(data, "approvals", "show", note["id"])["body"]["to"]
    meno.must(data, "accounts", "add", "asker", "--roles", "employee", "--employee-number", meno.employee_numbers(data)[asked])
    meno.must(data, "me", "prefer", "--channel", "file", who="asker", now=DECIDED)
    accept(data, note["id"], "lead", now=DECIDED)
    need = next(row for row in meno.must(data, "needs", now=DECIDED)["needs"] if row["proposal_state"] == "proposed")
    for cause in (need["cause"], need["cause"]):  # said twice: the second word is about a need about which there is a first
        meno.must(data, "needs", "confirm", need["id"], "--cause", cause, "--reason", "seen at work", who="lead", now=DECIDED)
    accept_all(data, "act on need", now=DECIDED)
    meno.must(data, "run", now=DECIDED)
    accept_all(data, "publish asset", now=DECIDED)
    meno.must(data, "run", now=DECIDED)
    starts = sorted(unit["start"] for one in meno.must(data, "interventions", now=DECIDED)["interventions"] for unit in one["teams"] if one["training"] and unit["affected"] and unit["start"])
    now = f"{datetime.date.fromisoformat(starts[0]) + datetime.timedelta(days=1)}T10:00:00Z"
    meno.must(data, "run", now=now)
    return data, files, now


def nodes(data, *words, **more):
    return meno.must(data, "lineage", *words, **more)["lineage"]


def kinds(found):
    return [node["kind"] for node in found]


# ---- both ways, as of any moment ---------------------------------------------------------------------------------

def both_ways(tap, data, now):
    action = "action:" + rows(data, "SELECT id FROM action WHERE state = 'done' AND subject LIKE 'note:%' ORDER BY id")[0][0]
    chain = nodes(data, action, now=now)
    tap.ok({"action", "note", "decision", "proposal", "claim", "file"} <= set(kinds(chain)), "from an act back over the decision to the files", kinds(chain))
    asset = rows(data, "SELECT id FROM asset ORDER BY id")[0][0]
    back = nodes(data, "asset:" + asset, "--depth", "12", now=now, who="lead")
    tap.ok({"decision", "account", "proposal", "claim", "block", "source", "file", "import", "intervention", "rules"} <= set(kinds(back)), "an asset rests on decisions, claims, sources and imports", kinds(back))
    wrong = [node for node in back if node["parent"] is not None and back[node["parent"]]["depth"] + 1 != node["depth"]]
    tap.ok(not wrong and back[0]["parent"] is None, "the answer is a tree from the top", wrong)
    source = next(node["id"] for node in back if node["kind"] == "source")
    ahead = nodes(data, source, "--forward", now=now, who="lead")
    tap.ok({"block", "asset", "showing"} <= set(kinds(ahead)) and "asset:" + asset in [node["id"] for node in ahead], "and forward from the source it comes to the asset", kinds(ahead))
    made = rows(data, "SELECT count(*) AS made, count(DISTINCT person) AS people FROM delivery WHERE asset = ?", asset)[0]
    shown = next(node for node in ahead if node["kind"] == "showing" and back and node["count"])
    tap.ok(shown["people"] >= 5 and made[0] >= shown["count"], "what was delivered is counted", (shown, made))
    imports = [node["id"] for node in back if node["kind"] == "import"]
    tap.ok(imports and any(node["kind"] == "claim" for node in nodes(data, imports[0], "--forward", now=now)), "from an import forward to claims")
    why = meno.must(data, "why", source.split(":")[1], "--forward", who="lead", now=now)
    tap.same(why["lineage"], ahead, "`why` with --forward says the same")
    proposal = rows(data, "SELECT subject, recorded FROM event WHERE kind = 'approval.decided' ORDER BY seq LIMIT 1")[0]
    moments = {}
    for name, offset in (("before", -1), ("after", 0)):
        moment = datetime.datetime.fromtimestamp((proposal[1] + offset) / 1e6, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        found = nodes(data, proposal[0], "--forward", "--as-of", moment, now=now)
        moments[name] = (found[0]["state"], "decision" in kinds(found))
    tap.same(moments, {"before": ("proposed", False), "after": ("accepted", True)}, "as of the moment before, the proposal waits and nobody has decided")


# ---- to each what is the reader's --------------------------------------------------------------------------------

def readers(tap, data, now):
    people = {f"{first} {last}" for first, last in rows(data, "SELECT first_name, last_name FROM person")}
    asset, delivery, person = rows(data, "SELECT asset, id, person FROM delivery ORDER BY id")[0]
    deciders = {row[0] for row in rows(data, "SELECT DISTINCT actor FROM event WHERE kind = 'approval.decided'")}
    number = meno.employee_numbers(data)
    meno.must(data, "accounts", "add", "reader", "--roles", "employee", "--employee-number", number[person], now=now)
    told = []
    for who in ("lead", "approver", "analyst", "manager", "privacy", None):
        for start, way in ((f"asset:{asset}", []), (f"asset:{asset}", ["--forward"]), ("import:" + rows(data, "SELECT id FROM import")[0][0], ["--forward"])):
            answer = meno.meno(data, "lineage", start, *way, who=who, now=now)
            told += [(who, start, node["title"]) for node in (answer.json or {}).get("lineage", []) if node["title"] in people]
    tap.ok(deciders and not told, "nobody who got something, asked or answered is ever named", told[:3])
    seen = nodes(data, f"intervention:{rows(data, 'SELECT id FROM intervention')[0][0]}", who="analyst", now=now)
    proposals = [node for node in seen if node["kind"] == "proposal"]
    tap.ok(proposals and all(node["hidden"] and node["id"] is None and node["title"] is None for node in proposals), "who may not read approvals sees that there is a proposal, and no more", proposals)
    tap.ok(any(node["kind"] == "file" and node["title"] for node in nodes(data, f"intervention:{rows(data, 'SELECT id FROM intervention')[0][0]}", "--depth", "12", who="analyst", now=now)), "and what is the reader's behind it")
    tap.same([meno.meno(data, "lineage", what, who="reader", now=now).status == 0 for what in (f"delivery:{delivery}", f"asset:{asset}")], [True, False],
             "an employee asks about what came to them, and about nothing else")
    mine = meno.must(data, "lineage", delivery, who="reader", now=now)["lineage"]
    tap.ok(any(node["kind"] == "asset" and node["title"] for node in mine) and all(node["hidden"] for node in mine if node["kind"] in ("claim", "proposal", "decision")), "it says what it was made of, not what was claimed of the team", mine)
    tap.same([meno.meno(data, "lineage", f"delivery:{delivery}", who=who, now=now).status != 0 for who in ("lead", "approver", "analyst", "sysadmin", None)], [True] * 5, "and nobody asks about another's delivery")
    tap.same(meno.meno(data, "lineage", "person:" + person, "--forward", who="lead", now=now).status != 0, True, "nor about a person")
    answer = rows(data, "SELECT seq, batch FROM event WHERE kind = 'pulse.answered' LIMIT 1")[0]
    found = meno.must(data, "lineage", f"event:{answer[0]}", who="lead", now=now)
    tap.same((found["id"], [node["kind"] for node in found["lineage"]]), (f"import:{answer[1]}", ["import"]), "the event of an answer leads to its import, not to who answered")
    word = rows(data, "SELECT seq FROM event WHERE kind = 'approval.decided' LIMIT 1")[0][0]
    tap.same(meno.must(data, "lineage", f"event:{word}", who="lead", now=now)["id"], f"decision:{word}", "the event of a decision is the decision")
    need = rows(data, "SELECT subject FROM claim WHERE predicate = 'need' AND state = 'live' ORDER BY subject")[0][0]
    tap.ok(meno.meno(data, "lineage", "need:" + need, who="lead", now=now).status == 0 and meno.meno(data, "lineage", "need:" + need, who="manager", now=now).status != 0,
           "a manager without that team does not see its need")


def small_groups(tap, data, now):
    data = meno.clone(data)
    asset = {"blocks": [{"id": "b1", "items": [{"sentences": [{"spans": ["s-1"], "text": "A."}]}]}], "intervention": rows(data, "SELECT id FROM intervention")[0][0], "spans": [{"id": "s-1", "source": "few.md", "text": "A."}], "title": "For few"}
    people = [row[0] for row in rows(data, "SELECT id FROM person ORDER BY id LIMIT 5")]
    made = lambda index, block="b1": ("delivery.made", f"delivery:d-few{index}{block}", "agent:delivery@1", {"asset": "a-few", "at": now, "block": block, "channel": "inbox", "expires": "2027-01-01",
                                      "minutes": 1, "person": people[index % 5], "reason": "r", "title": "t"})
    look = lambda: [(node["count"], node["people"], node["title"]) for node in nodes(data, "asset:a-few", "--forward", now=now) if node["kind"] == "showing"]
    outcomes.append(data, [("asset.published", "asset:a-few", "account:lead", asset)] + [made(index) for index in range(4)], now=now)
    four = look()
    outcomes.append(data, [made(4)], now=now)
    tap.same((four, look()), ([(None, None, "withheld: to fewer than five people")], [(5, 5, "5 deliveries to 5 people")]), "four people are no figure, five are")


def over_http(tap, data, now):
    passwords = {row["login"]: None for row in meno.must(data, "accounts", "list", now=now)["accounts"]}
    password = meno.must(data, "accounts", "password", "analyst", now=now)["password"]
    with meno.Server(data, now) as server:
        caller = meno.Caller(server, "analyst", password)
        asset = "asset:" + rows(data, "SELECT id FROM asset ORDER BY id")[0][0]
        reply = caller.get("/lineage/" + meno.quote(asset) + "?forward=true")
        tap.same(reply.json and reply.json["lineage"], nodes(data, asset, "--forward", who="analyst", now=now), "the interface says what the command line says")
        tap.same(caller.get("/lineage/nothing").status, 404, "what is not there is not there")
        tap.same(caller.get("/lineage").status, 403, "whether acts have reasons is for who operates it")
        tap.same(caller.post("/whatif", {"since": "2026-01-01"}).status, 403, "who may not steer does not take history again")
    tap.ok("analyst" in passwords, "the account was there")


# ---- every act has a reason, and what does not add up is named -----------------------------------------------------

def the_promise(tap, data, now):
    checked = meno.must(data, "lineage", "check", now=now)
    tap.ok(checked["actions"] > 0 and checked["gaps"] == 0, "every act reaches a signal, and a person's decision", checked)
    tap.ok(any(finding["what"] == "reasons" and finding["fine"] for finding in meno.meno(data, "doctor", now=now).json["findings"]), "the doctor says so")
    broken = meno.clone(data)
    outcomes.append(broken, [("action.done", "action:x-out-of-the-blue", "system", {})], now=now)
    said = meno.meno(broken, "replay", "--verify", now=now)
    tap.ok(said.status != 0 and "action:x-out-of-the-blue (done by event" in said.err and "no signal from outside and no person's decision" in said.err, "an act without a reason is named", said)
    tap.same(meno.must(broken, "lineage", "check", now=now)["gaps"], 1, "and counted")


def what_differs(tap, data, now):
    queries = set(re.findall(r"^-- name: rows_(\w+)", (meno.TOP / "sql" / "queries" / "ledger.sql").read_text(), re.M))
    projected = set(meno.tables(data)) - {"account"}
    tap.same(queries, projected, "every projection can be shown row by row")
    tampered = (("delivery", "UPDATE delivery SET state = 'done' WHERE id = (SELECT min(id) FROM delivery)", "SELECT min(id) FROM delivery"),
                ("proposal", "UPDATE proposal SET state = 'rejected' WHERE id = (SELECT min(id) FROM proposal WHERE state = 'accepted')", "SELECT min(id) FROM proposal WHERE state = 'accepted'"),
                ("edge", "DELETE FROM edge WHERE source = (SELECT min(source) FROM edge WHERE source LIKE 'proposal:%')", None))
    for table, sql, which in tampered:
        broken = meno.clone(data)
        key = rows(broken, which)[0][0] if which else None
        with meno.forge(broken) as db:
            db.execute(sql)
        said = meno.meno(broken, "replay", "--verify", now=now).err
        found = re.search(r'table "(\w+)" .* its row "([^"]+)", last written by event (\d+) \(([\w.]+)\)', said)
        expected = rows(data, "SELECT max(seq) FROM event WHERE subject = ? AND kind LIKE ?", f"{table}:{key}", "%" if table == "delivery" else "approval.decided")[0][0] if key else None
        tap.ok(found and found[1] == table and (not key or (found[2] == key and int(found[3]) == expected)), f"{table}: the row and its last event are named", said)


# ---- taken back ----------------------------------------------------------------------------------------------------

def taken_back(tap, data, files, now):
    data = meno.clone(data)
    source = next(node["id"] for node in nodes(data, "asset:" + rows(data, "SELECT asset FROM delivery")[0][0], now=now) if node["kind"] == "source")
    name, before = source.split(":", 1)[1], meno.head(data)
    shown = meno.must(data, "retract", name, "--reason", "figures are wrong", "--dry-run", who="lead", now=now)
    tap.ok(shown["reach"]["assets_withdrawn"] > 0 and shown["reach"]["blocks"] > 0 and shown["proposal"] is None, "what rests on a source is shown", shown["reach"])
    tap.ok(any("deliveries that were shown" in line for line in shown["reach"]["stays"]) and any("decision" in line for line in shown["reach"]["stays"]), "and what cannot be taken back", shown["reach"]["stays"])
    tap.same(meno.head(data), before, "looking changes nothing")
    asked = meno.must(data, "retract", name, "--reason", "figures are wrong", who="lead", now=now)["proposal"]
    tap.ok(asked and accept(data, asked, "lead", now=now).status != 0, "who asks for it does not decide it")
    meno.must(data, "accounts", "add", "lead2", "--roles", "lead", now=now)
    tier = meno.must(data, "approvals", "show", asked, now=now)["tier"]
    states = [accept(data, asked, who, now=now).json["state"] for who in ("lead2", "approver")[:tier]]
    tap.ok(states[-1] == "accepted" and tier in (1, 2), "others do, as many as its reach asks for", (tier, states))
    withdrawn = [row[0] for row in rows(data, "SELECT id FROM asset WHERE withdrawn IS NOT NULL")]
    tap.same(len(withdrawn), shown["reach"]["assets_withdrawn"], "the assets that cite it are withdrawn")
    tap.same(rows(data, "SELECT count(*) FROM source WHERE name = ?", name)[0][0], 0, "it is not drawn from any more")
    later = f"{datetime.date.fromisoformat(now[:10]) + datetime.timedelta(days=35)}T10:00:00Z"
    count = lambda: sum(rows(data, "SELECT count(*) FROM delivery WHERE asset = ?", asset)[0][0] for asset in withdrawn)
    had = count()
    meno.must(data, "run", now=later)
    other = meno.clone(data)
    tap.same(count(), had, "nothing of them is delivered any more, while other teams start")
    meno.head(data)
    tap.same(nodes(data, source, "--forward", now=later)[0]["state"], "taken back", "and the lineage says so")
    again = meno.must(other, "import", files, now=later)
    tap.ok(sum(file["new"] for file in again["files"]) >= 1 and rows(other, "SELECT count(*) FROM source WHERE name = ?", name)[0][0] == 1, "a mended document can come in again", again["files"])


def import_taken_back(tap, data, now):
    data = meno.clone(data)
    undo = meno.meno(data, "import", "undo", rows(data, "SELECT id FROM import")[0][0], now=now)
    tap.ok(undo.status != 0 and "meno retract" in undo.err, "an import on which decisions rest is not simply undone, and the way is named", undo)
    goals = meno.write_csv(meno.folder() / "kpis.csv", "goal_id team date value exposure".split(),
                           [[goal, team, "2026-03-30", value * 0.5, exposure or 1] for goal, team, value, exposure in
                            rows(data, "SELECT goal_id, team, min(value) AS value, min(exposure) AS exposure FROM kpi WHERE team <> '' GROUP BY goal_id, team ORDER BY goal_id, team LIMIT 40")])
    brought = meno.must(data, "import", goals, now=now)["id"]
    meno.must(data, "run", now=now)
    part = meno.must(data, "retract", brought, "--reason", "wrong unit", "--file", "kpis.csv", now=now)
    tap.ok(part["reach"]["claims"] > 0 and part["proposal"] is None and "alone" in part["why_not"], "one file of an import is shown, not proposed", part["reach"])
    whole = meno.must(data, "retract", brought, "--reason", "wrong unit", now=now)
    live = rows(data, "SELECT count(*) FROM claim WHERE state = 'live'")[0][0]
    for who in ("lead", "approver"):
        accept(data, whole["proposal"], who, now=now)
    tap.same(rows(data, "SELECT state FROM import WHERE id = ?", brought)[0][0], "undone", "an import is taken back by decision")
    tap.same(live - rows(data, "SELECT count(*) FROM claim WHERE state = 'live'")[0][0], whole["reach"]["claims"], "with every claim that rested on it")
    tap.same(rows(data, "SELECT count(*) FROM kpi WHERE date = ?", (datetime.date(2026, 3, 30) - datetime.date(1970, 1, 1)).days)[0][0], 0, "and its rows")
    meno.head(data)
    told = meno.must(data, "run", now=now)
    tap.ok(told["claims"] > 0, "what still holds is stated again", told)


# ---- what if ---------------------------------------------------------------------------------------------------------

def what_if(tap, data, now):
    before = meno.head(data)
    same = meno.must(data, "whatif", "--since", meno.UNTIL, now=now)
    tap.ok(same["same"] and same["first_difference"] is None and same["differ"] == 0 and not same["decisions"] and same["turns"] > 10, "history taken again comes out the same, event by event", {k: v for k, v in same.items() if k != "proposals"})
    muted = meno.must(data, "whatif", "--since", meno.UNTIL, "--mute", "content", now=now)
    gone = {row["kind"] for row in muted["proposals"] if row["difference"] == "not made"}
    lost = {row["what"] for row in muted["decisions"]}
    tap.ok("publish asset" in gone and "act on need" not in gone and {"approval.decided", "asset.published"} <= lost, "without the content agent nothing is drafted or published, and needs are acted on all the same", (gone, lost))
    tap.ok(muted["deliveries_in_history"] > 0 and muted["deliveries_what_if"] == 0, "and nothing is delivered", muted["deliveries_what_if"])
    tap.same(meno.must(data, "whatif", "--since", meno.UNTIL, "--mute", "content", now=now), muted, "asked twice, it answers the same")
    tap.ok(meno.meno(data, "whatif", "--since", meno.UNTIL, "--mute", "nobody", now=now).status != 0, "an agent that is not there cannot be muted")
    tap.same(meno.head(data), before, "nothing was recorded")


def other_rules(tap, data, now):
    text, before = RULES.read_text(), meno.head(data)
    write = lambda name, new: meno.write(meno.folder() / name, new)
    diff = lambda new: meno.must(data, "rules", "diff", RULES, write("new.yaml", new), "--since", meno.UNTIL, now=now)
    tap.same(diff(text)["differ"], 0, "the same rules judge the same")
    stricter = diff(text.replace("audience: { 50: 1, 500: 2, 5000: 3 }", "audience: { 2: 3 }"))
    tap.ok(stricter["other_tier"] > 0 and stricter["invalid_decisions"] > 0 and any("would still wait: 1 of 2 people" in row["change"] for row in stricter["proposals"]), "where two people would have had to decide, one did not suffice", {k: v for k, v in stricter.items() if k != "proposals"})
    refusing = diff(re.sub(r"(act on need:.*?records: )20", r"\g<1>900000", text, count=1, flags=re.S))
    tap.ok(refusing["refused"] > 0 and {row["kind"] for row in refusing["proposals"]} == {"act on need"} and any("decision (accept" in row["change"] for row in refusing["proposals"]), "what rests on too little would be refused, and its decision void",
           [row["change"] for row in refusing["proposals"]][:2])
    loose = diff(re.sub(r"(send note:.*?least tier: )1", r"\g<1>0", text, count=1, flags=re.S))
    tap.ok(loose["automatic"] > 0 and all(row["kind"] == "send note" for row in loose["proposals"]), "what would have been automatic is told", {k: v for k, v in loose.items() if k != "proposals"})
    asking = diff(text.replace("      tone: Would you be glad", "      sure: Are you sure?\n      tone: Would you be glad"))
    tap.ok(any("the question “Are you sure?” was not answered" in row["change"] for row in asking["proposals"]), "a question that nobody answered makes a decision invalid", asking["proposals"][:1])
    tap.ok(meno.meno(data, "rules", "diff", RULES, write("bad.yaml", "rules: 2\n"), "--since", meno.UNTIL, now=now).status != 0, "rules that cannot be read are refused")
    tap.same(meno.head(data), before, "nothing was recorded")


def main(tap):
    data, files, now = world()
    both_ways(tap, data, now)
    readers(tap, meno.clone(data), now)
    small_groups(tap, data, now)
    over_http(tap, meno.clone(data), now)
    the_promise(tap, data, now)
    what_differs(tap, data, now)
    taken_back(tap, data, files, now)
    import_taken_back(tap, data, now)
    other_rules(tap, data, now)
    what_if(tap, data, now)


meno.scenario(main)
