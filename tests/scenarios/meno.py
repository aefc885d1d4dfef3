# SPDX-License-Identifier: GPL-3.0-or-later
"""What the scenarios share: the command line, a server, signed-in callers, files, tables, and TAP.

A scenario is a program: it makes what it needs in a temporary folder, drives the binary from outside (MENO, else
build/meno) at a fixed moment, and prints one TAP line per promise. Nothing here waits a fixed time: a server is there
when it has printed its address, a job is done when it says so, and a deadline only turns a hang into a failure.
Projections are read from the database where "the very same" is the promise; all else goes through the doors.

MENO_ENGINE=postgresql runs a scenario on the server that MENO_POSTGRESQL names: each data folder then has a schema there.
"""
import atexit
import base64
import contextlib
import csv
import ctypes
import hashlib
import http.client
import io
import json
import os
import pathlib
import re
import select
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
BINARY = os.path.abspath(os.environ.get("MENO", TOP / "build" / "meno"))
sys.path.insert(0, str(TOP / "tests"))
import postgresql

REFDATA = pathlib.Path(os.environ.get("MENO_REFDATA", TOP.parent / "shared" / "refdata")).resolve()
EMBEDDED = os.environ.get("MENO_ENGINE", "sqlite") == "sqlite"
SOAK = os.environ.get("MENO_SOAK", "") not in ("", "0")
NOW, UNTIL = "2026-03-02T09:00:00Z", "2026-03-02"
DEADLINE = 60  # seconds after which something hangs; never a measure of speed

ROLES = {"lead": "lead", "approver": "approver", "manager": "manager", "employee": "employee", "analyst": "analyst",
         "privacy": "privacy officer", "sysadmin": "administrator"}


# ---- TAP ---------------------------------------------------------------------------------------------------------

class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, title, why=None):
        """`why` is shown when it fails: anything that prints, or a function that gives it."""
        self.count += 1
        self.failed += not good
        print(f"{'ok' if good else 'not ok'} {self.count} - {title.replace('#', '')}", flush=True)
        if not good and why is not None:
            text = why() if callable(why) else why
            text = text if isinstance(text, str) else repr(text)
            print("# " + text[:4000].replace("\n", "\n# "), flush=True)
        return bool(good)

    def same(self, got, expected, title):
        return self.ok(got == expected, title, lambda: difference(got, expected))

    def skip(self, title, reason):
        self.count += 1
        print(f"ok {self.count} - {title} # SKIP {reason}", flush=True)


def difference(got, expected):
    if isinstance(got, dict) and isinstance(expected, dict):
        lines = [f"{key}: {shorten(got.get(key))} instead of {shorten(expected.get(key))}" for key in sorted(set(got) | set(expected), key=str)
                 if got.get(key) != expected.get(key)]
        return "\n".join(lines[:20])
    if isinstance(got, list) and isinstance(expected, list):
        lines = [f"{len(got)} instead of {len(expected)}"] + [f"[{i}]: {shorten(a)} instead of {shorten(b)}" for i, (a, b) in enumerate(zip(got, expected)) if a != b]
        return "\n".join(lines[:12])
    return f"got      {shorten(got)}\nexpected {shorten(expected)}"


def shorten(value):
    text = repr(value)
    return text if len(text) < 400 else text[:400] + " …"


def scenario(main):
    """Runs `main(tap)`; what breaks off is a failure, never silence."""
    tap = Tap()
    try:
        main(tap)
    except BaseException:
        tap.ok(False, "the scenario came to its end", traceback.format_exc())
    print(f"1..{tap.count}", flush=True)
    sys.exit(1 if tap.failed else 0)


# ---- folders and files -------------------------------------------------------------------------------------------

_folders = []


def folder():
    """A temporary folder that is removed at the end."""
    path = pathlib.Path(tempfile.mkdtemp(prefix="meno-scenario-"))
    _folders.append(path)
    return path


@atexit.register
def _remove_folders():
    for path in _folders:
        shutil.rmtree(path, ignore_errors=True)


def write(path, text, encoding="utf-8"):
    path = pathlib.Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return path


def write_csv(path, header, rows, delimiter=","):
    text = io.StringIO()
    table = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    table.writerow(header)
    table.writerows(rows)
    return write(path, text.getvalue())


