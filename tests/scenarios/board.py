#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The board of goals: every verdict beside its interval, cost and what would settle it; the same on one page and in a table;
a manager the own teams; nothing of fewer than five people, wherever it is asked; and every figure with its reasons."""
import csv
import datetime
import io
import json
import random
import shutil
import subprocess

import meno
import outcomes

TEAMS = {"Alpha": 8, "Beta": 8, "Gamma": 7, "Delta": 6, "Epsilon": 9, "Zeta": 6, "Small": 4}
KEYS = {"id", "goal", "verdict", "estimate", "se", "interval", "method", "needed", "cost", "lead_days"}  # what other programs read
LEADS = {"signal", "need", "accepted", "live", "first_use", "effect"}


def company():
    """Seven teams, one of four people; three goals with a year of weeks, and a change in the middle of what is measured."""
    folder, chance = meno.folder(), random.Random(2)
    people, heads, number = [], {}, 0
    for team, count in TEAMS.items():
        for index in range(count):
            number += 1
            heads.setdefault(team, f"e{number}")
            people.append([f"e{number}", f"First{number}", f"Last{number}", team, "D" if team < "Delta" else "E", "Agent", "" if index == 0 else heads[team], "2020-01-01"])
    meno.write_csv(folder / "people.csv", "employee_number first_name last_name team department job_title manager start_date".split(), people)
    begin = datetime.date(2025, 1, 6)
    kpis = [[goal, team, begin + outcomes.WEEK * week, round(chance.gauss(60, 1), 2), 100] for goal in ("won", "lead-time", "solved") for week in range(60) for team in TEAMS]
    meno.write_csv(folder / "kpis.csv", "goal_id team date value exposure".split(), kpis)
    meno.write(folder / "goals.csv", "goal_id,name,unit,direction,owner,baseline,target,due,weight,value_per_unit,currency\n"
               "won,Offers won,%,up,e1,60,70,2026-12-31,1,10000,EUR\nlead-time,Days to an offer,days,down,e1,60,50,2026-12-31,0.8,8000,EUR\nsolved,Solved,%,up,e1,60,66,2026-12-31,0.5,,EUR\n")
    meno.write(folder / "changes.csv", "date,scope,kind,title\n2025-11-03,,policy,Travel by train\n2025-11-10,Gamma,tool,A new phone\n2024-11-10,,policy,Long before\n")
    data = meno.init()
    meno.must(data, "import", folder)
    return data, heads


def prepare():
    data, heads = company()
    start = datetime.date(2025, 9, 15)
    plans = {
        "i-moved": outcomes.registered("Practice objections", "won", ["Alpha", "Beta"], ["Gamma", "Delta"], start),
        "i-not": outcomes.registered("One page on ownership", "lead-time", ["Gamma", "Delta"], ["Epsilon", "Zeta"], start, training=False, cause="clarity", remedy="clarity"),
        "i-open": outcomes.registered("Mend the tool", "solved", ["Epsilon"], ["Zeta", "Alpha"], start, training=False, cause="tool", remedy="tool", cost=42000),
        "i-new": outcomes.registered("Give hours back", "solved", ["Zeta"], ["Alpha"], datetime.date(2026, 2, 23), training=False, cause="capacity", remedy="capacity"),
        "i-never": outcomes.registered("Say what is expected", "won", ["Epsilon", "Zeta"], [], start, measurable=False, power=0.1, why_not="There is nothing to compare with."),
        "i-small": outcomes.registered("A course for four", "won", ["Small"], ["Alpha", "Beta"], start),
        "i-but-small": outcomes.registered("Everybody but four", "lead-time", ["Alpha", "Beta", "Gamma"], ["Delta", "Epsilon", "Zeta"], start),
        "i-late-small": outcomes.registered("Four start last", "solved", ["Alpha", "Small"], [], start),
        "i-waits-small": outcomes.registered("Four wait", "solved", ["Alpha"], [], start),
        "i-first-small": outcomes.registered("Four start first", "solved", ["Small", "Alpha"], [], start),
        "i-against-small": outcomes.registered("Compared with four", "solved", ["Delta"], ["Small"], start),
    }
    plans["i-waits-small"]["teams"].append({"team": "Small", "start": None, "affected": True})
    plans["i-first-small"]["teams"][1]["start"] = "2026-06-01"
    claims = {"i-moved": ("moved", 4.1, 2.9, 241000), "i-not": ("did not move", -0.2, 0.9, 3100), "i-open": ("cannot tell", 1.4, 6.1, 50400),
              "i-small": ("moved", 7.7123, 1.1, 777123), "i-but-small": ("did not move", 0.1, 1.2, 90), "i-late-small": ("did not move", 0.2, 1.2, 80), "i-waits-small": ("did not move", 0.3, 1.2, 70),
              "i-first-small": ("moved", 5.5, 1.2, 60), "i-against-small": ("moved", 3.3, 1.2, 9000)}
    by_team = lambda **teams: {"people": sum(teams.values()), "opened": 9, "early": 5, "teams": [{"team": team, "people": count, "shown": 20, "opened": 5, "done": 5} for team, count in teams.items()]}
    more = {"i-moved": {"exposures": by_team(Alpha=8, Beta=8)}, "i-late-small": {"exposures": by_team(Alpha=8, Small=4)}}
    named = [(name, plan, outcomes.measured(name, plan, *claims[name], start, **more.get(name, {})) if name in claims else None) for name, plan in plans.items()]
    outcomes.append(data, outcomes.rows_of(named))
    return data, heads, plans


# ---- the board ---------------------------------------------------------------------------------------------------

def verdicts(tap, board, plans):
    rows = {row["id"]: row for row in board["impact"]}
    tap.same(set(rows), set(plans), "every registered intervention stands on the board")
    tap.ok(all(KEYS <= set(row) and set(row["lead_days"]) == LEADS for row in board["impact"]), "each with the members that other programs read", board["impact"][0])
    tap.same({name: rows[name]["verdict"] for name in ("i-moved", "i-not", "i-open", "i-new", "i-never")},
             {"i-moved": "moved", "i-not": "did not move", "i-open": "cannot tell", "i-new": "cannot tell", "i-never": "cannot tell"}, "verdicts are the agent's, and none is \"cannot tell\"")
    moved = rows["i-moved"]
    tap.same((moved["estimate"], moved["interval"], moved["cost"], moved["value"]["money"], moved["needed"]), (4.1, [1.2, 7], 18400, 241000, None), "what moved has its effect, interval, cost and value")
    tap.ok(abs(moved["return"] - 241000 / 18400) < 1e-6, "the return is value a year for each unit of cost", moved["return"])
    tap.same((rows["i-new"]["estimate"], rows["i-new"]["told_from"], rows["i-new"]["measured"]), (None, "2026-05-18", False), "what is not measured says when it can be told: the end of its weeks")
    tap.same((rows["i-never"]["told_from"], rows["i-never"]["needed"]), (None, "There is nothing to compare with."), "what is not measurable says so, and why")
    tap.ok(rows["i-open"]["needed"], "what cannot be told says what would settle it", rows["i-open"])
    worth = [row["value"]["money"] if row["value"] else -1e18 for row in board["impact"]]
    tap.same(worth, sorted(worth, reverse=True), "the most worth stands first")
    tap.same([change["title"] for change in moved["changes"]], ["Travel by train", "A new phone"], "changes in its weeks and teams are told, older ones not")
    tap.same([change["title"] for change in rows["i-open"]["changes"]], ["Travel by train"], "nor those of other teams")
    goals = {goal["id"]: goal for goal in board["goals"]}
    tap.same((goals["won"]["interventions"], goals["won"]["moved"]), (["i-moved", "i-never", "i-small"], 1), "a goal names its interventions")
    summary = board["summary"]
    tap.same([summary[key] for key in ("interventions", "moved", "did_not_move", "cannot_tell")], [11, 2, 4, 5], "the counts add up")
    tap.same((summary["value"]["money"], summary["cost"]), (250000, sum(plan["cost"] for plan in plans.values())), "the value is of what moved, the cost of everything")


def one(tap, data):
    shown = meno.must(data, "impact", "show", "i-moved")
    tap.same([(row["team"], row["start"]) for row in shown["teams"]][:3], [("Alpha", "2025-09-15"), ("Beta", "2025-09-22"), ("Gamma", None)], "one intervention shows its order of start")
    tap.ok(shown["registration"]["seed"] == "b7e1" and "teams" not in shown["registration"], "and the registration as it was frozen", shown["registration"])
    tap.ok(all(shown[key] for key in ("series", "raw", "placebo", "pretrend", "behaviour")), "and all that the verdict rests on")
    tap.same(({key: count for key, count in shown["exposures"].items() if key != "teams"}, shown["moves"], shown["registered_by"]), ({"people": 16, "opened": 9, "early": 5}, None, "lead"), "counts of people under five are withheld")
    tap.same([(row["level"], row["name"], row["state"], len(row["signs"])) for row in shown["levels"]], [(4, "results", "seen", 0), (3, "behaviour", "seen", 2), (2, "learning", "cannot tell", 1), (1, "reaction", "empty", 0)],
             "four levels side by side, the effect first; of three people nothing")
    tap.ok(shown["levels"][3]["fill"] and not shown["levels"][1]["fill"], "an empty one says what would fill it", shown["levels"])
    tap.same([row["kind"] for row in shown["blockers"]], ["pulse", "tickets"], "what hinders use on the job, but no need that is not there to be seen, and nothing of three people")
    bare = meno.must(data, "impact", "show", "i-new")
    tap.same([row["state"] for row in bare["levels"]] + bare["blockers"], ["empty"] * 4, "and without a measurement every level is empty")
    tap.same([bare[key] for key in ("series", "raw", "placebo", "behaviour", "sentence", "method")], [None] * 6, "without a measurement there is none of it, and no error")
    plan = {row["id"]: row for row in meno.must(data, "interventions")["interventions"]}["i-moved"]
    tap.ok({"id", "need", "goal", "cause", "skills", "remedy", "design", "estimand", "minimum_effect", "power", "measurable", "teams", "registered_at"} <= set(plan), "a plan has the members that other programs read", plan)
    tap.same((plan["estimand"], plan["teams"][0]), ({"from_week": 3, "to_week": 12}, {"team": "Alpha", "start": "2025-09-15", "affected": True}), "with its weeks and starts")
    tap.same(meno.must(data, "interventions", "show", "i-moved"), plan, "alone it is the same")
    tap.same(meno.meno(data, "impact", "show", "none-such").status, 66, "what is not there is not found")


def reasons(tap, data):
    why = meno.must(data, "why", "i-moved")
    effect = meno.must(data, "impact", "show", "i-moved")["claim"]
    tap.ok(why["kind"] == "intervention" and "moved" in why["statement"] and why["evidence"], "an intervention has its reasons", why)
    tap.same([(link["kind"], link["id"]) for link in why["leads_to"] + why["rests_on"]], [("effect", effect), ("need", "n-none"), ("goal", "won")], "it leads to what was measured, and rests on need and goal")
    tap.ok(any("registered" in row["what"] and row["by"] == "lead" for row in why["decisions"]), "who registered it is told", why["decisions"])
    measured = meno.must(data, "why", effect)
    tap.same((measured["kind"], measured["made"]["by"], measured["rests_on"][0]["id"]), ("effect", "agent analytics", "i-moved"), "so has what was measured")
    tap.same(meno.must(data, "why", "i-new")["evidence"], [], "what is not measured has no evidence")
    tap.ok(any(hit["kind"] == "intervention" for hit in meno.must(data, "search", "hours back")["hits"]), "an intervention is found by its words")


# ---- as files ----------------------------------------------------------------------------------------------------

def files(tap, data):
    table = list(csv.DictReader(io.StringIO(meno.must(data, "impact", "csv", js=False).raw.decode("utf-8-sig"))))
    rows = {row["intervention"]: row for row in table}
    tap.same((len(table), rows["i-moved"]["estimate"], rows["i-not"]["estimate"], rows["i-new"]["estimate"], rows["i-new"]["told from"]), (11, "4.1", "-0.2", "", "2026-05-18"), "the table has a row for each, and figures that a spreadsheet can add")
    levels = ("level 4: results", "level 3: behaviour", "level 2: learning", "level 1: reaction")
    tap.same([tuple(rows[name][level] for level in levels) for name in ("i-moved", "i-open", "i-new", "i-small")],
             [("seen", "seen", "cannot tell", "empty"), ("cannot tell", "seen", "cannot tell", "empty"), ("empty",) * 4, ("withheld",) * 4], "with the four levels, the one that counts first")
    tap.ok("behaviour: Results in Handling objections on the job rose by 8 points" in rows["i-moved"]["levels in words"] and "71 points" not in rows["i-moved"]["levels in words"] and not rows["i-small"]["levels in words"], "in words as well, but for what fewer than five stand behind", rows["i-moved"])
    first, again = (meno.must(data, "impact", "pdf", js=False).raw for _ in range(2))
    tap.ok(first.startswith(b"%PDF-") and first == again, "the page is the same bytes for the same board and moment")
    if not shutil.which("pdftotext"):
        return tap.skip("the page says it in words", "poppler-utils is not here")
    pdf = meno.folder() / "board.pdf"
    pdf.write_bytes(first)
    run = lambda *words: subprocess.run(words, capture_output=True, text=True, check=True).stdout
    words = " ".join(run("pdftotext", pdf, "-").split())
    tap.ok("Of eleven interventions two moved their goals, four did not, and five cannot be told yet." in words, "the page begins with the answer", words)
    parts = [words.find(text) for text in ("Spent", "What moved", "Practice objections", "The goals behind it", "What cannot be told", "What was declined", "From signal to effect, in days", "Made by Meno")]
    tap.ok(-1 not in parts and parts == sorted(parts), "and is read in its order", (parts, words))
    tap.ok("€241k" in words and "from 18 May 2026" in words and "not measurable" in words, "money, and when the rest can be told, stand on it", words)
    tap.ok("4● 3● 2○ 1–" in words and "4 results 3 behaviour 2 learning 1 reaction:" in words, "the four levels too, and what people say last", words)
    tap.ok("777" not in words and "7.71" not in words, "what is withheld does not", words)
    fonts = run("pdffonts", pdf).splitlines()[2:]
    tap.ok(fonts and all(line.split()[-5:-2] == ["yes", "yes", "yes"] for line in fonts), "every font is embedded", fonts)
    facts = run("pdfinfo", pdf)
    tap.ok("made by Meno" in facts and "Tagged:          yes" in facts and "Pages:           1" in facts, "one tagged page that says in its data who made it", facts)


# ---- who sees what -----------------------------------------------------------------------------------------------

def few(tap, data):
    rows = {row["id"]: row for row in meno.must(data, "impact")["impact"]}
    small = rows["i-small"]
    tap.ok(small["hidden"] and all(small[key] is None for key in ("estimate", "se", "interval", "p", "value", "return", "sentence", "confidence")) and small["verdict"] == "cannot tell", "an effect in a team of four is withheld", small)
    effect = meno.must(data, "impact", "show", "i-small")
    asked = [meno.must(data, "impact"), effect, meno.must(data, "why", "i-small"), meno.must(data, "why", effect["claim"]), meno.must(data, "impact", "csv", js=False).out]
    told = json.dumps(asked)
    tap.ok("7.7123" not in told and "777123" not in told and "6.6123" not in told, "wherever it is asked", told)
    tap.ok({row["state"] for row in effect["levels"]} == {"withheld"} and not any(row["signs"] or row["fill"] for row in effect["levels"][1:]) and effect["blockers"] == [], "with every level, and what hinders", effect["levels"])
    other = meno.must(data, "impact", "show", "i-against-small")
    tap.ok(other["comparison_hidden"] and other["raw"]["comparison"] is None and other["raw"]["treated"], "nor are the four shown as what others are compared with", other["raw"])
    late = meno.must(data, "impact", "show", "i-late-small")["raw"]
    day = late["days"].index("2025-09-15")
    tap.same(([late["comparison"][index] is None for index in (day - 1, day, day + 1)], None in late["treated"]), ([False, True, False], False), "nor on a day on which only the four still wait")
    waits = meno.must(data, "impact", "show", "i-waits-small")
    tap.ok(waits["estimate"] is not None and waits["raw"]["comparison"] is None, "nor while they wait to the end", waits["raw"])
    first = meno.must(data, "impact", "show", "i-first-small")
    tap.ok(first["hidden"] and first["estimate"] is None, "nor what was measured when only the four had started", first)
    reached = [meno.must(data, "impact", "show", name)["exposures"] for name in ("i-moved", "i-late-small")]
    tap.same(([row["team"] for row in reached[0]["teams"]], reached[0]["people"], reached[1]["teams"]), (["Alpha", "Beta"], 16, []), "whom it reached is told by team, unless one of them is small")
    rest = meno.must(data, "impact", "show", "i-but-small")["raw"]
    tap.ok(rest["comparison"] is None and rest["treated"], "nor left over when both series are taken from the goal's own", rest)


def many(tap, data):
    """Looking at many: p adjusted for all that were measured, and the sum of all, not only of what was picked."""
    board = meno.must(data, "impact")
    told = [row for row in board["impact"] if row["p"] is not None]
    ranked = sorted(told, key=lambda row: row["p"])
    wanted, least = {}, 1.0
    for rank in range(len(ranked), 0, -1):
        least = min(least, len(ranked) / rank * ranked[rank - 1]["p"])
        wanted[ranked[rank - 1]["id"]] = least
    tap.ok(len(told) > 3 and all(abs(row["q"] - wanted[row["id"]]) < 1e-9 for row in told), "every p has its q, by Benjamini and Hochberg", [(row["id"], row["p"], row["q"]) for row in told])
    tap.ok(all(row["q"] is None for row in board["impact"] if row["p"] is None), "and what has none has none")
    values = [row["value"] for row in board["impact"] if row["value"]]
    of_all, moved = board["summary"]["value_of_all"], board["summary"]["value"]
    tap.ok(len(values) > 3 and of_all["low"] < of_all["money"] < of_all["high"] and min(v["money"] for v in values) * len(values) < of_all["money"] < moved["money"], "the sum of all that was measured is less than that of what moved", (of_all, moved))
    tap.ok(board["summary"]["believed"] <= board["summary"]["moved"], "of what moved, what is believed among so many", board["summary"])


def own_teams(tap, data, passwords):
    with meno.Server(data) as server:
        callers = {login: meno.Caller(server, login, password) for login, password in passwords.items()}
        for path in ("/impact", "/interventions"):
            who = sorted(login for login, caller in callers.items() if caller.get(path).status == 200)
            tap.same(who, ["analyst", "approver", "lead", "manager"], f"{path} is for those who may")
        manager, key = callers["manager"], {"/impact": "impact", "/interventions": "interventions"}
        for path in key:
            tap.same({row["id"] for row in manager.get(path).json[key[path]]}, {"i-not", "i-but-small"}, f"{path}: a manager sees what touches the own team")
        tap.same([row["team"] for row in manager.get("/impact/i-not").json["teams"]], ["Gamma"], "with the own team's start, and no other's")
        tap.same([row["team"] for row in manager.get("/interventions/i-not").json["teams"]], ["Gamma"], "in the plan as well")
        claim = callers["lead"].get("/impact/i-moved").json["claim"]
        tap.same([manager.get(path).status for path in ("/impact/i-moved", "/interventions/i-moved", "/why/i-moved", f"/why/{claim}")], [404] * 4, "other teams' interventions are not there for a manager")
        tap.ok("Alpha" not in manager.get("/impact/i-not").body.decode(), "nor named in the registration")
        table = manager.get("/impact.csv")
        tap.ok(table.status == 200 and b"i-not" in table.body and b"i-moved" not in table.body, "the manager's table is that view", table)
        reply = callers["analyst"].get("/impact.pdf")
        tap.ok(reply.status == 200 and reply.headers["Content-Type"] == "application/pdf" and reply.body.startswith(b"%PDF-"), "the page comes over HTTP", reply.headers)


def so_far(tap, data):
    """Before the last reading: what figures are is said with them, in the data, in the table and on the page."""
    start = datetime.date(2026, 2, 9)
    plans = {"i-any": outcomes.registered("Told early", "lead-time", ["Delta", "Epsilon"], ["Gamma"], start, cost=90000), "i-one": outcomes.registered("One team so far", "lead-time", ["Zeta"], ["Gamma"], start, cost=80000),
             "i-four": outcomes.registered("Four so far", "solved", ["Small", "Alpha"], ["Gamma"], start)}
    plans["i-four"]["teams"][1]["start"] = "2026-06-01"
    claims = {"i-any": ("moved", -3.1, 1.1, "any time"), "i-one": ("cannot tell", -2.2, 3.3, "descriptive"), "i-four": ("cannot tell", 6.6123, 3.3, "any time")}
    named = [(name, plan, outcomes.measured(name, plan, *claims[name][:3], 0, start, basis=claims[name][3], value=None, series=None, needed=None, to="2026-07-01")) for name, plan in plans.items()]
    outcomes.append(data, outcomes.rows_of(named))
    board = meno.must(data, "impact")
    rows = {row["id"]: row for row in board["impact"]}
    tap.same({name: rows[name]["basis"] for name in ("i-any", "i-one", "i-moved", "i-new")}, {"i-any": "any time", "i-one": "descriptive", "i-moved": "last reading", "i-new": None}, "figures say whether they are those of the last reading, of any look, or descriptive")
    tap.ok(rows["i-any"]["verdict"] == "moved" and rows["i-any"]["value"] is None and board["summary"]["value"]["money"] == 250000, "what is told early adds no money yet", (rows["i-any"], board["summary"]))
    tap.ok(rows["i-four"]["hidden"] and rows["i-four"]["estimate"] is None and rows["i-four"]["basis"] is None, "figures so far are those of who has started so far: of four they are withheld", rows["i-four"])
    table = {row["intervention"]: row["basis"] for row in csv.DictReader(io.StringIO(meno.must(data, "impact", "csv", js=False).raw.decode("utf-8-sig")))}
    tap.same([table[name] for name in ("i-any", "i-one", "i-moved", "i-new", "i-four")], ["any time", "descriptive", "last reading", "", ""], "so does the table")
    if not shutil.which("pdftotext"):
        return tap.skip("so does the page", "poppler-utils is not here")
    pdf = meno.folder() / "board.pdf"
    pdf.write_bytes(meno.must(data, "impact", "pdf", js=False).raw)
    words = " ".join(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split())
    tap.ok("so far, at any look" in words and "descriptive" in words, "so does the page", words)


def taken_back(tap, data):
    """What was said early and the last reading did not bear out is said wherever the verdict is; what it bore out is told apart."""
    start = datetime.date(2026, 2, 9)
    plans = {name: outcomes.registered(name, "lead-time", teams, ["Gamma"], start) for name, teams in (("i-back", ["Delta", "Epsilon"]), ("i-bears", ["Delta", "Epsilon"]), ("i-few", ["Zeta", "Small"]))}
    plans["i-few"]["teams"][0]["start"] = "2026-07-06"  # only the four had started when it was said
    early = [("claim.made", "effect:" + name, "agent:analytics@1", outcomes.measured(name, plan, "moved", -8.875, 1.1, 0, start, basis="any time", value=None, series=None)) for name, plan in plans.items()]
    last = {"i-back": ("cannot tell", -0.4375), "i-bears": ("moved", -2.1), "i-few": ("did not move", 0.1)}
    outcomes.append(data, outcomes.rows_of([(name, plan, None) for name, plan in plans.items()]) + early)
    tap.same({row["id"]: row["said_early"] for row in meno.must(data, "impact")["impact"] if row["id"] in plans}, dict.fromkeys(plans), "as long as it is what is said, it is not what was said")
    outcomes.append(data, [("claim.made", "effect:" + name, "agent:analytics@1", outcomes.measured(name, plan, *last[name], 0.9, 300000, start, to="2026-08-01")) for name, plan in plans.items()])
    board = meno.must(data, "impact")
    rows = {row["id"]: row for row in board["impact"]}
    day = rows["i-back"]["said_early"]["day"]
    tap.same(rows["i-back"]["said_early"], {"day": day, "estimate": -8.875, "interval": [-9.975, -7.775], "confirmed": False}, "what was said early stands beside the last reading, with its figures")
    tap.ok(rows["i-bears"]["said_early"]["confirmed"] and board["summary"]["taken_back"] == 2, "and whether that bears it out", board["summary"])
    tap.ok(rows["i-few"]["said_early"]["estimate"] is None and rows["i-few"]["said_early"]["interval"] is None, "without the figures of fewer than five", rows["i-few"])
    tap.ok(all(row["said_early"] is None for name, row in rows.items() if name not in plans), "of the others nothing was said early")
    table = {row["intervention"]: (row["said early to have moved on"], row["early estimate"], row["confirmed at the last reading"]) for row in csv.DictReader(io.StringIO(meno.must(data, "impact", "csv", js=False).raw.decode("utf-8-sig")))}
    tap.same([table[name] for name in ("i-back", "i-bears", "i-few", "i-moved")], [(day, "-8.875", "no"), (day, "-8.875", "yes"), (day, "", "no"), ("", "", "")], "so says the table")
    tap.ok(f"Said early, on {day}: moved; not confirmed at the last reading." in meno.must(data, "why", "i-back")["statement"], "and the reasons")
    if not shutil.which("pdftotext"):
        return tap.skip("and the page", "poppler-utils is not here")
    pdf = meno.folder() / "board.pdf"
    pdf.write_bytes(meno.must(data, "impact", "pdf", js=False).raw)
    words = " ".join(subprocess.run(["pdftotext", pdf, "-"], capture_output=True, text=True, check=True).stdout.split())
    tap.ok("moved, by −8.88 days (−9.97 to −7.78); not confirmed at the last reading." in words, "and the page, with its figures", words)


def versions(tap, data, passwords):
    """What is registered anew is a version of its own, and what decides the verdict is not changed once it could be fitted to the data."""
    plan = lambda: meno.must(data, "interventions", "show", "i-late")
    start = datetime.date(2026, 6, 1)
    outcomes.append(data, outcomes.rows_of([("i-late", outcomes.registered("Not begun", "lead-time", ["Delta", "Epsilon"], ["Gamma"], start), None)]))
    with meno.Server(data) as server:
        callers = {login: meno.Caller(server, login, password) for login, password in passwords.items()}
        body = {"minimum_effect": 3.5, "reason": "The planners ask for more"}
        tap.same(sorted(login for login, caller in callers.items() if caller.post("/interventions/i-late/amend", body).status == 200), ["lead"], "a new version is for who decides on needs")
        lead = callers["lead"]
        tap.same([lead.post("/interventions/i-late/amend", body | more).status for more in ({"minimum_effect": 0}, {"minimum_effect": None, "cost": -1}, {"reason": ""})], [400, 400, 400], "with sense, and a reason")
        tap.same(lead.post("/interventions/i-moved/amend", body).status, 409, "once the weeks that count have begun, the smallest effect worth having is frozen")
        tap.same(lead.post("/interventions/i-moved/amend", {"cost": 20000, "reason": "Two more sessions"}).status, 200, "what it has cost is not")
        tap.same(lead.post("/interventions/none-such/amend", body).status, 404, "what is not there is not found")
        late, moved = lead.get("/impact/i-late").json, lead.get("/impact/i-moved").json
        tap.same((late["minimum_effect"], late["amendable"], moved["amendable"], moved["cost"]), (3.5, True, False, 20000), "both hold from then on")
        tap.same([(v["version"], v["what"], v["cost_before"], v["cost"], v["minimum_effect_before"], v["minimum_effect"], v["reason"]) for v in late["versions"] + moved["versions"]],
                 [(1, "registered", None, None, None, None, None), (2, "amended", None, None, 2, 3.5, "The planners ask for more"),
                  (1, "registered", None, None, None, None, None), (2, "amended", 18400, 20000, None, None, "Two more sessions")], "each version is shown, with what it changed and why")
        tap.same(late["registration"]["minimum_effect"], 2, "and what was frozen stays as it was")
        tap.ok(any("new version" in row["what"] for row in lead.get("/why/i-moved").json["decisions"]), "the reasons tell it too")
    tap.same((meno.meno(data, "replay", "--verify").status, plan()["minimum_effect"]), (0, 3.5), "and it is replayed")


def weights(tap, data, passwords):
    """What agents go by is listed, set back by who steers and by nobody else, and replayed."""
    meno.must(data, "run")
    listed = meno.must(data, "weights")["weights"]
    told = {w["subject"]: w for w in listed}
    tap.ok({"skill: agent needs", "tool: tool"} <= set(told) and all(w["low"] <= w["mean"] <= w["high"] and w["mean"] == (1 + w["moved"]) / (2 + w["moved"] + w["did_not_move"]) for w in listed),
           "what led to effects is listed with its context, as chances of working again", listed)
    with meno.Server(data) as server:
        callers = {login: meno.Caller(server, login, password) for login, password in passwords.items()}
        tap.same(sorted(login for login, caller in callers.items() if caller.get("/weights").status == 200), ["analyst", "approver", "lead", "manager"], "weights are for those who may read impact")
        body = {"subject": "tool: tool", "reason": "another tool since"}
        tap.same(sorted(login for login, caller in callers.items() if login != "lead" and caller.post("/weights/reset", body).status == 200), [], "and set back by nobody but who steers")
        tap.same(callers["lead"].post("/weights/reset", {"subject": "skill: modality none"}).status, 404, "a weight that there is not")
        reply = callers["lead"].post("/weights/reset", body)
        tap.ok(reply.status == 200 and reply.json["state"] == "reset", "a weight is set back", reply)
    tap.same([row["subject"] for row in meno.must(data, "weights")["resets"]], ["tool: tool"], "and it is shown")
    tap.same(meno.meno(data, "replay", "--verify").status, 0, "and replayed")
    meno.must(data, "run")
    tap.same({w["subject"] for w in meno.must(data, "weights")["weights"]}, set(told) - {"tool: tool"}, "the agent does not state again what was set back, and keeps the rest")


def nothing(tap):
    data = meno.init()
    board = meno.must(data, "impact")
    tap.same((board["impact"], board["goals"], board["summary"]["cost"], board["summary"]["value"]), ([], [], None, None), "a Meno without anything has an empty board")
    tap.ok(meno.must(data, "impact", "pdf", js=False).raw.startswith(b"%PDF-"), "and a page that says so")


def main(tap):
    data, heads, plans = prepare()
    tap.same(meno.meno(data, "replay", "--verify").status, 0, "the ledger that this rests on verifies")
    verdicts(tap, meno.must(data, "impact"), plans)
    one(tap, data)
    reasons(tap, data)
    files(tap, data)
    few(tap, data)
    many(tap, data)
    so_far(tap, data)
    taken_back(tap, data)
    passwords = meno.add_accounts(data, manager=heads["Gamma"])
    own_teams(tap, data, passwords)
    versions(tap, data, passwords)
    weights(tap, data, passwords)
    nothing(tap)


meno.scenario(main)
