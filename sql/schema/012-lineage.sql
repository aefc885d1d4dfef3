-- Lineage: what rests on what, as a fold of every event that makes something of something else (src/runtime/links.c), and
-- what a roll-back needs. A walk in either direction is a scan of one range: the key from a thing to what it rests on,
-- the index from a thing to what rests on it, each in the order of time and with all that the walk asks for.
DROP TABLE edge;
CREATE TABLE edge (
  source TEXT    NOT NULL, -- what was concluded, made, decided or done: "claim:c-…"
  seq    INTEGER NOT NULL, -- the event that says so
  kind   TEXT    NOT NULL,
  target TEXT    NOT NULL, -- what it rests on: "file:kpis.csv"
  PRIMARY KEY (source, seq, kind, target)
) WITHOUT ROWID;
CREATE INDEX edge_by_target ON edge (target, seq, kind, source);

-- The decision that something followed is found by the proposal's event.
CREATE INDEX proposal_by_seq ON proposal (seq);

-- Of an asset whose source was taken back: from then on it is put before nobody.
ALTER TABLE asset ADD COLUMN withdrawn INTEGER;
