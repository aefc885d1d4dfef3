-- What statements say about skills: what the rules need of a statement's row, the rules that were set, and whose actors are whose.
ALTER TABLE statement ADD COLUMN completion INTEGER;
ALTER TABLE statement ADD COLUMN progress REAL;
ALTER TABLE statement ADD COLUMN type INTEGER; -- a term: t and the activity's type
DROP INDEX statement_of_skill; -- which statements count is the rules' word

CREATE TABLE evidence_rules ( -- fold of evidence.ruled; the newest holds
  seq      INTEGER PRIMARY KEY,
  revision TEXT    NOT NULL,
  text     TEXT    NOT NULL,
  reason   TEXT,
  actor    TEXT    NOT NULL,
  at       INTEGER NOT NULL
);

CREATE TABLE actor_match ( -- fold of actor.matched, actor.unmatched
  id      TEXT PRIMARY KEY,
  seq     INTEGER NOT NULL,
  person  TEXT,             -- null: nobody of ours
  actor   TEXT    NOT NULL, -- the opaque name, sealed with the person's key: erased with it
  decided TEXT    NOT NULL, -- by whom
  at      INTEGER NOT NULL,
  undone  INTEGER           -- seq of what took it back
);
