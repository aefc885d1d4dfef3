-- Which events mention a thing, as their subject or at an end of an edge (src/ledger/mentions.h). Indexes of an engine would say the same, but
-- each entry would lie in a page of its own, and more than half of what a turn wrote was such pages.
DROP INDEX edge_by_source;
DROP INDEX edge_by_target;
DROP INDEX event_by_subject;
CREATE TABLE run_part ( -- runs of pairs in their order, packed (src/ledger/runs.h)
  run  INTEGER NOT NULL,
  key  INTEGER NOT NULL, -- the part's first pair
  seq  INTEGER NOT NULL,
  data BLOB    NOT NULL, -- all of its pairs
  PRIMARY KEY (run, key, seq)
);

-- The events that made them, which were found by their subjects.
ALTER TABLE deputy  ADD COLUMN named INTEGER;
ALTER TABLE promise ADD COLUMN promised INTEGER;
