#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the decision to the delivery: a plan without an order of start, an order drawn at acceptance from what nobody could
choose, a draft in which every sentence has its source, deliveries to teams that have started and to no other, a no that is
a no, an outbox that loses nothing; and the same again from the events alone."""
import datetime
import json

import meno

PEOPLE, SEED = 300, 171


def accept(data, row, who, **more):
    proposal = meno.must(data, "approvals", "show", row["id"], who=who)
    yes = ",".join(item["id"] for item in proposal["criteria"])
    return meno.meno(data, "approvals", "accept", row["id"], "--criteria", yes, "--reason", "agreed", who=who, **more)


def accept_all(data, kind, **more):
    """As the lead, then as the approver: whoever may. Ids of what is accepted in the end."""
    for who in ("lead", "approver"):
        for row in meno.must(data, "approvals", who=who)["proposals"]:
            if row["kind"] == kind and row["mine"]:
                answer = accept(data, row, who, **more)
                assert answer.status == 0, answer
    return [row["id"] for row in meno.must(data, "approvals", "--all")["proposals"] if row["kind"] == kind and row["state"] == "accepted"]


def day(text):
    return datetime.date.fromisoformat(text[:10])


def company():
    files, data = meno.simulate(PEOPLE, SEED), meno.init()
    meno.must(data, "import", files)
    meno.must(data, "run")
    meno.add_accounts(data)
    return files, data


# ---- the plan and the draw ---------------------------------------------------------------------------------------

def plan_and_draw(tap, data):
    needs = [need for need in meno.must(data, "needs")["needs"] if need["proposal_state"] == "proposed"]
    plans = {need["id"]: meno.must(data, "needs", "plan", need["id"])["plan"] for need in needs}
    tap.ok(plans and all(plans.values()), "every need that is proposed has a plan", len(plans))
    told = json.dumps(plans)
    tap.ok(all("start" not in unit for plan in plans.values() for unit in plan["units"]) and "seed" not in told, "before acceptance nobody can see who starts when")
    tap.ok(all(plan["measurable"] == (plan["why_not"] is None) for plan in plans.values()), "what cannot be measured says why, before anyone spends", plans)
    tap.ok(all(plan["power"] >= 0.5 for plan in plans.values() if plan["measurable"]), "measurable means a chance of one half or more")
    accepted = accept_all(data, "act on need")
    interventions = meno.must(data, "interventions")["interventions"]
    tap.ok(0 < len(interventions) == len(accepted), "each acceptance registers one intervention", (len(interventions), accepted))
    for one in interventions:
        plan, starts = plans[one["need"]], {unit["start"] for unit in one["teams"] if unit["affected"]}
        wrong = [key for key in ("design", "estimand", "minimum_effect", "measurable", "remedy", "training") if one[key] != plan[key]]
        tap.ok(not wrong, f"{one['title']}: registered as it was shown", wrong)
        tap.ok(starts <= {step["start"] for step in plan["steps"]} | {None}, f"{one['title']}: starts are the plan's dates", (starts, plan["steps"]))
        tap.ok(all(unit["start"] is None for unit in one["teams"] if not unit["affected"]), f"{one['title']}: teams to compare with never start")
    rows = {subject: (seq, body) for seq, _, subject, _, body in meno.events(data, "intervention.registered")}
    with meno.database(data) as db:
        before = {subject: db.execute("SELECT hex(hash) FROM event WHERE seq = ?", (seq - 1,)).fetchone()[0].lower() for subject, (seq, _) in rows.items()}
    tap.same({subject: body["seed"] for subject, (_, body) in rows.items()}, before, "the seed of each draw is the hash of the event before it")
    return interventions


# ---- drafts ------------------------------------------------------------------------------------------------------

def drafts(tap, data):
    meno.must(data, "run")
    published = accept_all(data, "publish asset")
    assets = meno.must(data, "studio", "assets")["assets"]
    tap.ok(published and len([asset for asset in assets if asset["state"] == "published"]) == len(published), "what is accepted is published", (published, assets))
    tap.same({asset["unsourced_sentences"] for asset in assets}, {0}, "no sentence without a source")
    meno.must(data, "run")
    again = meno.must(data, "run")
    tap.ok(again["claims"] == again["proposals"] == 0, "a second run has nothing to say", again)
    return assets


# ---- deliveries --------------------------------------------------------------------------------------------------

def deliveries_of(data):
    return [dict(body, id=subject.split(":")[1]) for _, _, subject, _, body in meno.events(data, "delivery.made")]


def team_of(data):
    """The team of each person's primary membership that is open, else of the newest."""
    with meno.database(data) as db:
        return dict(db.execute('SELECT person, team FROM membership WHERE "to" IS NULL ORDER BY "primary", "from"'))


