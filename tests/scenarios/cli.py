#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: every command and verb has its help, answers in JSON where asked, in the shape that the description
promises, fails with the exit status of the one table, and refuses what it does not know. Time is what --now says."""
import json
import re
import subprocess

import meno

EARLIER, LATER = "2026-01-05T09:00:00Z", "2026-03-09T09:00:00Z"


def listed():
    """The commands and the operations that `meno --help` lists, and its table of exit statuses."""
    text = meno.must(None, "--help", js=False, now=None).out
    parts = re.split(r"^(?:Commands|Operations[^\n]*|Common options):\n", text, flags=re.M)
    names = lambda part: [re.match(r"  ([a-z-]+(?: [a-z-]+)?)", line).group(1) for line in part.splitlines() if line.startswith("  ")]
    exits = {int(status) for status in re.findall(r"[:;] (\d+) ", text[text.index("Exit status"):])}
    return [name.split()[0] for name in names(parts[1])], names(parts[2]), exits


def fits(value, schema, path="$"):
    """What of a JSON schema the value breaks; as much of the language as the description uses."""
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None), "integer": int, "number": (int, float)}
    types = schema.get("type")
    types = [types] if isinstance(types, str) else types
    if types and not any(isinstance(value, kinds[kind]) and not (kind in ("integer", "number") and isinstance(value, bool)) for kind in types):
        return [f"{path}: {value!r} is no {types}"]
    wrong = []
    if "enum" in schema and value not in schema["enum"] and not (value is None and types and "null" in types):
        wrong.append(f"{path}: {value!r} is none of {schema['enum']}")
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        wrong += [f"{path}: {value} < {schema['minimum']}"] if value < schema.get("minimum", value) else []
        wrong += [f"{path}: {value} > {schema['maximum']}"] if value > schema.get("maximum", value) else []
    if isinstance(value, dict) and "properties" in schema:
        wrong += [f"{path}: {name} is missing" for name in schema.get("required", []) if name not in value]
        wrong += [f"{path}: {name} is not described" for name in value if name not in schema["properties"]]
        for name, inner in schema["properties"].items():
            wrong += fits(value[name], inner, f"{path}.{name}") if name in value else []
    if isinstance(value, list) and "items" in schema:
        for index, item in enumerate(value):
            wrong += fits(item, schema["items"], f"{path}[{index}]")
    return wrong[:5]


def answer_schema(description, name):
    for methods in description["paths"].values():
        for operation in methods.values():
            if operation["operationId"] == re.sub(r"[ -]", "_", name):
                return operation["responses"].get("200", {}).get("content", {}).get("application/json", {}).get("schema")
    return None


def helps(tap, commands, operations):
    for name in commands + operations:
        for words in (name.split() + ["--help"], ["-h"] + name.split()):
            answer = meno.meno(None, *words, js=False, now=None)
            tap.ok(answer.status == 0 and answer.out.startswith(f"meno {name}") and "?." not in answer.out and not answer.err, f"{' '.join(words)}: says what it is for", answer)
    for words in ([], ["help"], ["--help"]):
        tap.ok(meno.meno(None, *words, js=False, now=None).out.startswith("Meno, a learning operating system"), f"meno {' '.join(words)}: lists what there is")
    tap.ok(re.fullmatch(r"meno \d+\.\d+\.\d+\n", meno.meno(None, "--version", js=False, now=None).out), "--version: says which one it is")


def refusals(tap, data, commands, operations, exits):
    """Each of these is refused with a status of the table, a message on stderr and, asked for JSON, a problem on stdout."""
    cases = [(["frobnicate"], 64), (["needs", "frobnicate"], 64), (["status", "--colour", "red"], 64), (["needs", "--status"], 64), (["needs", "--status", "blue"], 65),
             (["goals", "weigh", "g", "--weight", "heavy"], 64), (["goals", "weigh", "g", "--weight", "2"], 65), (["goals", "weigh", "g", "--weight", "1e308"], 65), (["goals", "weigh", "g"], 65),
             (["goals", "show"], (64, 65)), (["goals", "show", "none"], 66), (["needs", "show", "none"], 66), (["approvals", "show", "none"], 66), (["skills", "show", "none"], 66), (["why", "none"], 66),
             (["import"], (64, 65)), (["import", "none.csv"], 66), (["import", "undo", "none"], 66), (["export", "--what", "secrets"], 65), (["accounts", "add", "x", "--roles", "king"], 65),
             (["accounts", "add", "x", "--roles", "lead", "--employee-number", "nobody"], 66), (["accounts", "add", "admin", "--roles", "lead"], 73), (["replay"], 64), (["replay", "--verify", "now"], 64),
             (["serve", "--port", "70000"], 64), (["serve", "--port"], 64), (["serve", "--colour"], 64), (["simulate"], 64), (["simulate", "/tmp/x", "--people", "many"], 64),
             (["simulate", "/tmp/x", "--until", "soon"], 64), (["demo"], 64), (["init", "twice"], 64), (["doctor", "me"], 64), (["search"], (64, 65)), (["status", "extra"], 64)]
    for words, expected in cases:
        answer = meno.meno(data, *words)
        expected = expected if isinstance(expected, tuple) else (expected,)
        good = answer.status in expected and answer.err.startswith("meno: ") and isinstance(answer.json, dict) and {"code", "detail", "status", "title"} <= answer.json.keys()
        tap.ok(good and answer.status in exits, f"{' '.join(words)}: refused with {' or '.join(map(str, expected))}", answer)
        tap.ok((answer.err.strip().splitlines() or [""])[-1] == "meno: " + (answer.json or {}).get("detail", ""), f"{' '.join(words)}: says the same twice", answer)
    for name in commands + operations:
        answer = meno.meno(data, *name.split(), "--no-such-option", "x", "x", "x", "x", "x")
        tap.ok(answer.status == 64 and answer.json, f"{name}: an unknown option is refused", answer)
    for words, expected in ((["--now", "noon", "status"], 64), (["--now"], 64), (["--data"], 64), (["--as", "nobody", "status"], 66), (["--as", "employee", "needs"], 77), (["--as", "sysadmin", "needs"], 77)):
        answer = meno.meno(data, *words, now=None)
        tap.ok(answer.status == expected and answer.json, f"{' '.join(words)}: refused with {expected}", answer)
    answer = meno.meno(meno.folder() / "none", "status")
    tap.ok(answer.status == 66 and "init" in answer.err, "where there is no Meno, it says how to make one", answer)
    with open("/dev/full", "wb") as full:
        status = subprocess.run([meno.BINARY, *meno.place(data), "rules", "show", "--json"], stdout=full, stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL).returncode
    tap.same(status, 74, "an answer that cannot be written is a failure")


def answers(tap, data, operations):
    """Every operation that succeeds gives the JSON that the description promises, and something to read without --json."""
    description = meno.must(data, "openapi")
    tap.ok(description and description["openapi"].startswith("3.1"), "openapi: prints the description")
    need = next(need for need in meno.must(data, "needs")["needs"] if need["causes"])
    proposals = [row["id"] for row in meno.must(data, "approvals")["proposals"]]
    shown = meno.must(data, "approvals", "show", proposals[0])
    skill, goal = meno.must(data, "skills")["skills"][0]["id"], meno.must(data, "goals")["goals"][0]["id"]
    own = ["--as", "employee"]
    words = {"goals list": [], "goals show": [goal], "goals weigh": [goal, "--weight", "0.5", "--reason", "so it is"], "needs list": [], "needs show": [need["id"]],
             "needs confirm": [need["id"], "--cause", "skill", "--reason", "seen"], "needs noise": [need["id"], "--reason", "a holiday"], "approvals list": ["--all"], "approvals show": [proposals[0]],
             "approvals accept": [proposals[0], "--criteria", ",".join(item["id"] for item in shown["criteria"])], "approvals reject": [proposals[1], "--reason", "no"],
             "approvals request-changes": [proposals[2], "--reason", "shorter"], "skills list": [], "skills show": [skill], "me show": own, "me correct": own + [skill, "--level", "4", "--note", "I teach it"],
             "me export": own, "why": [need["id"]], "imports list": [], "export": ["--what", "needs"], "today": [], "status": [], "run": [], "search": ["skill"], "rules show": [], "accounts list": [],
             "accounts add": ["another", "--roles", "lead,manager"]}
    for name in operations:
        if name not in words:
            continue
        answer = meno.meno(data, *name.split(), *words[name])
        schema = answer_schema(description, name)
        if name == "export":
            tap.ok(answer.status == 0 and answer.raw.startswith(b"\xef\xbb\xbf"), "export: gives the file", answer)
            continue
        wrong = fits(answer.json, schema) if answer.json is not None and schema else []
        tap.ok(answer.status == 0 and isinstance(answer.json, dict) and not wrong, f"{name}: answers as described", lambda: f"{wrong}\n{answer!r}")
        if name not in ("accounts add", "approvals accept", "approvals reject", "approvals request-changes"):
            plain = meno.meno(data, *name.split(), *words[name], js=False)
            tap.ok(plain.status == 0 and plain.out.strip() and (plain.json is None or name == "me export"), f"{name}: says it in words, too", plain)
    for words in (["doctor"], ["replay", "--verify"], ["replay", "--rebuild"], ["init"]):
        answer = meno.meno(data, *words)
        good = (0, 1) if words == ["doctor"] else (0,)  # 1: it found something, of which tests/scenarios/operate.py tells more
        tap.ok(answer.status in good and isinstance(answer.json, dict), f"{' '.join(words)}: answers in JSON", answer)
        plain = meno.meno(data, *words, js=False)
        tap.ok(plain.status in good and plain.out.strip() and plain.json is None, f"{' '.join(words)}: and in words", plain)


def time_passes(tap, empty):
    """--now is the moment of what is recorded, but the ledger never runs backwards."""
    data, folder = meno.clone(empty), meno.folder()
    meno.write(folder / "skills.csv", "skill_id,name\na,A\n")
    meno.must(data, "import", folder / "skills.csv", now=LATER)
    meno.write(folder / "more" / "skills.csv", "skill_id,name\na,A\nb,B\n")
    meno.must(data, "import", folder / "more", now=EARLIER)
    at = [item["at"] for item in meno.must(data, "imports", now=LATER)["imports"]]
    tap.ok(len(at) == 2 and at[0] >= at[1] and at[1].startswith("2026-03-09T09:00:00"), "an import is of the moment that --now says, and no later one is earlier", at)
    meno.head(data)


def simulated(tap):
    folder = meno.folder()
    first, second = meno.simulate(40, 9, folder / "a"), meno.simulate(40, 9, folder / "b")
    read = lambda path: {str(file.relative_to(path)): file.read_bytes() for file in sorted(path.rglob("*")) if file.is_file()}
    tap.same(read(first), read(second), "the same seed writes the same company, byte by byte")
    other = read(meno.simulate(40, 10, folder / "c"))
    tap.ok(other["people.csv"] != read(first)["people.csv"], "another seed another one")
    meno.write(folder / "full" / "diary.txt", "mine\n")
    answer = meno.meno(None, "simulate", folder / "full", "--people", "40")
    tap.ok(answer.status == 73 and (folder / "full" / "diary.txt").read_text() == "mine\n", "a folder that holds something else is left alone", answer)
    for people in ("0", "5", "10000000"):
        answer = meno.meno(None, "simulate", folder / "d", "--people", people)
        tap.ok(answer.status in (64, 65) and not (folder / "d").exists(), f"a company of {people} is refused", answer)


def demo(tap):
    folder = meno.folder() / "demo"
    wanted = {"needs", "declined", "approvals", "people", "events", "seconds"}
    first = meno.must(folder, "demo", folder, "--no-serve", "--people", "60", now=None)
    tap.ok(wanted <= first.keys() and first["needs"] and first["approvals"] and first["people"] >= 60 and first["events"] > 0, "the demo prints one object with what was found", list(first))
    tap.ok(all(item["reason"] and item["status"] in ("not a training problem", "not a priority") for item in first["declined"]) and first["declined"], "what is declined has its reason", first["declined"][:2])
    again = meno.must(folder, "demo", folder, "--no-serve", "--people", "60", now=None)
    story = lambda answer: [answer[key] for key in ("events", "people", "assets", "deliveries", "interventions", "impact")]
    tap.same(story(again), story(first), "a second time it finds it all there")
    roles = {role for account in meno.must(folder, "accounts")["accounts"] for role in account["roles"]}
    tap.same(roles, set(meno.ROLES.values()), "there is somebody for every role")


def main(tap):
    commands, operations, exits = listed()
    tap.ok({"init", "serve", "demo", "simulate", "replay", "doctor"} <= set(commands) and len(operations) > 20 and {0, 64, 65, 66, 70, 73, 74, 75, 77} <= exits, "commands, operations and exit statuses are listed", (commands, operations, exits))
    helps(tap, commands, operations)
    files, data = meno.simulate(60, 7, weeks=52), meno.init()
    empty = meno.clone(data)
    number = meno.read_csv(files / "people.csv")[0]["employee_number"]
    meno.must(data, "import", files)
    meno.must(data, "run")
    meno.add_accounts(data, employee=number)
    before = meno.head(data)
    refusals(tap, data, commands, operations, exits)
    tap.same(meno.head(data), before, "nothing that was refused changed anything")
    answers(tap, data, operations)
    time_passes(tap, empty)
    simulated(tap)
    demo(tap)


meno.scenario(main)
