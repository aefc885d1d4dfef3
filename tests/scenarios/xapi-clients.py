#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs that nobody here wrote send to the record store and get back what they sent: @xapi/xapi in both versions, tincanjs (which speaks
1.0.2) and ADL's wrapper for node (1.0.1). Skipped where their packages cannot be installed."""
import json
import os
import shutil
import subprocess

import meno

SOURCES, MODULES = meno.TOP / "tests" / "clients", meno.TOP / "build" / "client-tests"
XAPIJS = {"sent": 3, "first": True, "more": 1, "back": True, "voiding": "string", "voided": True, "states": ["bookmark"], "page": 2, "stale": 412, "profile": {"a": 1},
          "person": "Person", "activity": True, "about": True}
EXPECTED = {"xapijs 1.0.3": XAPIJS, "xapijs 2.0.0": XAPIJS,
            "tincan": {"back": True, "file": "what the file says", "list": 2, "more": 1, "page": 3, "gone": True},
            "wrapper": {"sent": 200, "found": 2, "put": 204, "page": 4, "activity": True}}


def install():
    """The pinned packages, beside the build. Why not; None: they are there."""
    lock, stamp = (SOURCES / "package-lock.json").read_text(), MODULES / ".installed-from"
    if not shutil.which("npm"):
        return "no npm"
    if stamp.exists() and stamp.read_text() == lock:
        return None
    MODULES.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(SOURCES / name, MODULES / name)
    done = subprocess.run(["npm", "ci", "--loglevel=error"], cwd=MODULES, capture_output=True, text=True)
    if done.returncode == 0:
        stamp.write_text(lock)
    return done.stderr.strip()[:200] or "npm ci failed" if done.returncode else None


def main(tap):
    reason = install()
    if reason:
        tap.skip("xAPI libraries", reason)
        return
    data = meno.init()
    made = meno.must(data, "credentials", "add", "clients", "--scopes", "all", now=None)
    with meno.Server(data, None) as server:
        done = subprocess.run(["node", SOURCES / "xapi.cjs", f"http://127.0.0.1:{server.port}/xapi/", made["key"], made["secret"]], capture_output=True, text=True,
                              timeout=meno.DEADLINE, env=dict(os.environ, NODE_PATH=str(MODULES / "node_modules")))
    tap.ok(done.returncode == 0, "the libraries come to their end", done.stderr)
    for name, seen in json.loads(done.stdout or "{}").items():
        tap.same(seen, EXPECTED[name], f"{name}: stores, asks and keeps its place")
    meno.head(data)


meno.scenario(main)
