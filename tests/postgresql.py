#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
"""A PostgreSQL server of the tests' own: on a socket in a temporary folder, ended by its process id.

  tests/postgresql.py COMMAND …      runs a command with MENO_POSTGRESQL, the server's address, in its environment
"""
import contextlib
import glob
import os
import pathlib
import pwd
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time

OWNER = "postgres"  # who runs it where the tests run as root, which PostgreSQL refuses


def become():
    """The words before a program that make it the owner's. Where it may be had, one capability lets the owner pass through folders
    that are root's alone (a bare machine's / may be one), and the bit lets access(2) count it."""
    if os.geteuid() != 0:
        return []
    words = ["setpriv", "--reuid", OWNER, "--regid", OWNER, "--clear-groups"]
    able = [*words, "--securebits", "+no_setuid_fixup", "--inh-caps", "+dac_read_search", "--ambient-caps", "+dac_read_search", "--"]
    return able if subprocess.run([*able, "true"], capture_output=True).returncode == 0 else [*words, "--"]


def programs():
    """The folder of the newest server's programs; None: it is not installed."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/postgres"), key=lambda path: int(path.split("/")[4]))
    return pathlib.Path(found[-1]).parent if found else None


class Server:
    """`postgres` as a child, known by its process id. Durable (fsync is on): the tests kill it."""

    def __init__(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="meno-postgresql-"))
        self.data, self.process = self.folder / "data", None
        self.become = become()
        if self.become:
            os.chown(self.folder, pwd.getpwnam(OWNER).pw_uid, pwd.getpwnam(OWNER).pw_gid)
        self._run("initdb", "-D", self.data, "-A", "trust", "-U", "meno", "-E", "UTF8", "--locale=C", "--no-instructions", "--no-sync")
        self.start()

    def _run(self, program, *words):
        done = subprocess.run([*self.become, programs() / program, *map(str, words)], cwd=self.folder, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{program}: {done.stderr}")

    def start(self):
        """After a kill the dead server's children may still hold its memory for a moment: a start that they refuse is tried again."""
        words = ["-D", self.data, "-k", self.folder, "-c", "listen_addresses=", "-c", "max_connections=120", "-c", "shared_buffers=64MB"]
        deadline = time.monotonic() + 60
        self.process = None
        while not self.process or not self.ready():
            if self.process and self.process.poll() is None:
                select.select([], [], [], 0.002)  # between two looks, to spare the machine
                continue
            if time.monotonic() > deadline:
                raise RuntimeError((self.folder / "log").read_text()[-2000:])
            with open(self.folder / "log", "ab") as log:
                self.process = subprocess.Popen([*self.become, programs() / "postgres", *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def ready(self):
        """Its own word for it, in the file that pg_ctl reads too: pg_isready would be a process for each look."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(self.process.pid) and lines[7].strip() == "ready"

    @property
    def address(self):
        return f"postgresql://meno@/postgres?host={self.folder}"

    def sql(self, text):
        """Runs statements; what they print, a row a line."""
        done = subprocess.run([programs() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.address, "-c", text], capture_output=True, text=True, check=True)
        return done.stdout

    def kill(self):
        """As a power cut would: no process of it says goodbye."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)  # fast: connections are cut
            self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


def place(address, schema):
    """The address of one company: a schema of its own."""
    return f"{address}&options=-csearch_path%3D{schema}"


@contextlib.contextmanager
def environment(env):
    """`env` with MENO_POSTGRESQL; without it, but with the reason in MENO_NO_POSTGRESQL, where no server can run."""
    if env.get("MENO_POSTGRESQL"):
        yield env
        return
    try:
        server = Server() if programs() else None
    except RuntimeError as error:
        yield dict(env, MENO_NO_POSTGRESQL=str(error).strip())
        return
    if not server:
        yield dict(env, MENO_NO_POSTGRESQL="it is not installed")
        return
    with server:
        yield dict(env, MENO_POSTGRESQL=server.address)


if __name__ == "__main__":
    with environment(dict(os.environ)) as env:
        sys.exit(subprocess.call(sys.argv[1:], env=env))
