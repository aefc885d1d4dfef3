-- The text of a statement is bytes of its event, compressed and sealed. They stand by themselves: no fold reads them, and pages fill better.
-- Such an event is found by its room's tables, not by its subject.
ALTER TABLE event ADD COLUMN data INTEGER; -- how many bytes; null: none
CREATE TABLE event_data (
  seq  INTEGER PRIMARY KEY,
  data BLOB NOT NULL
);
DROP INDEX event_by_subject;
CREATE INDEX event_by_subject ON event (subject, seq) WHERE data IS NULL;

-- What statements are about, as numbers, so that rows and indexes are small. Those of the door are given by the event that first
-- names them (the statements after it say the number only), those of files by the fold: below zero, and a letter in capitals. A
-- registration has no row: its number is made of it.
DROP TABLE term;
CREATE TABLE term (
  id     INTEGER PRIMARY KEY,
  key    TEXT    NOT NULL, -- v and a verb's IRI, o and an activity's, p and an agent's opaque name, h and a room
  name   TEXT,             -- of an activity, as it was first told
  sample TEXT,             -- how it was first told, as JSON: texts are compressed with it
  seq    INTEGER NOT NULL
);
CREATE UNIQUE INDEX term_by_key ON term (key);

DROP TABLE statement;
CREATE TABLE statement (
  seq       INTEGER PRIMARY KEY,
  id        BLOB    NOT NULL,
  stored    INTEGER NOT NULL, -- never twice the same, and in the order of seq
  at        INTEGER NOT NULL,
  actor     INTEGER,          -- terms; where the actor has no identifier, the object is no activity, a file brought it: null
  verb      INTEGER,
  object    INTEGER,
  authority INTEGER,
  name      TEXT,             -- of the activity, where the statement is evidence and calls it otherwise than its term
  score     REAL,
  success   INTEGER,
  target    BLOB,             -- the statement that a StatementRef names
  voids     INTEGER NOT NULL, -- it is meant to void that one
  voided    INTEGER,          -- the seq of the one that voids this
  refs      TEXT,             -- its terms with their roles, as the event has them
  digest    INTEGER           -- of a file's row
);
CREATE UNIQUE INDEX statement_by_id ON statement (id);
CREATE INDEX statement_by_stored ON statement (stored, seq);
CREATE INDEX statement_by_target ON statement (target, seq) WHERE target IS NOT NULL;
CREATE INDEX statement_of_skill ON statement (seq) WHERE score IS NOT NULL OR success IS NOT NULL;

-- One row: the terms of statements before this seq stand in statement_term; those from there on are few, and are looked up in `refs`.
CREATE TABLE statement_rolled (
  id   INTEGER PRIMARY KEY,
  upto INTEGER NOT NULL
);
