-- From when on an effect counts for what an agent has learnt: a person set a weight back to where it began.
-- Fold of weight.reset.
CREATE TABLE weight_reset (
  subject TEXT PRIMARY KEY, -- that of the claim "what works"
  at      INTEGER NOT NULL,
  reason  TEXT,
  actor   TEXT    NOT NULL,
  seq     INTEGER NOT NULL
) WITHOUT ROWID;
