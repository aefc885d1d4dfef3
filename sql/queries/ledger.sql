-- name: head
SELECT seq, hash, recorded FROM event ORDER BY seq DESC LIMIT 1;

-- name: append
INSERT INTO event (seq, id, kind, subject, actor, occurred, recorded, cause, correlation, batch, taint, rules, body, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: by_id
SELECT seq FROM event WHERE id = $1;

-- name: correlation
SELECT correlation FROM event WHERE seq = $1;

-- name: range
SELECT seq, id, kind, subject, actor, occurred, recorded, cause, correlation, batch, taint, rules, body, hash
FROM event WHERE seq BETWEEN $1 AND $2 ORDER BY seq LIMIT $3;

-- name: batch
SELECT seq, id, kind, subject, actor, occurred, recorded, cause, correlation, batch, taint, rules, body, hash
FROM event WHERE seq BETWEEN $1 AND $2 AND batch = $3 ORDER BY seq LIMIT $4;

-- name: of_subject
SELECT seq, id, kind, subject, actor, occurred, recorded, cause, correlation, batch, taint, rules, body, hash
FROM event WHERE subject = $1 ORDER BY seq DESC LIMIT $2;

-- name: undone
SELECT subject FROM event WHERE kind = 'import.undone' ORDER BY seq;

-- name: count
SELECT count(*) FROM event;

-- name: put_import
INSERT INTO import (id, state, committed_at, actor, report, seq, changed) VALUES ($1, 'committed', $2, $3, $4, $5, $5)
ON CONFLICT (id) DO UPDATE SET state = excluded.state, committed_at = excluded.committed_at, actor = excluded.actor,
  report = excluded.report, seq = excluded.seq, changed = excluded.changed;

-- name: undo_import
UPDATE import SET state = 'undone', changed = $2 WHERE id = $1;

-- name: imports
SELECT id, state, committed_at, actor, report, seq FROM import ORDER BY seq DESC LIMIT $1;

-- name: import
SELECT id, state, committed_at, actor, report, seq FROM import WHERE id = $1;

-- name: put_claim
INSERT INTO claim (id, predicate, subject, value, confidence, valid_from, valid_to, agent, evidence, state, made_at, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'live', $10, $11)
ON CONFLICT (id) DO UPDATE SET state = 'live', confidence = excluded.confidence, evidence = excluded.evidence,
  valid_from = excluded.valid_from, valid_to = excluded.valid_to, agent = excluded.agent, made_at = excluded.made_at, ended = NULL, seq = excluded.seq;

-- name: end_claim
UPDATE claim SET state = $2, ended = $3 WHERE id = $1;

-- name: supersede_claims
UPDATE claim SET state = 'superseded', ended = $4 WHERE predicate = $1 AND subject = $2 AND state = 'live' AND id <> $3;

-- name: claim
SELECT id, predicate, subject, value, confidence, valid_from, valid_to, agent, evidence, state, made_at, seq FROM claim WHERE id = $1;

-- name: live_claims
SELECT id, predicate, subject, value, confidence, valid_from, valid_to, agent, evidence, state, made_at, seq
FROM claim WHERE predicate = $1 AND state = 'live' ORDER BY subject;

-- name: live_claim
SELECT id, predicate, subject, value, confidence, valid_from, valid_to, agent, evidence, state, made_at, seq
FROM claim WHERE predicate = $1 AND subject = $2 AND state = 'live';

-- name: newest_claim
SELECT id, predicate, subject, value, confidence, valid_from, valid_to, agent, evidence, state, made_at, seq
FROM claim WHERE predicate = $1 AND subject = $2 ORDER BY seq DESC LIMIT 1;

-- name: agent_claims
SELECT id, predicate, subject FROM claim WHERE agent LIKE $1 AND state = 'live' ORDER BY id;

-- name: put_edge
INSERT INTO edge (source, target, kind, seq) VALUES ($1, $2, $3, $4) ON CONFLICT (source, target, kind) DO NOTHING;

-- name: edges_from
SELECT target, kind, seq FROM edge WHERE source = $1 ORDER BY kind, target;

-- name: edges_to
SELECT source, kind, seq FROM edge WHERE target = $1 ORDER BY kind, source;

-- name: cursor
SELECT seq, day FROM cursor WHERE agent = $1;

-- name: put_cursor
INSERT INTO cursor (agent, seq, day) VALUES ($1, $2, $3) ON CONFLICT (agent) DO UPDATE SET seq = excluded.seq, day = excluded.day;

-- name: newest_of_kinds
SELECT max(seq) FROM event WHERE seq > $1 AND kind LIKE $2;

-- name: newest_notable
SELECT recorded, kind, subject, actor FROM event
WHERE kind IN ('import.committed', 'import.undone', 'goal.weighed', 'need.cause_confirmed', 'need.marked', 'approval.decided', 'rules.set',
    'intervention.registered', 'intervention.ended', 'asset.published', 'programme.stopped', 'programme.retargeted', 'programme.resumed', 'promise.made', 'promise.kept')
ORDER BY seq DESC LIMIT $1;

-- What was destroyed: owners and periods of keys (src/ledger/seal.h).

-- name: put_erasure
INSERT INTO erasure (owner, person, at, seq) VALUES ($1, $2, $3, $4) ON CONFLICT (owner) DO NOTHING;

-- name: erasure
SELECT seq FROM erasure WHERE owner = $1;

-- name: erasures
SELECT owner, person, at, seq FROM erasure ORDER BY owner;

-- name: count_by_kind
SELECT kind, count(*) FROM event GROUP BY kind ORDER BY kind;

-- name: count_older
SELECT count(*) FROM event WHERE kind = $1 AND recorded < $2;