def read_csv(path):
    with open(path, newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


# ---- where the database is ---------------------------------------------------------------------------------------

_schemas = {}


def address(data):
    """The schema of a data folder on the server; made when first asked for."""
    path = str(pathlib.Path(data).resolve())
    base = os.environ["MENO_POSTGRESQL"]
    if path not in _schemas:
        _schemas[path] = "s" + hashlib.sha256(path.encode()).hexdigest()[:20]
        hex_of = f"CREATE FUNCTION {_schemas[path]}.hex(bytea) RETURNS text LANGUAGE sql AS $$ SELECT encode($1, 'hex') $$"  # as SQLite's
        _sql(base, f"CREATE SCHEMA {_schemas[path]}; {hex_of}")
    return postgresql.place(base, _schemas[path])


def _sql(base, text):
    subprocess.run([postgresql.programs() / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", base, "-c", text], check=True, capture_output=True)


@atexit.register
def _drop_schemas():
    for schema in _schemas.values():
        with contextlib.suppress(subprocess.CalledProcessError):
            _sql(os.environ["MENO_POSTGRESQL"], f"SET client_min_messages = error; DROP SCHEMA {schema} CASCADE")


def place(data):
    """The words that name a data folder to the binary."""
    return ["--data", str(data)] if EMBEDDED else ["--data", address(data), "--files", str(data)]


def clone(path):
    """A copy of a data folder and its database: the same key, so the same ids of people."""
    to = folder() / "data"
    shutil.copytree(path, to)
    if not EMBEDDED:
        must(None, "copy", address(path), address(to), js=False)
    return to


def remove(path):
    """A copy that is not needed any more, where a scenario makes many."""
    shutil.rmtree(path)
    schema = _schemas.pop(str(pathlib.Path(path).resolve()), None)
    if schema:
        _sql(os.environ["MENO_POSTGRESQL"], f"SET client_min_messages = error; DROP SCHEMA {schema} CASCADE")


class OnServer:
    """What a scenario asks of sqlite3's connection, answered by the server: rows of numbers, texts and None."""

    def __init__(self, data):
        self.address = address(data)

    def execute(self, query, values=()):
        for index, value in reversed(list(enumerate(values, 1))):
            text = "NULL::text" if value is None else str(value) if isinstance(value, (int, float)) else "'" + value.replace("'", "''") + "'"
            query = query.replace(f"?{index}", text) if f"?{index}" in query else text.join(query.rsplit("?", 1))
        asked = [postgresql.programs() / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", self.address, "-c", f"SELECT row_to_json(asked) FROM ({query}) AS asked"]
        said = subprocess.run(asked, check=True, capture_output=True, text=True).stdout
        return Rows(tuple(json.loads(line).values()) for line in said.splitlines())


class Rows(list):
    def fetchall(self):
        return self

    def fetchone(self):
        return self[0] if self else None


@contextlib.contextmanager
def database(data):
    """The database to read from."""
    if not EMBEDDED:
        yield OnServer(data)
        return
    with contextlib.closing(sqlite3.connect(f"file:{data}/meno.db?mode=ro", uri=True)) as db:
        yield db


def columns(db):
    """The columns of each table, in their order."""
    found = {}
    query = ("SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position" if not EMBEDDED else
             "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table' ORDER BY m.name, c.cid")
    for table, column in db.execute(query):
        found.setdefault(table, []).append(column)
    return found


@contextlib.contextmanager
def forge(data):
    """The database to write to behind Meno's back, as SQLite's."""
    copy = pathlib.Path(data) if EMBEDDED else folder() / "copy"
    if not EMBEDDED:
        must(None, "copy", address(data), copy, js=False)
    with contextlib.closing(sqlite3.connect(copy / "meno.db")) as db, db:
        yield db
    if not EMBEDDED:
        schema = _schemas[str(pathlib.Path(data).resolve())]
        _sql(os.environ["MENO_POSTGRESQL"], f"SET client_min_messages = error; DROP SCHEMA {schema} CASCADE; CREATE SCHEMA {schema}")
        must(None, "copy", copy, address(data), js=False)


# ---- the command line --------------------------------------------------------------------------------------------

class Answer:
    def __init__(self, status, out, err):
        self.status, self.out, self.err = status, out.decode("utf-8", "replace"), err.decode("utf-8", "replace")
        self.raw = out
        try:
            self.json = json.loads(out)
        except ValueError:
            self.json = None

    def __repr__(self):
        return f"exit {self.status}\nout: {self.out[:1500]}\nerr: {self.err[-1500:]}"


def meno(data, *words, who=None, now=NOW, js=True, cwd=None, env=None, stdin=None):
    """Runs one command of the binary and gives its answer. `who`: the account to act as; None: the operator."""
    command = [BINARY] + (place(data) if data else []) + (["--now", now] if now else []) + (["--as", who] if who else [])
    command += [str(word) for word in words] + (["--json"] if js else [])
    done = subprocess.run(command, stdin=stdin or subprocess.DEVNULL, capture_output=True, timeout=DEADLINE, cwd=cwd, env=env)
    return Answer(done.returncode, done.stdout, done.stderr)


def must(data, *words, **options):
    """The answer of a command that has to succeed."""
    answer = meno(data, *words, **options)
    if answer.status:
        raise AssertionError(f"meno {' '.join(str(word) for word in words)}: {answer!r}")
    return answer.json if answer.json is not None else answer


def simulate(people, seed, to=None, weeks=None):
    to = to or folder() / "files"
    must(None, "simulate", to, "--people", people, "--seed", seed, "--until", UNTIL, *(["--weeks", weeks] if weeks else []))
    return to


def init(path=None):
    path = path or folder() / "data"
    must(path, "init")
    return path


def add_accounts(data, **people):
    """An account for each role (and, where named, for the person of that employee number); login → password."""
    passwords = {}
    for login, roles in ROLES.items():
        number = people.get(login)
        passwords[login] = must(data, "accounts", "add", login, "--roles", roles, *(["--employee-number", number] if number else []))["password"]
    return passwords


def head(data):
    """The ledger's head: how many events there are, and the hash of the last. Nothing changed while it is the same."""
    report = must(data, "replay", "--verify")
    return report["events"], report["head"]


# ---- tables ------------------------------------------------------------------------------------------------------

# What is no projection, or says when and under which number something was recorded, not what holds.
PLAIN = {"partition", "meno_schema", "schema_mark", "engine_setting", "upkeep", "event", "event_data", "run_part", "cursor", "session", "token", "throttle", "access_log", "lease", "said", "depth", "timer",
         "credential", "document", "attachment", "activity", "forward"}
BOOKKEEPING = {"seq", "named", "promised", "made_at", "at", "committed_at", "digest", "stored", "voided"}
SEALED, KEYED = re.compile(r"sealed:([A-Za-z0-9_-]+)"), re.compile(r'"digest":"[0-9a-f]{16}",?')


def veil(text):
    """A text without what is sealed in it."""
    return SEALED.sub("sealed", text)


class Ring:
    """Reads a data folder's ring of keys and opens what is sealed: another reader of the format that src/ledger/seal.c writes."""
    sodium = None

    def __init__(self, data):
        Ring.sodium = Ring.sodium or ctypes.CDLL("libsodium.so.23")
        master, raw = (data / "meno.key").read_bytes(), (data / "meno.keys").read_bytes()
        wrap = hashlib.blake2b(b"meno wraps keys", key=master, digest_size=32).digest()
        self.keys, self.derived = {}, {}
        for at in range(192, len(raw) - 191, 192):
            record = raw[at:at + 192]
            if record[0] == 1:
                self.keys[record[8:16]] = self._decrypt(record[56:104], record[8:16] + record[104:].rstrip(b"\0"), record[32:56], wrap)

    def _decrypt(self, sealed, bound, nonce, key):
        out = ctypes.create_string_buffer(len(sealed))
        bad = self.sodium.crypto_aead_xchacha20poly1305_ietf_decrypt(out, None, None, sealed, ctypes.c_ulonglong(len(sealed)), bound, ctypes.c_ulonglong(len(bound)), nonce, key)
        return None if bad else out.raw[:len(sealed) - 16]

    def open(self, text, event, field):
        """What it says; the text itself where no key opens it."""
        raw = base64.urlsafe_b64decode(text[7:] + "=" * (-len(text[7:]) % 4))
        owner, period = self.keys.get(raw[1:9]), self.keys.get(raw[9:17], bytes(32) if raw[9:17] == bytes(8) else None)
        if owner is None or period is None:
            return text
        key = hashlib.blake2b(owner, key=period, digest_size=64).digest()[:32]
        plain = self._decrypt(raw[41:], raw[:17] + event + field.encode(), raw[17:41], key)
        return text if plain is None else plain[1:].decode()


def opened(data, db):
    """A function that puts what sealed texts say in their place; keyed digests, which differ between rings, go."""
    ring, said = Ring(pathlib.Path(data)), {}
    for event, body in db.execute("SELECT id, body FROM event WHERE body LIKE '%sealed:%'"):
        for field, value in json.loads(body).items():
            if isinstance(value, str) and value.startswith("sealed:"):
                said[value] = ring.open(value, bytes.fromhex(event[2:]) if isinstance(event, str) else event, field)

    def plain(value):
        if not isinstance(value, str):
            return value
        return KEYED.sub("", SEALED.sub(lambda found: json.dumps(said.get(found[0], found[0]), ensure_ascii=False)[1:-1], value)) if value.startswith("{") else said.get(value, value)
    return plain


def employee_numbers(data):
    """The number of each person, by the opaque id."""
    with database(data) as db:
        plain = opened(data, db)
        return {person: plain(number) for person, number in db.execute("SELECT id, employee_number FROM person")}


def tables(data, without=()):
    """Every projection as sorted rows, apart from sequence numbers and moments of recording: to be compared across ledgers."""
    found = {}
    with database(data) as db:
        plain = opened(data, db)
        for name, all_columns in columns(db).items():
            if name in PLAIN or name in without or name.startswith("sqlite_"):
                continue
            quoted = ", ".join(f'"{column}"' for column in all_columns if column not in BOOKKEEPING)
            found[name] = sorted((tuple(map(plain, row)) for row in db.execute(f'SELECT {quoted} FROM "{name}"')), key=repr)
    return found


def events(data, kind=None, sealed=False):
    """Rows (seq, kind, subject, actor, body as a dict) of the ledger; `sealed`: as they stand there."""
    with database(data) as db:
        rows = db.execute("SELECT seq, kind, subject, actor, body FROM event WHERE ?1 IS NULL OR kind = ?1 ORDER BY seq", (kind,)).fetchall()
        plain = str if sealed else opened(data, db)
    return [(seq, what, subject, actor, json.loads(plain(body))) for seq, what, subject, actor, body in rows]


def named(data, files):
    """Where an event says, outside of what is sealed, who somebody of the company is: by name, address or number."""
    rows = read_csv(files / "people.csv")
    names = {f"{row['first_name']} {row['last_name']}" for row in rows} | {row["work_email"] for row in rows} | {f'"{row["employee_number"]}"' for row in rows}
    found = []
    for seq, kind, subject, actor, body in events(data, sealed=True):
        text = f'"{subject}" "{actor}" {veil(json.dumps(body, ensure_ascii=False))}'
        found += [(seq, kind, name, text[max(0, text.find(name) - 80):][:160]) for name in names if name in text]
    return found


def chronicle(data):
    """A digest of all that the ledger tells, in its order; apart from what is random in it: the ids that Meno gives, and the keys that texts are sealed with."""
    told = hashlib.sha256()
    with database(data) as db:
        plain = opened(data, db)
        for row in db.execute("SELECT seq, kind, subject, actor, occurred, recorded, cause, batch, body FROM event ORDER BY seq"):
            told.update(repr(tuple(map(plain, row))).encode())
    return told.hexdigest()


# ---- the server --------------------------------------------------------------------------------------------------

class Server:
    """`meno serve --port 0` as a child of its own, known by its process id and by nothing else."""

    def __init__(self, data, now=NOW, *words):
        self.noise = tempfile.TemporaryFile()
        self.process = subprocess.Popen(self.command(data, now, words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self.noise)
        self.port = None
        self.said = self._read_until(self.mark, time.monotonic() + DEADLINE)
        found = re.search(rb"http://127\.0\.0\.1:(\d+)", self.said)
        if not found:
            self.kill()
            raise AssertionError(f"the server did not start: {self.said!r} {self.errors()}")
        self.port = int(found.group(1))

    mark = b"\n"  # by which it has printed its address

    def command(self, data, now, words):
        return [BINARY, *place(data)] + (["--now", now] if now else []) + ["serve", "--port", "0", *words]

    def _read_until(self, mark, deadline):
        said = b""
        while mark not in said:
            ready, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 4096) if ready else b""
            if not piece:
                break
            said += piece
        return said

    def errors(self):
        self.noise.seek(0)
        return self.noise.read().decode("utf-8", "replace")

    def stop(self, with_signal=signal.SIGTERM, seconds=DEADLINE):
        """Its exit status; None: it did not stop in time and was killed."""
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        try:
            status = self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            status = None
            self.kill()
        self.process.stdout.close()
        return status

    def kill(self):
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Reply:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body
        try:
            self.json = json.loads(body) if body else None
        except ValueError:
            self.json = None

    @property
    def code(self):
        return self.json.get("code") if isinstance(self.json, dict) else None

    def __repr__(self):
        return f"{self.status} {self.body[:1500]!r}"


def multipart(files, **fields):
    """A body of files [(name, bytes)] and fields, and its content type."""
    mark = "meno-scenario-boundary"
    body = b""
    for name, value in fields.items():
        body += f'--{mark}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, content in files:
        body += f'--{mark}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\nContent-Type: application/octet-stream\r\n\r\n'.encode() + content + b"\r\n"
    return body + f"--{mark}--\r\n".encode(), f"multipart/form-data; boundary={mark}"


class Caller:
    """Somebody at the REST interface; signed in where a login is given."""

    def __init__(self, server, login=None, password=None):
        self.port, self.headers, self.who = server.port, {}, None
        if login:
            reply = self.post("/session", {"login": login, "password": password})
            if reply.status != 200:
                raise AssertionError(f"signing in as {login}: {reply!r}")
            self.who = reply.json
            self.headers = {"Cookie": reply.headers["Set-Cookie"].split(";")[0], "X-Meno-CSRF": self.who["csrf"]}

    def ask(self, method, path, body=None, headers=None, kind="application/json"):
        """`body`: bytes as they are, anything else as JSON. `headers`: instead of the caller's own. Asked to wait (429), it
        waits as long as it was told, and asks again."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        sent = dict(self.headers if headers is None else headers)
        if body is not None:
            sent.setdefault("Content-Type", kind)
        deadline = time.monotonic() + DEADLINE
        while True:
            reply = self._once(method, "/api/v1" + path if not path.startswith("//") else path[1:], body, sent)
            if reply.status != 429 or time.monotonic() > deadline:
                return reply
            select.select([], [], [], float(reply.headers["Retry-After"]))

    def _once(self, method, path, body, headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE)
        try:
            connection.request(method, path, body=body, headers=headers)
            answer = connection.getresponse()
            return Reply(answer.status, answer.headers, answer.read())
        finally:
            connection.close()

    def get(self, path, **options):
        return self.ask("GET", path, **options)

    def post(self, path, body=None, **options):
        return self.ask("POST", path, {} if body is None else body, **options)

    def job(self, reply):
        """Follows a 202 to its end; the job as it then stands."""
        if reply.status != 202:
            return {"state": "refused", "error": reply.json, "result": None}
        return wait_for(lambda: self._ended(reply.json["job"]), "the job's end")

    def _ended(self, job):
        reply = self.get("/jobs/" + job)
        if reply.status != 200:
            raise AssertionError(f"the job {job}: {reply!r}")
        return reply.json if reply.json["state"] != "running" else None

    def bring(self, files, **fields):
        """Imports files [(name, bytes)] and waits for it."""
        body, kind = multipart(files, **fields)
        return self.job(self.ask("POST", "/imports", body, kind=kind))


def wait_for(look, what, seconds=DEADLINE):
    """Looks until there is something; the pause between two looks only spares the machine."""
    deadline = time.monotonic() + seconds
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"waited in vain for {what}")
        select.select([], [], [], 0.05)


def quote(text):
    return urllib.parse.quote(str(text), safe="")
