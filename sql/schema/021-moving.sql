-- Statements that came with a moment of storing of their own, from another store: fold of statement.stored. Their rows in `statement`
-- stand, and are counted, in the order in which they arrived; here is which of them a filter by time has to look at. A row is a
-- run of them that follow each other.
CREATE TABLE statement_run (
  first  INTEGER PRIMARY KEY, -- seqs, both of the run
  last   INTEGER NOT NULL,
  oldest INTEGER NOT NULL,    -- as their statements say `stored`
  newest INTEGER NOT NULL
);
