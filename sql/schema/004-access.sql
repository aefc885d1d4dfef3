-- Who may come in. Plain tables beside the ledger: secrets (hashes) must not stand in something that is never deleted.
-- That an account, a role or a token came to be is an event; the tables are no projection of it. Moments are microseconds.
CREATE TABLE account (
  login    TEXT PRIMARY KEY,
  name     TEXT    NOT NULL,
  person   TEXT,
  roles    INTEGER NOT NULL,
  password TEXT    NOT NULL,
  created  INTEGER NOT NULL,
  disabled INTEGER NOT NULL
);
CREATE UNIQUE INDEX account_by_person ON account (person) WHERE person IS NOT NULL;

-- `hash` and `previous` are SHA-256 of random tokens: `previous` is the one before the last rotation, good until
-- `previous_until`, or for as long as nobody has shown the new one (its answer may have been lost on the way).
CREATE TABLE session (
  id             TEXT PRIMARY KEY,
  account        TEXT    NOT NULL,
  hash           TEXT    NOT NULL UNIQUE,
  previous       TEXT    UNIQUE,
  previous_until INTEGER,
  csrf           TEXT    NOT NULL,
  started        INTEGER NOT NULL,
  seen           INTEGER NOT NULL,
  rotated        INTEGER NOT NULL
);
CREATE INDEX session_by_account ON session (account);

CREATE TABLE token (
  id      TEXT PRIMARY KEY,
  account TEXT    NOT NULL,
  label   TEXT    NOT NULL,
  hash    TEXT    NOT NULL UNIQUE,
  scopes  TEXT    NOT NULL,
  created INTEGER NOT NULL,
  expires INTEGER,
  used    INTEGER
);
CREATE INDEX token_by_account ON token (account);

-- Attempts to sign in, per login and per address, since `since`; none is looked at before `until`.
CREATE TABLE throttle (
  key      TEXT PRIMARY KEY,
  attempts INTEGER NOT NULL,
  since    INTEGER NOT NULL,
  until    INTEGER NOT NULL
);

CREATE TABLE access_log (
  at      INTEGER NOT NULL,
  account TEXT    NOT NULL,
  address TEXT    NOT NULL,
  what    TEXT    NOT NULL
);
CREATE INDEX access_log_by_time ON access_log (at);
