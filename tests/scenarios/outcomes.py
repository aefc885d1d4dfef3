# SPDX-License-Identifier: GPL-3.0-or-later
"""Registered interventions and what was measured of them, as events of the ledger: for scenarios about the board.

The events are appended behind Meno's back, with the hash chain that ledger.c documents, and folded by `replay --rebuild`;
`replay --verify` then holds them like any other. The figures are made up, and no promise is about them: what is tested is what
is shown of them, and to whom."""
import datetime
import hashlib
import json
import math
import struct
import uuid

import meno

WEEK = datetime.timedelta(days=7)


# ---- events ------------------------------------------------------------------------------------------------------

def canonical(value):
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def chained(previous, seq, name, kind, subject, actor, at, body):
    part = lambda data: struct.pack("<Q", len(data)) + data
    whole = lambda number: part(struct.pack("<q", number))
    text = lambda words: part(words.encode())
    return hashlib.sha256(part(previous) + whole(seq) + part(name) + text(kind) + text(subject) + text(actor) + whole(at) + whole(at) + whole(0) + whole(seq)
                          + text("") + whole(0) + text("") + text(body)).digest()


def append(data, rows, now=meno.NOW):
    """Appends events (kind, subject, actor, body) and rebuilds what is folded from them."""
    with meno.forge(data) as db:
        seq, recorded, previous = db.execute("SELECT seq, recorded, hash FROM event ORDER BY seq DESC LIMIT 1").fetchone()
        for kind, subject, actor, body in rows:
            seq, name, text = seq + 1, uuid.uuid4().bytes, canonical(body)
            at = max(recorded, int(datetime.datetime.fromisoformat(now.replace("Z", "+00:00")).timestamp() * 1_000_000))
            previous = chained(previous, seq, name, kind, subject, actor, at, text)
            db.execute("INSERT INTO event (seq, id, kind, subject, actor, occurred, recorded, cause, correlation, batch, taint, rules, body, hash) VALUES (?,?,?,?,?,?,?,0,?,NULL,0,'',?,?)",
                       (seq, name, kind, subject, actor, at, at, seq, text, previous))
    meno.must(data, "replay", "--rebuild", now=now)


def registered(name, goal, teams, comparison, start, **more):
    """An intervention: `teams` start a week after one another from `start` on; `comparison` waits."""
    rows = [{"team": team, "start": (start + WEEK * index).isoformat(), "affected": True} for index, team in enumerate(teams)]
    rows += [{"team": team, "start": None, "affected": False} for team in comparison]
    plan = {"need": more.pop("need", "n-none"), "goal": goal, "cause": "skill", "skills": [], "title": name, "remedy": "practice", "training": True, "design": "stepped-wedge",
            "estimand": {"from_week": 3, "to_week": 12}, "minimum_effect": 2, "power": 0.84, "measurable": True, "teams": rows, "cost": 18400,
            "baseline": {"from": (start - WEEK * 40).isoformat(), "to": (start - WEEK).isoformat()}, "due": (start + WEEK * 20).isoformat(), "seed": "b7e1"} | more
    return plan


def levels():
    sign = lambda source, sentence, estimate, half, people: {"source": source, "sentence": sentence, "estimate": estimate, "interval": None if estimate is None else [round(estimate - half, 3), round(estimate + half, 3)],
                                                             "results": 96, "people": people}
    return [{"level": 3, "fill": None, "signs": [sign("work and managers", "Results in Handling objections on the job rose by 8 points of 100 more in teams that started than in those that wait.", 0.08, 0.06, 41),
                                                 sign("objectives", "Objectives for this goal have come 62% of the way in teams that started and 48% in the others; how they stood before is not known.", None, 0, 22),
                                                 sign("work and managers", "Results of three people rose by 71 points.", 0.71, 0.06, 3)]},
            {"level": 2, "fill": None, "signs": [sign("practice and assessments", "Whether results in Handling objections in practice and assessments changed cannot be told: by -2 to 11 points of 100.", 0.045, 0.065, 38)]},
            {"level": 1, "fill": "A pulse on how able people feel and how they like their work, from five people in each of these teams, before and after the starts.", "signs": []}]


