-- Which keys were destroyed, folded from person.erased and retention.applied: a copy of the data that comes back is told again
-- what must stay unreadable. The keys themselves stand in a file apart from the database (src/ledger/seal.h).
CREATE TABLE erasure (
  owner  TEXT PRIMARY KEY, -- "person:p-…", "actor:a-…", "account:a-…", "period:pulse.answered:2026-03"
  person TEXT,             -- whose erasure it was part of; NULL: a retention that has passed
  at     INTEGER NOT NULL,
  seq    INTEGER NOT NULL
);
