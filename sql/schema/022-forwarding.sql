-- Where statements go on to: other record stores. Plain, beside the ledger: secrets must not stand in something that is never deleted,
-- and a cursor may run back after a restore, since what is sent again counts once there.
CREATE TABLE forward (
  id            TEXT PRIMARY KEY,
  label         TEXT    NOT NULL,
  url           TEXT    NOT NULL,
  settings      TEXT    NOT NULL, -- key, secret and filter as JSON, sealed with the house's key
  running       INTEGER NOT NULL,
  cursor        INTEGER NOT NULL, -- the seq up to which all that its filter takes is there
  sent          INTEGER NOT NULL, -- statements
  aside         INTEGER NOT NULL, -- statements that the other store refused: dead letters of the outbox
  failures      INTEGER NOT NULL, -- in a row
  next_try      INTEGER NOT NULL,
  failing_since INTEGER,
  why           TEXT,
  created       INTEGER NOT NULL
);