def blockers():
    return [{"kind": "need", "sentence": "Of this need itself, 27% spoke for another cause: process.", "need": "n-none", "count": 0, "people": 0},
            {"kind": "pulse", "sentence": "People in 2 of the teams that started speak badly of the support of their manager: 2.4 of 5 in the last quarter.", "need": None, "count": 61, "people": 19},
            {"kind": "tickets", "sentence": "The teams that started opened 31 tickets about ServiceDesk Pro in the last quarter.", "need": None, "count": 31, "people": 0},
            {"kind": "deliveries", "sentence": "2 of 3 deliveries were never opened within two weeks.", "need": None, "count": 3, "people": 3}]


def measured(intervention, plan, verdict, estimate, half, money, start, comparison=True, **more):
    weeks = list(range(-8, 16))
    curve = [0.1 * math.sin(week) + (estimate * min(1, week / 4) if week > 0 else 0) for week in weeks]
    nothing = lambda begin, end: {"week": list(range(begin, end)), "effect": [round(0.1 * math.cos(week), 4) for week in range(begin, end)], "low": [round(0.1 * math.cos(week) - 0.8, 4) for week in range(begin, end)],
                                  "high": [round(0.1 * math.cos(week) + 0.8, 4) for week in range(begin, end)]}
    days = [(start + WEEK * week).isoformat() for week in weeks]
    value = {"id": intervention, "goal": plan["goal"], "verdict": verdict, "estimate": estimate, "se": round(half / 2.1, 4), "interval": [round(estimate - half, 4), round(estimate + half, 4)],
             "p": 0.012 if verdict == "moved" else 0.41, "method": "difference in differences on the frozen units, randomisation inference", "cost": plan["cost"],
             "needed": None if verdict != "cannot tell" else "Eight more weeks would settle it, or six more teams.",
             "sentence": f"{plan['title']}: {verdict}, by {estimate} (between {round(estimate - half, 2)} and {round(estimate + half, 2)}).",
             "lead_days": {"signal": 0, "need": 9, "accepted": 16, "live": 30, "first_use": 33, "effect": 112 if verdict == "moved" else None}, "units": len(plan["teams"]),
             "treated": sum(row["affected"] for row in plan["teams"]), "from": days[0], "to": days[-1], "minimum_effect": plan["minimum_effect"],
             "value": {"money": money, "low": round(money - abs(money) * 0.7), "high": round(money + abs(money) * 0.7), "currency": "EUR", "period": "a year"},
             "series": {"week": weeks, "effect": [round(value, 4) for value in curve], "low": [round(value - half, 4) for value in curve], "high": [round(value + half, 4) for value in curve]},
             "raw": {"days": days, "treated": [round(60 + value, 4) for value in curve], "comparison": [round(60 + 0.1 * math.cos(week), 4) for week in weeks]},
             "placebo": {"estimate": 0.1, "interval": [-0.9, 1.1], "p": 0.8, "series": nothing(-5, 13)}, "pretrend": {"estimate": 0.02, "interval": [-0.2, 0.24], "p": 0.7, "series": nothing(-8, 0)},
             "levels": levels(), "blockers": blockers(),
             "behaviour": {"sentence": "Practice scores rose before the goal did.", "estimate": 0.08, "interval": [0.02, 0.14]}, "exposures": 41, "moves": 3, "changes": [], "confidence": 0.9} | more
    evidence = [{"about": "effect", "against": verdict == "did not move", "count": 288, "file": "kpis.csv", "from": days[0], "people": 40, "strength": 1,
                 "text": f"{len(days)} weeks of the goal in {len(plan['teams'])} teams", "to": days[-1]}]
    return {"agent": "agent:analytics@1", "confidence": 0.9, "evidence": evidence, "id": "c-" + hashlib.sha256(canonical(value).encode()).hexdigest()[:12], "predicate": "effect",
            "rests_on": ["file:kpis.csv"], "subject": intervention, "valid_from": -2147483648, "valid_to": -2147483648, "value": value}


