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
import socket
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
        with self._news() as news:
            while time.monotonic() < deadline:
                with open(self.folder / "log", "ab") as log:
                    self.process = subprocess.Popen([*self.become, programs() / "postgres", *map(str, words)], cwd=self.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                                    env=dict(os.environ, NOTIFY_SOCKET=news.getsockname()))
                if self._is_ready(news, deadline):
                    return
        raise RuntimeError((self.folder / "log").read_text()[-2000:])

    def _news(self):
        """Where a server says that it is ready, as it says it to systemd."""
        path = self.folder / "news"
        path.unlink(missing_ok=True)
        news = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        news.bind(str(path))
        path.chmod(0o666)
        return news

    def _is_ready(self, news, deadline):
        """Waits for its word; False where it ends instead, or it is too late."""
        ended = os.pidfd_open(self.process.pid)
        try:
            while time.monotonic() < deadline:
                heard = select.select([news, ended], [], [], max(0, deadline - time.monotonic()))[0]
                if ended in heard:
                    self.process.wait()
                    return False
                if news in heard and b"READY=1" in news.recv(4096):
                    return True
            return False
        finally:
            os.close(ended)

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
