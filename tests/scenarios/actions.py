#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Acts on the outside world: what cannot be sent twice is never sent twice by itself. Killed in the middle of it, Meno says
that it does not know, and a person does. Where messages go is written by an administrator, and by nobody else."""
import json

import meno

MAILER = """#!/bin/sh
cat >>"$1"
printf '\\n' >>"$1"
{end}
"""


def letters(data):
    path = data / "letters"
    return [json.loads(line) for line in path.read_text().splitlines() if line] if path.exists() else []


def set_up(data, end, keyed="no"):
    """The company's own program: keeps every letter, and ends as told."""
    program = meno.write(data / "mailer", MAILER.format(end=end))
    program.chmod(0o700)
    meno.write(data / "channels.yaml", f"channels: 1\nmessage: {{ program: [{program}, {data}/letters], seconds: 30, keyed: {keyed} }}\n")
    return data


def note_of(data, files):
    """A note that waits for an approver, and the employee number of whom it would go to."""
    numbers = {row["request_id"]: row["requester"] for row in meno.read_csv(files / "requests.csv")}
    for row in meno.must(data, "approvals", who="approver")["proposals"]:
        whole = meno.must(data, "approvals", "show", row["id"], who="approver")
        if row["kind"] == "send note" and whole["body"]["request"] in numbers:
            return whole, numbers[whole["body"]["request"]]
    raise AssertionError("no note waits")


def accept(data, note):
    yes = ",".join(item["id"] for item in note["criteria"])
    return meno.must(data, "approvals", "accept", note["id"], "--hash", note["hash"], "--criteria", yes, who="approver")


def listed(data, state):
    return meno.must(data, "outbox", "list", "--state", state, who="sysadmin")["actions"]


def cards(data, who):
    return [card for card in meno.must(data, "today", who=who)["cards"] if card["kind"] == "outbox"]


def settings(tap, data, files):
    data = meno.clone(data)
    _, number = note_of(data, files)
    meno.must(data, "accounts", "add", "asker", "--roles", "employee", "--employee-number", number)
    none = meno.meno(data, "me", "prefer", "--channel", "message", who="asker")
    tap.ok(none.status == 65 and "channels.yaml" in none.err, "nobody can choose messages where nobody has set them up", none)
    meno.write(data / "channels.yaml", "channels: 1\nmessage: { program: [mailer] }\n")
    broken = meno.meno(data, "status")
    tap.ok(broken.status == 65 and "channels.yaml:2:" in broken.err, "a mistake in channels.yaml is refused with its place", broken)


def wished(data, files, keyed="no"):
    """A copy where somebody who asked for something wants messages, and the answer is accepted but not yet sent."""
    data = set_up(meno.clone(data), "exit 0", keyed)
    note, number = note_of(data, files)
    meno.must(data, "accounts", "add", "asker", "--roles", "employee", "--employee-number", number)
    meno.must(data, "me", "prefer", "--channel", "message", who="asker")
    accept(data, note)
    return data, note


def sent(tap, base, note):
    data = set_up(meno.clone(base), "exit 0")
    meno.must(data, "run")
    meno.must(data, "run")
    got = letters(data)
    tap.ok(len(got) == 1 and got[0]["text"] == note["body"]["text"] and got[0]["to"], "the program gets the letter, whole and once", got)
    tap.same([row["id"] for row in listed(data, "done")], [got[0]["id"]] if got else [], "and it is done, under the letter's own id")
    meno.head(data)


def crashed(tap, base):
    """The program ends Meno with SIGKILL after it has sent: nothing can tell Meno so."""
    base = meno.clone(base)
    set_up(base, "kill -9 $PPID\nexit 0")
    died = meno.meno(base, "run")
    tap.same((died.status, len(letters(base))), (-9, 1), "Meno dies while a letter is under way")
    set_up(base, "exit 0")
    meno.must(base, "run")
    doubtful = listed(base, "uncertain")
    tap.same((len(letters(base)), len(doubtful)), (1, 1), "come back, it does not send again, and says that it does not know")
    tap.ok(doubtful and "look whether" in doubtful[0]["why"], "and what to do", doubtful)
    tap.ok(len(cards(base, "sysadmin")) == 1 and not cards(base, "lead") and not cards(base, "employee"), "it stands on the administrator's day, and on nobody else's")
    id_ = doubtful[0]["id"]
    tap.same(meno.meno(base, "outbox", "settle", id_, "--word", "sent", who="lead").status, 77, "nobody else says what became of it")
    tap.same(meno.meno(base, "outbox", "retry", id_, who="sysadmin").status, 73, "it is no dead letter, so it is not simply sent again")
    for word, state, count in (("sent", "done", 1), ("again", "done", 2), ("drop", "dropped", 1)):
        data = set_up(meno.clone(base), "exit 0")
        meno.must(data, "outbox", "settle", id_, "--word", word, "--reason", "I asked", who="sysadmin")
        meno.must(data, "run")
        tap.same(([row["id"] for row in listed(data, state)], len(letters(data))), ([id_], count), f"\"{word}\": {state}, and {count} letters in all")
        told = [body["reason"] for _, _, _, _, body in meno.events(data, "action.settled", sealed=True)]
        tap.ok(len(told) == 1 and told[0].startswith("sealed:"), "why stands sealed", told)
        tap.ok(word == "again" or listed(data, state)[0]["why"] == "I asked", "and is shown to who may see it", listed(data, state))
        tap.same((meno.meno(data, "outbox", "settle", id_, "--word", "again", who="sysadmin").status, cards(data, "sysadmin")), (73, []), "that is settled")
        meno.head(data)


def keyed(tap, data, files):
    base, _ = wished(data, files, "yes")
    set_up(base, "kill -9 $PPID\nexit 0", "yes")
    died = meno.meno(base, "run")
    set_up(base, "exit 0", "yes")
    meno.must(base, "run")
    got = letters(base)
    tap.same((died.status, len(got), len({letter["id"] for letter in got}), len(listed(base, "done"))), (-9, 2, 1, 1), "a service that knows letters by their id gets the same one again, under the same id")
    meno.head(base)


def dead(tap, base):
    data = set_up(meno.clone(base), "exit 65")
    meno.must(data, "run")
    gone = listed(data, "dead")
    tap.ok(len(gone) == 1 and "status 65" in gone[0]["why"] and len(cards(data, "sysadmin")) == 1, "what will never go is a dead letter, and a person hears of it", gone)
    set_up(data, "exit 0")
    meno.must(data, "outbox", "retry", gone[0]["id"], who="sysadmin")
    tap.same((len(listed(data, "done")), listed(data, "dead"), len(letters(data))), (1, [], 2), "sent again with one word, it is done")
    later = set_up(meno.clone(base), "exit 75")
    meno.must(later, "run")
    meno.must(later, "run")
    waits = listed(later, "requested")
    tap.ok(len(waits) == 1 and waits[0]["attempts"] == 1 and len(letters(later)) == 1, "what did not go now waits for its time", waits)
    meno.head(data)


def main(tap):
    files, data = meno.simulate(120, 5), meno.init()
    meno.add_accounts(data)
    meno.must(data, "import", files)
    meno.must(data, "run")
    settings(tap, data, files)
    base, note = wished(data, files)
    sent(tap, base, note)
    crashed(tap, base)
    keyed(tap, data, files)
    dead(tap, base)


meno.scenario(main)
