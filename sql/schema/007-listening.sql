-- What people promised groups that had said something, and what became of it. Fold of promise.made and promise.kept.
CREATE TABLE promise (
  id      TEXT PRIMARY KEY,
  "group" TEXT    NOT NULL,
  topics  TEXT    NOT NULL, -- ";" between them
  need    TEXT    NOT NULL, -- the group need that it answers, or empty
  text    TEXT    NOT NULL,
  owner   TEXT,             -- a person's opaque id
  made_by TEXT    NOT NULL,
  made    INTEGER NOT NULL,
  due     INTEGER NOT NULL,
  kept    INTEGER,
  done    TEXT,
  seq     INTEGER NOT NULL
) WITHOUT ROWID;
