#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo's clock: 26 weeks pass as a job that says how far it is, then 13 more; what could be told stays told, a third time is
refused, and the tables are what the events make. A small company each time; with MENO_SOAK one that is large enough to be told
something about, and then the first weeks bring verdicts."""
import datetime

import meno

PEOPLE, SEED = (300, 171) if meno.SOAK else (60, 1)
PASSWORD = "welcome-to-meno"
MINUTES = 15  # after which a job of weeks hangs; never a measure of speed


class Demo(meno.Server):
    """`meno demo` as a server: only it can let weeks pass."""

    mark = b"Ctrl-C"

    def command(self, data, now, words):
        return [meno.BINARY, *meno.place(data), "--now", now, "demo", str(data), "--people", str(PEOPLE), "--seed", str(SEED), "--port", "0"]


def pass_weeks(lead):
    """The job at its end, and how far it said it was on the way."""
    reply, shares = lead.post("/later"), []

    def ended():
        job = lead.get("/jobs/" + reply.json["job"]).json
        shares.append((job.get("share") or 0, job.get("step") or ""))
        return job if job["state"] != "running" else None

    return (meno.wait_for(ended, "the weeks to pass", MINUTES * 60) if reply.status == 202 else {"state": "refused", "error": reply.json}), shares


def told(lead):
    return {one["id"]: one["verdict"] for one in lead.get("/impact").json["impact"] if one["measured"]}


def main(tap):
    data = meno.folder() / "demo"
    with Demo(data, meno.NOW) as server:
        lead = meno.Caller(server, "lead", PASSWORD)
        begin, seen = datetime.date.fromisoformat(meno.NOW[:10]), {}
        for passed, weeks in ((26, 26), (39, 13)):
            before = lead.get("/later").json
            tap.ok(before["later"] and before["weeks"] == weeks, f"{weeks} weeks are offered", before)
            job, shares = pass_weeks(lead)
            tap.ok(job["state"] == "done", f"{weeks} weeks pass", job)
            values = [share for share, _ in shares]
            tap.ok(values == sorted(values) and any(0 < value < 1 for value in values) and any("week" in step for _, step in shares), "it says how far it is, and in which week", shares[:20])
            today = datetime.date.fromisoformat(lead.get("/later").json["today"])
            tap.same(today, begin + datetime.timedelta(weeks=passed), f"it is {passed} weeks later")
            until = datetime.date.fromisoformat(lead.get("/status").json["data_until"])
            tap.ok(today - until <= datetime.timedelta(days=7), "the company's files have come along", (today, until))
            now = told(lead)
            tap.ok(set(seen) <= set(now) and len(now) >= len(seen), f"after {passed} weeks nothing that was told is untold", (seen, now))
            if meno.SOAK and passed == 26:
                tap.ok(any(verdict != "cannot tell" for verdict in now.values()), "26 weeks bring verdicts", now)
            seen = now
        plans = lead.get("/interventions").json["interventions"]
        tap.ok(plans and all(plan["state"] == "running" for plan in plans), "what was open was decided on the way", plans)
        tap.ok(not lead.get("/later").json["later"], "then there is no later")
        job, _ = pass_weeks(lead)
        tap.ok(job["state"] in ("failed", "refused") and job["error"]["code"] == "conflict", "and asking for it is refused as a conflict", job)
        tap.same(datetime.date.fromisoformat(lead.get("/later").json["today"]), begin + datetime.timedelta(weeks=39), "no day passed by asking")
    verified = meno.must(data, "replay", "--verify")
    tap.ok(verified["events"] > 0, "the tables are what the events make", verified)


if __name__ == "__main__":
    meno.scenario(main)
