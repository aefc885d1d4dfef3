-- What follows a decision: interventions with their frozen units, approved assets, deliveries, and what people want of them.
-- Folds of intervention.registered, intervention.ended, asset.published, delivery.made, delivery.answered, delivery.preferred.
-- When a claim was superseded or retracted: what has read it must look again.
ALTER TABLE claim ADD COLUMN ended INTEGER;

CREATE TABLE intervention (
  id            TEXT PRIMARY KEY,
  need          TEXT    NOT NULL,
  goal_id       TEXT    NOT NULL,
  cause         TEXT    NOT NULL,
  plan          TEXT    NOT NULL, -- the whole registration
  state         TEXT    NOT NULL,
  registered_at INTEGER NOT NULL,
  ended         INTEGER,
  seq           INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE asset (
  id           TEXT PRIMARY KEY,
  intervention TEXT    NOT NULL,
  need         TEXT    NOT NULL,
  title        TEXT    NOT NULL,
  modality     TEXT    NOT NULL,
  pattern      TEXT    NOT NULL,
  body         TEXT    NOT NULL,
  published    INTEGER NOT NULL,
  seq          INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE delivery (
  id       TEXT PRIMARY KEY,
  asset    TEXT    NOT NULL,
  block    TEXT    NOT NULL,
  person   TEXT    NOT NULL,
  channel  TEXT    NOT NULL,
  title    TEXT    NOT NULL,
  reason   TEXT    NOT NULL,
  minutes  REAL    NOT NULL,
  at       INTEGER NOT NULL, -- shown from then on: never within the person's quiet hours
  expires  INTEGER NOT NULL,
  state    TEXT    NOT NULL,
  answered INTEGER,
  seq      INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX delivery_by_person ON delivery (person, at);

CREATE TABLE note ( -- an answer that went to the person who asked
  id      TEXT PRIMARY KEY,
  person  TEXT    NOT NULL,
  title   TEXT    NOT NULL,
  text    TEXT    NOT NULL,
  at      INTEGER NOT NULL,
  seq     INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX note_by_person ON note (person, at);

CREATE TABLE action ( -- the outbox: acts on the outside world
  id       TEXT PRIMARY KEY,
  channel  TEXT    NOT NULL,
  subject  TEXT    NOT NULL, -- "delivery:d-…", "note:…"
  person   TEXT    NOT NULL,
  state    TEXT    NOT NULL, -- requested, done, dead
  attempts INTEGER NOT NULL,
  due      INTEGER NOT NULL, -- not before
  why      TEXT,             -- of the last failure
  seq      INTEGER NOT NULL
);
CREATE INDEX action_by_state ON action (state, due);

CREATE TABLE preference (
  person         TEXT PRIMARY KEY,
  quiet_from     INTEGER NOT NULL,
  quiet_to       INTEGER NOT NULL,
  weekly_minutes REAL    NOT NULL,
  channel        TEXT    NOT NULL,
  seq            INTEGER NOT NULL
) WITHOUT ROWID;

DROP INDEX event_of_note;
CREATE INDEX event_of_note ON event (kind, seq)
  WHERE kind IN ('import.committed', 'import.undone', 'goal.weighed', 'need.cause_confirmed', 'need.marked', 'approval.decided', 'rules.set',
    'intervention.registered', 'intervention.ended', 'asset.published', 'programme.stopped', 'programme.retargeted', 'programme.resumed', 'promise.made', 'promise.kept');
