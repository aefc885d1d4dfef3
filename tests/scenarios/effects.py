#!/usr/bin/env -S python3 -B
# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts against the truth: companies are made, needs accepted, remedies lived through, effects told; then truth.json is opened.
The ordinary run looks at one company; the long one at fifty, and holds coverage and false verdicts to what was promised."""
import subprocess

import meno


def main(tap):
    companies = 50 if meno.SOAK else 1
    got = subprocess.run([str(meno.TOP / "tools" / "eval-impact"), "--meno", meno.BINARY, "--companies", str(companies), "--seed", "171", "--verbose"],
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    print("# " + "\n# ".join(got.stdout.splitlines()[-8:]))
    tap.ok(got.returncode == 0, f"{companies} companies: verdicts hold what they promise", got.stdout[-3500:])
    tap.ok("measurable 0," not in got.stdout, "some interventions could be measured", got.stdout[-1500:])


meno.scenario(main)