def check_deliveries(tap, data, interventions, assets):
    started = {}
    for one in interventions:
        for unit in one["teams"]:
            if unit["affected"] and unit["start"]:
                started[one["id"], unit["team"]] = unit["start"]
    of = {asset["id"]: asset["intervention"] for asset in assets}
    teams, made = team_of(data), deliveries_of(data)
    early = [one for one in made if not (start := started.get((of[one["asset"]], teams.get(one["person"])))) or day(one["at"]) < day(start)]
    tap.ok(made and not early, "only people of teams that have started get anything", early[:3] or "nothing was delivered")
    at = [datetime.datetime.fromisoformat(one["at"].replace("Z", "+00:00")) for one in made]
    tap.ok(all(8 <= moment.hour < 18 and moment.weekday() < 5 for moment in at), "nothing comes at night or on a weekend")
    tap.ok(all(one["reason"] and one["title"] and day(one["expires"]) > day(one["at"]) for one in made), "each says why it came and until when it is of use")
    tap.same(len({(one["asset"], one["block"], one["person"]) for one in made}), len(made), "nobody gets anything twice")
    return made


def answers(tap, data, made, now):
    number = meno.employee_numbers(data)
    one, other = made[0], next(item for item in made if item["person"] != made[0]["person"])
    meno.must(data, "accounts", "add", "one", "--roles", "employee", "--employee-number", number[one["person"]])
    meno.must(data, "accounts", "add", "other", "--roles", "employee", "--employee-number", number[other["person"]])
    box = meno.must(data, "me", "inbox", who="one", now=now)["items"]
    tap.ok(any(item["id"] == one["id"] and item["blocks"] and item["text"] == one["reason"] for item in box), "it stands in the person's inbox, with its content and its reason", box[:1])
    tap.ok(meno.meno(data, "me", "open", other["id"], who="one", now=now).status != 0, "and in nobody else's")
    tap.same(meno.must(data, "me", "decline", one["id"], who="one", now=now)["state"], "declined", "a no is taken")
    tap.same(meno.must(data, "me", "open", one["id"], who="one", now=now)["state"], "declined", "and stays one")
    tap.same(meno.must(data, "me", "done", other["id"], who="other", now=now)["state"], "done", "done is done")
    tap.same(meno.must(data, "me", "done", other["id"], who="other", now=now)["state"], "done", "twice as well")
    calendar = meno.meno(data, "me", "calendar", who="one", now=now, js=False).out
    tap.ok("BEGIN:VEVENT" in calendar and "STATUS:CANCELLED" in calendar and all(len(line.encode()) <= 75 for line in calendar.splitlines()), "the calendar has it, folded as it should be", calendar[:600])
    counts = meno.must(data, "deliveries", now=now)["deliveries"]
    tap.ok(all(row["declined"] in (None, 0) or row["declined"] >= 5 for row in counts), "who declined is told to nobody: fewer than five are no figure", counts)


