-- The gate: the decision rules in force, what agents propose, what people decide. All three are folds.
CREATE TABLE decision_rules (
  seq      INTEGER PRIMARY KEY,
  revision TEXT    NOT NULL,
  content  TEXT    NOT NULL,
  actor    TEXT    NOT NULL,
  at       INTEGER NOT NULL
);

CREATE TABLE proposal (
  id            TEXT PRIMARY KEY,
  kind          TEXT    NOT NULL,
  subject       TEXT    NOT NULL,
  slot          TEXT    NOT NULL, -- the subject, and what tells several about it apart: one is open at a time
  title         TEXT    NOT NULL,
  content       TEXT    NOT NULL, -- what a person would accept
  input         TEXT    NOT NULL, -- all that was proposed, evidence included: to be judged again when the rules change
  agent         TEXT    NOT NULL,
  claim         TEXT,
  requester     TEXT,
  audience      INTEGER NOT NULL,
  tier          INTEGER NOT NULL,
  points        INTEGER NOT NULL,
  risk          TEXT    NOT NULL,
  criteria      TEXT    NOT NULL,
  rule          TEXT    NOT NULL,
  state         TEXT    NOT NULL,
  why           TEXT,             -- of the state: what withheld, superseded or ended it
  content_hash  TEXT    NOT NULL,
  evidence_hash TEXT    NOT NULL,
  hash          TEXT    NOT NULL, -- of what is shown: content, evidence, rules, tier
  rules         TEXT    NOT NULL,
  minutes       REAL    NOT NULL,
  worth         REAL,
  previous      TEXT,
  next          TEXT,
  made          INTEGER NOT NULL,
  expires       INTEGER NOT NULL,
  ended         INTEGER,
  seq           INTEGER NOT NULL
);
CREATE INDEX proposal_by_subject ON proposal (subject, kind, seq);
CREATE INDEX proposal_by_slot ON proposal (kind, slot, seq);
CREATE INDEX proposal_by_state ON proposal (state, expires);

CREATE TABLE approval (
  proposal     TEXT    NOT NULL,
  actor        TEXT    NOT NULL,
  content_hash TEXT    NOT NULL,
  hash         TEXT    NOT NULL,
  role         TEXT    NOT NULL,
  decision     TEXT    NOT NULL,
  reason       TEXT,
  criteria     TEXT    NOT NULL,
  at           INTEGER NOT NULL,
  stale        INTEGER NOT NULL,
  seq          INTEGER NOT NULL,
  PRIMARY KEY (proposal, actor, content_hash)
);
