-- The ledger and what is folded from it directly. `event` is append-only: by the code, and by the triggers of 009.
CREATE TABLE event (
  seq         INTEGER PRIMARY KEY,
  id          BLOB    NOT NULL UNIQUE,
  kind        TEXT    NOT NULL,
  subject     TEXT    NOT NULL,
  actor       TEXT    NOT NULL,
  occurred    INTEGER NOT NULL,
  recorded    INTEGER NOT NULL,
  cause       INTEGER NOT NULL,
  correlation INTEGER NOT NULL,
  batch       TEXT,
  taint       INTEGER NOT NULL,
  rules       TEXT    NOT NULL,
  body        TEXT    NOT NULL,
  hash        BLOB    NOT NULL
);
CREATE INDEX event_by_subject ON event (subject, seq);
CREATE INDEX event_of_note ON event (kind, seq)
  WHERE kind IN ('import.committed', 'import.undone', 'goal.weighed', 'need.cause_confirmed', 'need.marked', 'approval.decided', 'rules.set');

CREATE TABLE claim (
  id         TEXT PRIMARY KEY,
  predicate  TEXT    NOT NULL,
  subject    TEXT    NOT NULL,
  value      TEXT    NOT NULL,
  confidence REAL    NOT NULL,
  valid_from INTEGER,
  valid_to   INTEGER,
  agent      TEXT    NOT NULL,
  evidence   TEXT    NOT NULL,
  state      TEXT    NOT NULL,
  made_at    INTEGER NOT NULL,
  seq        INTEGER NOT NULL
);
CREATE INDEX claim_by_subject ON claim (predicate, subject, state);

CREATE TABLE edge (
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  kind   TEXT NOT NULL,
  seq    INTEGER NOT NULL,
  PRIMARY KEY (source, target, kind)
);
CREATE INDEX edge_by_target ON edge (target, kind);

CREATE TABLE import (
  id           TEXT PRIMARY KEY,
  state        TEXT    NOT NULL,
  committed_at INTEGER NOT NULL,
  actor        TEXT    NOT NULL,
  report       TEXT    NOT NULL,
  seq          INTEGER NOT NULL,
  changed      INTEGER NOT NULL -- the event that committed or undid it
);

-- Where each agent has read to. No projection: it moves with the turn's own transaction.
CREATE TABLE cursor (
  agent  TEXT PRIMARY KEY,
  seq    INTEGER NOT NULL,
  day    INTEGER NOT NULL
);
