-- What was done to look after this database. Plain, beside the ledger: it is about this copy of it, not about the company.
CREATE TABLE upkeep (
  what TEXT PRIMARY KEY, -- 'backup'
  at   INTEGER NOT NULL  -- the last time
);
