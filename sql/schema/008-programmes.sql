-- What people decided about programmes, and what the forecast of the workforce assumes.
-- Folds of programme.stopped, programme.retargeted, programme.resumed, workforce.assumed.
CREATE TABLE programme_decision (
  programme_id TEXT PRIMARY KEY,
  stopped      INTEGER NOT NULL,
  goal_id      TEXT,
  reason       TEXT,
  actor        TEXT    NOT NULL,
  seq          INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE assumption (
  name  TEXT PRIMARY KEY, -- '': when it last changed
  value REAL    NOT NULL,
  seq   INTEGER NOT NULL
) WITHOUT ROWID;
