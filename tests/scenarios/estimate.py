#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""`meno estimate` on CSV files, without a company: published results where the reference data is at hand, effects that were put
in, nothing where nothing is, the same answer however the file is written, and no silent number for bad input."""
import csv
import datetime
import math
import random

import meno

PANEL = "unit=unit,time=time,start=start,outcome=y"


def estimate(path, design, columns=PANEL, *words):
    return meno.meno(None, "estimate", path, "--design", design, "--columns", columns, *words, now=None)


def table(rows, header=("unit", "time", "start", "y"), name="table.csv", delimiter=","):
    return meno.write_csv(meno.folder() / name, header, rows, delimiter)


def panel(seed, units, periods, starts, effect, noise=1.0, trend=0.0):
    """Rows of units with a level and autocorrelated noise; `starts`: unit → first treated period, 0 for never."""
    chance, rows = random.Random(seed), []
    for unit in range(units):
        level, shock, start = chance.gauss(0, 1), 0.0, starts(unit)
        for time in range(1, periods + 1):
            shock = 0.3 * shock + chance.gauss(0, noise)
            rows.append((f"u{unit}", time, start, level + 0.1 * time + shock + trend * time * (start > 0) + (effect if start and time >= start else 0)))
    return rows


def close(got, wanted, tolerance):
    return got is not None and abs(got - wanted) <= tolerance


def shape(tap):
    for design, rows, columns in (
            ("did", panel(1, 60, 8, lambda u: (0, 4, 6)[u % 3], 2), PANEL), ("sdid", panel(2, 20, 16, lambda u: 12 if u < 3 else 0, 2), PANEL),
            ("sc", panel(3, 25, 20, lambda u: 15 if u < 1 else 0, 9, 0.3), PANEL), ("rct", panel(4, 30, 10, lambda u: 6 * (u % 2), 2), PANEL),
            ("stepped-wedge", panel(5, 12, 8, lambda u: 3 + u % 5, 2), PANEL), ("its", panel(6, 1, 60, lambda u: 31, 5), PANEL),
            ("bsts", panel(7, 6, 60, lambda u: 45 if u < 1 else 0, 4), PANEL)):
        answer = estimate(table(rows), design, columns)
        got = answer.json or {}
        wanted = {"design", "estimate", "se", "interval", "level", "p", "effects", "diagnostics", "verdict", "sentence"}
        good = answer.status == 0 and wanted <= got.keys() and len(got["interval"]) == 2 and got["effects"] is not None
        tap.ok(good, f"{design}: one object with estimate, error, interval, effects, diagnostics, verdict and sentence", answer)
        tap.ok(good and got["verdict"] == "moved" and got["interval"][0] > 0, f"{design}: an effect that was put in moved the figure", answer)


def nothing(tap):
    cases = {"did": (panel, (60, 8, lambda u: (0, 4, 6)[u % 3], 0)), "sdid": (panel, (20, 16, lambda u: 12 if u < 4 else 0, 0)), "rct": (panel, (30, 10, lambda u: 6 * (u % 2), 0)),
             "stepped-wedge": (panel, (12, 8, lambda u: 3 + u % 5, 0)), "sc": (panel, (25, 20, lambda u: 15 if u < 1 else 0, 0))}
    runs = 40 if meno.SOAK else 12
    for design, (make, arguments) in cases.items():
        claims = sum(estimate(table(make(100 + seed, *arguments)), design).json["verdict"] == "moved" for seed in range(runs))
        tap.ok(claims <= runs * (0.15 if meno.SOAK else 0.25), f"{design}: nothing is claimed where nothing is ({claims} of {runs})")
    apart = panel(9, 80, 8, lambda u: 6 * (u % 2), 0, 0.3, trend=0.5)
    got = estimate(table(apart), "did").json
    tap.ok(got["verdict"] == "cannot tell" and "before the starts" in got["sentence"], "trends that part before the starts give no verdict", got["sentence"])
    small = estimate(table(panel(10, 80, 8, lambda u: 6 * (u % 2), 0)), "did", PANEL, "--smallest", "5").json
    tap.ok(small["verdict"] == "did not move" and "excluded" in small["sentence"], "an effect worth having can be excluded", small)


def invariances(tap):
    rows = panel(20, 40, 8, lambda u: (0, 4, 6)[u % 3], 1)
    turned = [(f"name {unit} é", time, start or "", 1000 * y) for unit, time, start, y in rows]
    random.Random(3).shuffle(turned)
    for design in ("did", "rct", "sdid", "stepped-wedge"):
        first = [r for r in rows if r[2] != 4] if design in ("rct", "sdid") else rows
        second = [r for r in turned if r[2] != 4] if design in ("rct", "sdid") else turned
        a, b = estimate(table(first), design).json, estimate(table(second, delimiter=";"), design).json
        tap.ok(a and b and close(b["estimate"], 1000 * a["estimate"], 1e-4 * abs(1000 * a["estimate"])) and close(b["se"], 1000 * a["se"], 1e-3 * 1000 * a["se"]) and
               a["verdict"] == b["verdict"] and close(a["p"], b["p"], 1e-6), f"{design}: rows permuted, units renamed, outcome rescaled, another delimiter: the same", (a and a["estimate"], b and b["estimate"]))


def dates(tap):
    rows = panel(30, 20, 14, lambda u: 8 * (u % 2), 2)
    plain = estimate(table(rows), "did").json
    first = datetime.date(2025, 1, 6)
    month = lambda n: datetime.date(2025 + (n - 1) // 12, (n - 1) % 12 + 1, 1)
    ways = {"ISO weeks": lambda n: (first + datetime.timedelta(7 * n)).isoformat(), "D/M/Y": lambda n: (first + datetime.timedelta(7 * n)).strftime("%d/%m/%Y"),
            "M/D/Y": lambda n: (first + datetime.timedelta(7 * n)).strftime("%m/%d/%Y"), "D.M.Y months, told by their even steps": lambda n: month(n).strftime("%d.%m.%Y"),
            "months": lambda n: month(n).strftime("%Y-%m"), "decimals": lambda n: f"{n}.0"}
    for name, write in ways.items():
        got = estimate(table([(u, write(t), write(s) if s else 0, y) for u, t, s, y in rows]), "did").json
        tap.ok(got and close(got["estimate"], plain["estimate"], 1e-9) and [e.get("event") for e in got["effects"]] == [e.get("event") for e in plain["effects"]],
               f"periods written as {name} give the same", got and got["estimate"])
    vague = [(u, f"{t}/{t}/2025", f"{s}/{s}/2025" if s else "", y) for u, t, s, y in rows if t <= 12]
    answer = estimate(table(vague), "did")
    tap.ok(answer.status == 65 and "day/month or month/day" in answer.err, "dates that could be either are an error, not a guess", answer)
    mixed = [(u, t if t != 5 else "2025-01-05", s, y) for u, t, s, y in rows]
    answer = estimate(table(mixed), "did")
    tap.ok(answer.status == 65 and "row 6" in answer.err, "periods of two kinds are an error with the row", answer)


def bad_input(tap):
    rows = panel(40, 12, 8, lambda u: 5 * (u % 2), 1)

    def refused(title, change, words, design="did", columns=PANEL):
        changed = [list(row) for row in rows]
        result = change(changed)
        answer = estimate(table(result if result is not None else changed), design, columns)
        tap.ok(answer.status == 65 and all(word in answer.err for word in words), title, answer)

    def put(row, column, value):
        def change(table):
            table[row][column] = value
        return change

    refused("a unit and period that stand twice", lambda t: t + [t[7]], ("row 98", "row 9"))
    refused("1e308", put(3, 3, "1e308"), ("row 5", "1e+308"))
    refused("infinity", put(3, 3, "inf"), ("row 5", "infinite"))
    refused("text for a number", put(3, 3, "many"), ("row 5", "many", "y"))
    refused("a start that changes within a unit", put(12, 2, 7), ("row 14", "u1"))
    refused("no control", lambda t: [[u, time, 5, y] for u, time, _, y in t], ("none to compare with",))
    refused("nobody treated", lambda t: [[u, time, 0, y] for u, time, _, y in t], ("no unit is treated",))
    refused("a constant outcome", lambda t: [[u, time, s, 7] for u, time, s, _ in t], ("one value only",))
    refused("one period", lambda t: [row for row in t if row[1] == 3], ("a before and an after",))
    refused("an empty unit", put(3, 0, ""), ("row 5", "unit"))
    for design in ("sc", "sdid", "its", "bsts", "rct", "stepped-wedge"):
        refused(f"{design}: 1e308", put(3, 3, "1e308"), ("row 5",), design)
    answer = estimate(table(rows), "did", "unit=unit,time=time,start=start,outcome=sales")
    tap.ok(answer.status == 65 and "sales" in answer.err and "unit, time, start, y" in answer.err, "a column that is not there", answer)
    gaps = [r if i not in (3, 50) else (*r[:3], "NaN") for i, r in enumerate(rows)]
    got = estimate(table(gaps), "did").json
    tap.ok(got["diagnostics"]["missing_outcomes"] == 2 and got["diagnostics"]["units_with_gaps"] == 2 and got["diagnostics"]["units"] == 10, "NaN and gaps are counted, their units left out", got["diagnostics"])
    one = estimate(table([r if r[0] == "u1" else (r[0], r[1], 0, r[3]) for r in rows]), "did").json
    tap.ok(one["verdict"] == "cannot tell" and "too few" in one["sentence"], "one treated unit gives no verdict", one["sentence"])
    for words in (("--design", "magic", "--columns", PANEL), ("--design", "did"), ("--design", "did", "--columns", "unit=unit"), ("--design", "did", "--columns", PANEL, "--alpha", "7")):
        answer = meno.meno(None, "estimate", table(rows), *words, now=None)
        tap.ok(answer.status == 64, f"usage: {' '.join(words)[:60]}", answer)
    tap.ok(estimate("nowhere.csv", "did").status == 66, "a file that is not there")


def match(tap):
    chance, rows, apart = random.Random(50), [], []
    for i in range(400):
        age, skill = chance.gauss(40, 8), chance.gauss(0, 1)
        treated = chance.random() < 1 / (1 + math.exp(-(age - 42) / 8 - skill))
        rows.append((i, 1 if treated else 0, 0.2 * age + skill + 3 * treated + chance.gauss(0, 1), age, skill))
        apart.append((i, i % 2, chance.gauss(0, 1) + i % 2, 20 + 5 * chance.random() + 30 * (i % 2), skill))
    columns, header = "unit=id,start=treated,outcome=y,covariates=age+skill", ("id", "treated", "y", "age", "skill")
    got = estimate(table(rows, header), "match", columns).json
    tap.ok(got["verdict"] == "moved" and close(got["estimate"], 3, 0.5) and got["diagnostics"]["e_value"] > 2, "groups that can be made alike are compared", got["sentence"])
    tap.ok({e["covariate"] for e in got["effects"]} == {"age", "skill"}, "the balance of each covariate is shown")
    got = estimate(table(apart, header), "match", columns).json
    tap.ok(got["verdict"] == "refused" and got["estimate"] is None and "alike" in got["sentence"], "groups that cannot be made alike are refused", got)


def published(tap):
    mpdta, google = meno.REFDATA / "causal" / "mpdta.csv", meno.REFDATA / "causal" / "google_data.csv"
    if not mpdta.exists():
        tap.skip("published results", "the reference data is absent: MENO_REFDATA names its folder")
        return
    columns = "unit=countyreal,time=year,start=first.treat,outcome=lemp"
    for scenario, words in (("mpdta_nev_dr", ()), ("mpdta_nyt_dr", ("--controls", "not-yet"))):
        got = estimate(mpdta, "did", columns, *words).json
        cells = {(str(e["group"]), str(e["time"])): e for e in got["effects"] if e["kind"] == "att"}
        with open(mpdta.with_name("mpdta_ref_attgt.csv"), newline="") as file:
            wanted = [row for row in csv.DictReader(file) if row["scenario"] == scenario]
        good = [close(cells[row["group"], row["t"]]["estimate"], float(row["att"]), 5e-5) and close(cells[row["group"], row["t"]]["se"], float(row["se"]), 1e-3 * float(row["se"])) for row in wanted]
        tap.ok(len(good) == 12 and all(good), f"{scenario}: the effects and errors of R did", good)
    got = estimate(google, "bsts", "time=date,start=2020-03-02,outcome=y,covariates=x1+x2").json
    tap.ok(close(got["estimate"], 804 / 30, 2.2) and close(got["se"], 4.5, 1), "google: the effect of R CausalImpact within half a posterior standard deviation", got["sentence"])


def main(tap):
    shape(tap)
    nothing(tap)
    invariances(tap)
    dates(tap)
    bad_input(tap)
    match(tap)
    published(tap)


meno.scenario(main)
