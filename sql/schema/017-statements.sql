-- Statements of xAPI, from files and through the door: fold of statement.stored. What they are about stands as numbers, so that
-- rows and indexes are small and grow at their end.
CREATE TABLE term (
  id  INTEGER PRIMARY KEY, -- in the order in which they came up
  key TEXT    NOT NULL,    -- v and a verb's IRI, o and an activity's, p and an agent's opaque name, r and a registration
  seq INTEGER NOT NULL
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
  name      TEXT,
  score     REAL,
  success   INTEGER,
  target    BLOB,             -- the statement that a StatementRef names
  voids     INTEGER NOT NULL, -- it is meant to void that one
  voided    INTEGER,          -- the seq of the one that voids this
  terms     TEXT    NOT NULL, -- its rows of statement_term: "12.0 15.1"
  digest    INTEGER NOT NULL
);
CREATE UNIQUE INDEX statement_by_id ON statement (id);
CREATE INDEX statement_by_stored ON statement (stored, seq);
CREATE INDEX statement_by_target ON statement (target, seq) WHERE target IS NOT NULL;
CREATE INDEX statement_of_skill ON statement (seq) WHERE score IS NOT NULL OR success IS NOT NULL;

CREATE TABLE statement_term ( -- each filter of the door is a range of these
  term  INTEGER NOT NULL,
  place INTEGER NOT NULL, -- 0 where a plain filter looks, 1 where only a related_ one does, 2 the authority
  seq   INTEGER NOT NULL,
  PRIMARY KEY (term, place, seq)
) WITHOUT ROWID;

CREATE TABLE statement_news ( -- one row: what agents should look at, told anew once a minute at most, or they would never stop
  id     INTEGER PRIMARY KEY,
  stored INTEGER NOT NULL,
  seq    INTEGER NOT NULL
);

-- Plain tables beside the ledger, never folded. Who may send statements: as with tokens, secrets (hashes) must not stand in
-- something that is never deleted; that a credential came to be is an event. Moments are of the wall.
CREATE TABLE credential (
  id             TEXT PRIMARY KEY,
  key            TEXT    NOT NULL UNIQUE,
  label          TEXT    NOT NULL,
  scopes         TEXT    NOT NULL,
  hash           TEXT    NOT NULL,
  previous       TEXT,    -- the hash before the last rotation, good until then
  previous_until INTEGER,
  created        INTEGER NOT NULL,
  used           INTEGER,
  revoked        INTEGER
);

-- What clients keep here: states and profiles. Sealed, with the agent's key or the house's.
CREATE TABLE document (
  kind         TEXT    NOT NULL, -- "state", "activity", "agent"
  activity     TEXT    NOT NULL, -- its IRI, or empty
  agent        TEXT    NOT NULL, -- the opaque name, or empty
  registration TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  type         TEXT    NOT NULL,
  etag         TEXT    NOT NULL,
  updated      INTEGER NOT NULL,
  version      BLOB    NOT NULL, -- what the body is bound to
  coded        INTEGER NOT NULL, -- the body is base64
  body         TEXT    NOT NULL,
  PRIMARY KEY (kind, activity, agent, registration, name)
);

-- The data of attachments, sealed as their statement is.
CREATE TABLE attachment (
  seq   INTEGER NOT NULL,
  hash  TEXT    NOT NULL,
  type  TEXT    NOT NULL,
  coded INTEGER NOT NULL, -- the body is base64
  body  TEXT    NOT NULL,
  PRIMARY KEY (seq, hash)
);

-- What statements have told about activities, joined.
CREATE TABLE activity (
  id         TEXT PRIMARY KEY,
  definition TEXT NOT NULL
);