def outbox(tap, data, now, later):
    """Somebody who asked for something wants files; the outbox folder cannot be made at first; later it can."""
    number = meno.employee_numbers(data)
    waiting = [item for item in meno.must(data, "approvals", who="approver", now=now)["proposals"] if item["kind"] == "send note" and item["mine"]]
    asked = meno.must(data, "approvals", "show", waiting[0]["id"], who="approver", now=now)["body"]["to"]
    meno.must(data, "accounts", "add", "asker", "--roles", "employee", "--employee-number", number[asked])
    meno.must(data, "me", "prefer", "--channel", "file", who="asker", now=now)
    (data / "outbox").write_text("in the way")
    tap.same(accept(data, waiting[0], "approver", now=now).status, 0, "a note is accepted")
    meno.must(data, "run", now=now)
    held = meno.must(data, "outbox", "list", "--state", "requested", now=now)["actions"]
    tap.ok(len(held) == 1 and held[0]["attempts"] == 1 and held[0]["why"], "what cannot be sent waits, and says why", held)
    tap.ok(any(item["kind"] == "note" for item in meno.must(data, "me", "inbox", who="asker", now=now)["items"]), "the note stands in the inbox all the same")
    (data / "outbox").unlink()
    meno.must(data, "run", now=later)
    files = sorted((data / "outbox").glob("*.json"))
    tap.ok(len(files) == 1 and json.loads(files[0].read_text())["subject"].startswith("note:"), "when the way is free it goes out, once", files)
    tap.same(meno.must(data, "outbox", "list", "--state", "requested", now=later)["actions"], [], "and nothing waits")


def stopping(tap, data, made, interventions, assets, now):
    of = {asset["id"]: asset["intervention"] for asset in assets}
    mine = of[made[0]["asset"]]
    tap.ok(meno.meno(data, "interventions", "stop", mine, who="lead", now=now).status != 0, "stopping needs a reason")
    tap.same(meno.must(data, "interventions", "stop", mine, "--reason", "a merger comes first", who="lead", now=now)["state"], "stopped", "an intervention can be stopped")
    tap.ok(meno.meno(data, "interventions", "stop", mine, "--reason", "again", who="lead", now=now).status != 0, "once")
    box = meno.must(data, "me", "inbox", who="other", now=now)["items"]
    tap.ok(all(item["state"] in ("done", "declined", "expired") for item in box if item["kind"] == "delivery"), "what was delivered for it lapses", box)


# ---- killed ------------------------------------------------------------------------------------------------------

def killed(tap, data, now):
    """Killed while agents deliver and the outbox is emptied: in the end the same deliveries, once."""
    whole = meno.clone(data)
    meno.must(whole, "run", now=now)
    expected = sorted((one["id"], one["person"], one["block"]) for one in deliveries_of(whole))
    wrong = []
    for milliseconds in ((20, 60, 120, 250, 400) if not meno.SOAK else range(5, 800, 10)):
        copy = meno.clone(data)
        try:
            meno.subprocess.run([meno.BINARY, *meno.place(copy), "--now", now, "run"], timeout=milliseconds / 1000, capture_output=True)
        except meno.subprocess.TimeoutExpired:
            pass  # subprocess.run has killed it with SIGKILL
        meno.head(copy)
        meno.must(copy, "run", now=now)
        if sorted((one["id"], one["person"], one["block"]) for one in deliveries_of(copy)) != expected:
            wrong.append(milliseconds)
    tap.ok(len(expected) > 0 and not wrong, "killed at any moment of a delivery, the same people get the same, once", wrong)


def main(tap):
    files, data = company()
    interventions = plan_and_draw(tap, data)
    assets = drafts(tap, data)
    training = {asset["intervention"] for asset in assets}
    starts = sorted(unit["start"] for one in interventions if one["id"] in training for unit in one["teams"] if unit["affected"] and unit["start"])
    tap.same(deliveries_of(data), [], "before the first start nothing is delivered")
    first = str(day(starts[0]) + datetime.timedelta(days=1))
    now, end = f"{first}T10:00:00Z", f"{day(starts[-1]) + datetime.timedelta(days=20)}T10:00:00Z"
    outbox(tap, data, meno.NOW, "2026-03-02T11:00:00Z")
    killed(tap, data, now)
    meno.must(data, "run", now=now)
    made = check_deliveries(tap, data, interventions, assets)
    answers(tap, data, made, now)
    meno.must(data, "run", now=end)
    check_deliveries(tap, data, interventions, assets)
    declined = [one for one in deliveries_of(data) if one["person"] == made[0]["person"] and one["asset"] == made[0]["asset"]]
    tap.same(len(declined), 1, "after a no nothing more of it comes")
    stopping(tap, data, made, interventions, assets, end)
    verified = meno.must(data, "replay", "--verify")
    tap.ok(verified["events"] > 0, "the tables are what the events make", verified)
    tap.same(meno.named(data, files)[:10], [], "and none of the events names anybody outside of what is sealed")


meno.scenario(main)