def learnt(cause, kind, name, moved, not_moved, now):
    """A weight that agents go by, as an event."""
    subject = f"{cause}: {name}" if kind == "remedy" else f"{cause}: {kind} {name}"
    a, b = 1 + moved, 1 + not_moved
    spread = 1.645 * math.sqrt(a * b / (a + b) ** 2 / (a + b + 1))
    value = {"cause": cause, "kind": kind, "name": name, "tried": moved + not_moved, "moved": moved, "did_not_move": not_moved, "cannot_tell": 0, "a": a, "b": b,
             "mean": round(a / (a + b), 4), "low": round(max(0, a / (a + b) - spread), 4), "high": round(min(1, a / (a + b) + spread), 4)}
    evidence = [{"about": "", "against": False, "count": 96, "file": "kpis.csv", "from": None, "people": 0, "strength": 1, "text": f"{moved + not_moved} tried", "to": now[:10]}]
    claim = {"agent": "agent:analytics@1", "confidence": 0.5, "evidence": evidence, "id": "c-" + hashlib.sha256(canonical(value).encode()).hexdigest()[:12], "predicate": "what works",
             "rests_on": ["file:kpis.csv"], "subject": subject, "valid_from": -2147483648, "valid_to": -2147483648, "value": value}
    return "claim.made", "what works:" + subject, "agent:analytics@1", claim


def rows_of(named, actor="account:lead"):
    """Events of [(id, plan, claim or None)], in an order that time allows."""
    rows = [("intervention.registered", "intervention:" + name, actor, plan) for name, plan, _ in named]
    return rows + [("claim.made", "effect:" + name, "agent:analytics@1", claim) for name, _, claim in named if claim]


def early_said(name, plan, claim, start):
    """What was said of it before its last reading, as an event: moved, by a band that holds at all looks."""
    sign = 1 if claim["value"]["estimate"] < 0 else -1
    told = measured(name, plan, "moved", sign * 2.7, 2.1, 0, start, basis="any time", value=None, series=None, placebo=None, pretrend=None)
    return "claim.made", "effect:" + name, "agent:analytics@1", told


def dress(data, now, goals=None):
    """Gives any company with goals of several teams a board with every verdict on it; what it added, as rows_of takes it."""
    goals = [goal for goal in meno.must(data, "goals", now=now)["goals"] if goals is None or goal["id"] in goals]
    today = datetime.date.fromisoformat(now[:10])
    start = today - WEEK * 20
    shapes = [("moved", 4.1, 2.9, 241000, "Practice: handling objections"), ("did not move", -0.2, 0.9, 3100, "One page on who owns a shared service"),
              ("cannot tell", 1.4, 6.1, 50400, "Mend the ticket tool with those who use it"), (None, 0, 0, 0, "Give hours back in dispatch"), ("never", 0, 0, 0, "Say what is expected"),
              ("any time", 1.9, 3.4, 0, "Sit in on each other's calls"), ("descriptive", 2.6, 3.1, 0, "One page on what a good hand-over has")]
    named = []
    for index, (verdict, estimate, half, money, title) in enumerate(shapes):
        goal = goals[index % len(goals)]
        teams = [row["team"] for row in meno.must(data, "goals", "show", goal["id"], now=now)["teams"] if not row["hidden"]]
        sign, cut, begin = (1 if goal["direction"] == "up" else -1), len(teams) // 2, {None: today - WEEK * 2, "any time": today - WEEK * 9, "descriptive": today - WEEK * 6}.get(verdict, start)
        more = {"measurable": False, "power": 0.2, "why_not": "All teams start at once, so there is nothing to compare with."} if verdict == "never" else {}
        early = {"basis": verdict, "value": None, "series": None, "placebo": None, "pretrend": None, "needed": "the last reading decides"} if verdict in ("any time", "descriptive") else {}
        verdict = "cannot tell" if early else verdict
        plan = registered(title, goal["id"], teams[:cut], teams[cut:], begin, training=index in (0, 5, 6), remedy=("practice", "clarity", "tool", "capacity", "clarity", "practice", "job aid")[index],
                          cause=("skill", "clarity", "tool", "capacity", "clarity", "skill", "skill")[index], **more)
        name = f"i-board-{index + 1}"
        named.append((name, plan, measured(name, plan, verdict, sign * estimate, half, money, begin, **early) if verdict not in (None, "never") else None))
    weights = [learnt("skill", "modality", "practice", 3, 1, now), learnt("skill", "modality", "page to read", 0, 4, now), learnt("tool", "remedy", "tool", 1, 0, now)]
    rows = rows_of(named)
    append(data, rows[:len(named)] + [early_said(*named[1], start)] + rows[len(named):] + weights, now)
    with meno.forge(data) as db:  # analytics has read it all, and for good: its next turn would take back what it has not said
        db.execute("UPDATE cursor SET seq = 1152921504606846976, day = 2147483647 WHERE agent = 'analytics'")
    return named
