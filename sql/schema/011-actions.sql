-- What makes turns, decisions and actions happen once.

CREATE TABLE channel_health ( -- a fold of what the outbox's acts came to: the circuit breaker of each channel
  channel    TEXT PRIMARY KEY,
  failures   INTEGER NOT NULL, -- in a row
  open_until INTEGER NOT NULL, -- no act before; 0: none is held back
  seq        INTEGER NOT NULL
);

CREATE TABLE deputy ( -- a fold: who decides in whose place, and when
  id        TEXT PRIMARY KEY,
  principal TEXT    NOT NULL, -- an actor
  deputy    TEXT    NOT NULL, -- an actor
  starts    INTEGER NOT NULL,
  ends      INTEGER NOT NULL, -- not after
  reason    TEXT,
  seq       INTEGER NOT NULL
);
CREATE INDEX deputy_by_deputy ON deputy (deputy, ends);
ALTER TABLE approval ADD COLUMN instead_of TEXT; -- the actor in whose place it was decided

CREATE TABLE last_seen ( -- a fold: when something of a watched kind last came in
  kind TEXT PRIMARY KEY,
  at   INTEGER NOT NULL,
  seq  INTEGER NOT NULL
);

-- Plain tables beside the ledger, never folded.

CREATE TABLE lease ( -- who does what only one process may do at a time
  name   TEXT PRIMARY KEY,
  holder TEXT    NOT NULL,
  until  INTEGER NOT NULL
);

CREATE TABLE said ( -- what an agent has said in a window: saying it a second time, after something else, is a loop
  agent    TEXT NOT NULL,
  kind     TEXT NOT NULL,
  subject  TEXT NOT NULL,
  evidence TEXT NOT NULL, -- the hash of what was said and of what it rests on
  span     TEXT NOT NULL, -- the window: the same facts from outside, the same day
  PRIMARY KEY (agent, kind, subject, evidence, span)
);
CREATE INDEX said_by_span ON said (agent, span);

CREATE TABLE depth ( -- how many turns an agent has taken in a window: each may have been caused by the one before
  agent TEXT PRIMARY KEY,
  span  TEXT    NOT NULL,
  turns INTEGER NOT NULL
);

CREATE TABLE timer ( -- when an agent wants its next turn, though nothing has changed
  agent TEXT PRIMARY KEY,
  due   INTEGER NOT NULL
);
