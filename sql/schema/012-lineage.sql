-- Lineage: what rests on what, as a fold of every event that makes something of something else (src/runtime/links.c), and
-- what a roll-back needs. Rows stand in the order of time, an event's together: a turn adds them at the end. A walk scans a
-- range of an index in the order of time; what an event says of its own subject is found by the index of subjects.
DROP TABLE edge;
CREATE TABLE edge (
  seq    INTEGER NOT NULL, -- the event that says so
  nth    INTEGER NOT NULL, -- of its edges
  source TEXT    NOT NULL, -- what was concluded, made, decided or done: "claim:c-…"
  kind   TEXT    NOT NULL,
  target TEXT    NOT NULL, -- what it rests on: "file:kpis.csv"
  listed INTEGER NOT NULL, -- 1: edge_by_source has it; 0: its source is the event's subject, or that of an edge before it
  PRIMARY KEY (seq, nth)
) WITHOUT ROWID;
CREATE INDEX edge_by_source ON edge (source, seq, nth) WHERE listed = 1;
CREATE INDEX edge_by_target ON edge (target, seq, nth);

-- The decision that something followed is found by the proposal's event.
CREATE INDEX proposal_by_seq ON proposal (seq);

-- Of an asset whose source was taken back: from then on it is put before nobody.
ALTER TABLE asset ADD COLUMN withdrawn INTEGER;
