-- name: head
SELECT seq, hash, recorded FROM event ORDER BY seq DESC LIMIT 1;

-- name: append
INSERT INTO event (seq, id, kind, subject, actor, occurred, recorded, cause, correlation, batch, taint, rules, body, hash)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14);

-- name: append_with_data
INSERT INTO event (seq, id, kind, subject, actor, occurred, recorded, cause, correlation, batch, taint, rules, body, hash, data)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: append_data
INSERT INTO event_data (seq, data) VALUES ($1, $2);

-- name: by_id
SELECT seq FROM event WHERE id = $1;

-- name: correlation
SELECT correlation FROM event WHERE seq = $1;

-- name: range
SELECT e.seq, e.id, e.kind, e.subject, e.actor, e.occurred, e.recorded, e.cause, e.correlation, e.batch, e.taint, e.rules, e.body, d.data, e.hash
FROM event AS e LEFT JOIN event_data AS d ON d.seq = e.seq WHERE e.seq BETWEEN $1 AND $2 ORDER BY e.seq LIMIT $3;

-- name: batch
SELECT e.seq, e.id, e.kind, e.subject, e.actor, e.occurred, e.recorded, e.cause, e.correlation, e.batch, e.taint, e.rules, e.body, d.data, e.hash
FROM event AS e LEFT JOIN event_data AS d ON d.seq = e.seq WHERE e.seq BETWEEN $1 AND $2 AND e.batch = $3 ORDER BY e.seq LIMIT $4;

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

-- There is one at most; found by its key, it is changed without a table of what to change.
-- name: supersede_claim
UPDATE claim SET state = 'superseded', ended = $4
WHERE id = (SELECT id FROM claim WHERE predicate = $1 AND subject = $2 AND state = 'live' AND id <> $3);

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
INSERT INTO edge (seq, nth, source, kind, target, listed) VALUES ($1, $2, $3, $4, $5, $6);

-- name: put_four_edges
INSERT INTO edge (seq, nth, source, kind, target, listed)
VALUES ($1, $2, $3, $4, $5, $6), ($7, $8, $9, $10, $11, $12), ($13, $14, $15, $16, $17, $18), ($19, $20, $21, $22, $23, $24);

-- name: cursor
SELECT seq, day FROM cursor WHERE agent = $1;

-- name: put_cursor
INSERT INTO cursor (agent, seq, day) VALUES ($1, $2, $3) ON CONFLICT (agent) DO UPDATE SET seq = excluded.seq, day = excluded.day;

-- name: newest_of_kinds
SELECT max(seq) FROM event WHERE seq > $1 AND kind LIKE $2;

-- In the words of event_of_note, or no engine would use it.
-- name: newest_notable
SELECT recorded, kind, subject, actor FROM event
WHERE (kind = 'import.committed' OR kind = 'import.undone' OR kind = 'goal.weighed' OR kind = 'need.cause_confirmed'
    OR kind = 'need.marked' OR kind = 'approval.decided' OR kind = 'rules.set' OR kind = 'intervention.registered'
    OR kind = 'intervention.ended' OR kind = 'asset.published' OR kind = 'programme.stopped'
    OR kind = 'programme.retargeted' OR kind = 'programme.resumed' OR kind = 'promise.made' OR kind = 'promise.kept')
ORDER BY seq DESC LIMIT $1;

-- name: recorded_at
SELECT recorded FROM event WHERE seq = $1;

-- name: of_kind
SELECT seq, subject FROM event WHERE kind = $1 ORDER BY seq;

-- name: claims_of_subject
SELECT id FROM claim WHERE predicate = $1 AND subject = $2 AND state = 'live' ORDER BY id;

-- Every row of a projection with the event that it names and its key: what replay shows of a table that does not add up.
-- name: rows_action
SELECT seq, id, t.* FROM action AS t;

-- name: rows_approval
SELECT seq, proposal || ' ' || actor || ' ' || content_hash, t.* FROM approval AS t;

-- name: rows_asset
SELECT seq, id, t.* FROM asset AS t;

-- name: rows_assumption
SELECT seq, "name", t.* FROM assumption AS t;

-- name: rows_capacity
SELECT seq, team || ' ' || CAST(date AS TEXT), t.* FROM capacity AS t;

-- name: rows_channel_health
SELECT seq, channel, t.* FROM channel_health AS t;

-- name: rows_change
SELECT seq, CAST(date AS TEXT) || ' ' || scope || ' ' || kind || ' ' || title, t.* FROM change AS t;

-- name: rows_claim
SELECT seq, id, t.* FROM claim AS t;

-- name: rows_decision_rules
SELECT seq, CAST(seq AS TEXT), t.* FROM decision_rules AS t;

-- name: rows_delivery
SELECT seq, id, t.* FROM delivery AS t;

-- name: rows_deputy
SELECT seq, id, t.* FROM deputy AS t;

-- name: rows_demand
SELECT seq, CAST(month AS TEXT) || ' ' || skill_id || ' ' || job_title, t.* FROM demand AS t;

-- name: rows_enrolment
SELECT seq, programme_id || ' ' || person || ' ' || CAST(date AS TEXT), t.* FROM enrolment AS t;

-- name: rows_file_seen
SELECT seq, file, t.* FROM file_seen AS t;

-- name: rows_goal
SELECT seq, goal_id, t.* FROM goal AS t;

-- name: rows_goal_version
SELECT seq, goal_id || ' ' || CAST(version AS TEXT), t.* FROM goal_version AS t;

-- name: rows_import
SELECT seq, id, t.* FROM import AS t;

-- name: rows_intervention
SELECT seq, id, t.* FROM intervention AS t;

-- name: rows_job_skill
SELECT seq, job_title || ' ' || skill_id, t.* FROM job_skill AS t;

-- name: rows_kpi
SELECT seq, goal_id || ' ' || team || ' ' || CAST(date AS TEXT), t.* FROM kpi AS t;

-- name: rows_last_seen
SELECT seq, kind, t.* FROM last_seen AS t;

-- name: rows_membership
SELECT seq, person || ' ' || team || ' ' || CAST("from" AS TEXT), t.* FROM membership AS t;

-- name: rows_need_word
SELECT seq, need || ' ' || word, t.* FROM need_word AS t;

-- name: rows_note
SELECT seq, id, t.* FROM note AS t;

-- name: rows_objective
SELECT seq, objective_id, t.* FROM objective AS t;

-- name: rows_person
SELECT seq, id, t.* FROM person AS t;

-- name: rows_preference
SELECT seq, person, t.* FROM preference AS t;

-- name: rows_programme
SELECT seq, programme_id, t.* FROM programme AS t;

-- name: rows_programme_decision
SELECT seq, programme_id, t.* FROM programme_decision AS t;

-- name: rows_promise
SELECT seq, id, t.* FROM promise AS t;

-- name: rows_proposal
SELECT seq, id, t.* FROM proposal AS t;

-- name: rows_pulse
SELECT seq, team || ' ' || CAST(date AS TEXT) || ' ' || question_id || ' ' || respondent, t.* FROM pulse AS t;

-- name: rows_question
SELECT seq, question_id, t.* FROM question AS t;

-- name: rows_request
SELECT seq, request_id, t.* FROM request AS t;

-- name: rows_result
SELECT seq, skill_id || ' ' || person || ' ' || CAST(date AS TEXT) || ' ' || kind || ' ' || item_id || ' ' || CAST(nth AS TEXT), t.* FROM result AS t;

-- name: rows_reward
SELECT seq, job_title || ' ' || team || ' ' || rewarded || ' ' || CAST("from" AS TEXT), t.* FROM reward AS t;

-- name: rows_skill
SELECT seq, skill_id, t.* FROM skill AS t;

-- name: rows_skill_correction
SELECT seq, person || ' ' || skill_id, t.* FROM skill_correction AS t;

-- name: rows_source
SELECT seq, "name", t.* FROM source AS t;

-- name: rows_actor_match
SELECT seq, id, t.* FROM actor_match AS t;

-- name: rows_evidence_rules
SELECT seq, CAST(seq AS TEXT), t.* FROM evidence_rules AS t;

-- name: rows_statement
SELECT seq, CAST(seq AS TEXT), t.* FROM statement AS t;

-- name: rows_statement_block
SELECT seq, kind || ' ' || CAST("last" AS TEXT), t.* FROM statement_block AS t;

-- name: rows_statement_news
SELECT seq, CAST(id AS TEXT), t.* FROM statement_news AS t;

-- name: rows_statement_rolled
SELECT upto, CAST(id AS TEXT), t.* FROM statement_rolled AS t;

-- name: rows_statement_term
SELECT seq, CAST(term AS TEXT) || ' ' || CAST(place AS TEXT) || ' ' || CAST(seq AS TEXT), t.* FROM statement_term AS t;

-- name: rows_term
SELECT seq, key, t.* FROM term AS t;

-- name: rows_step
SELECT seq, process || ' ' || case_id || ' ' || CAST("start" AS TEXT) || ' ' || activity, t.* FROM step AS t;

-- name: rows_ticket
SELECT seq, ticket_id, t.* FROM ticket AS t;

-- name: rows_edge
SELECT seq, source || ' ' || kind || ' ' || target, t.* FROM edge AS t;

-- name: rows_erasure
SELECT seq, owner, t.* FROM erasure AS t;

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

-- name: rows_statement_run
SELECT last, CAST(first AS TEXT), t.* FROM statement_run AS t;

-- name: count_between
SELECT count(*) FROM event WHERE kind = $1 AND recorded >= $2 AND recorded < $3;

-- name: rows_weight_reset
SELECT seq, subject, t.* FROM weight_reset AS t;

-- An event about a subject; its data, if any, is not asked for.
-- name: about
SELECT seq, id, kind, subject, actor, occurred, recorded, cause, correlation, batch, taint, rules, body, NULL, hash FROM event WHERE seq = $1 AND subject = $2 AND data IS NULL;

-- name: edges_from
SELECT target, kind FROM edge WHERE seq = $1 AND source = $2 ORDER BY nth;

-- name: edges_to
SELECT source, kind FROM edge WHERE seq = $1 AND target = $2 ORDER BY nth;

-- What events from..to mention.
-- name: subjects
SELECT seq, kind, subject, batch FROM event WHERE seq BETWEEN $1 AND $2 AND data IS NULL ORDER BY seq;

-- name: ends
SELECT seq, source, target, listed FROM edge WHERE seq BETWEEN $1 AND $2 ORDER BY seq, nth;

-- name: ends_of_batch
SELECT seq, source, target, listed FROM edge
WHERE seq BETWEEN $1 AND $2 AND (SELECT v.batch FROM event AS v WHERE v.seq = edge.seq) = $3 ORDER BY seq, nth;

-- name: put_run_part
INSERT INTO run_part (run, key, seq, data) VALUES ($1, $2, $3, $4);

-- name: drop_run
DELETE FROM run_part WHERE run = $1;

-- name: run_part_behind
SELECT key, data FROM run_part WHERE run = $1 AND (key, seq) > ($2, $3) ORDER BY key, seq LIMIT 1;

-- name: run_part_before
SELECT key, data FROM run_part WHERE run = $1 AND (key, seq) <= ($2, $3) ORDER BY key DESC, seq DESC LIMIT 1;

-- name: run_parts
SELECT count(*) FROM run_part;

-- What was held of a thing before what is held now: the oldest first. The texts say which values are wanted, and leave the rest unread.
-- name: claims_before
SELECT id, predicate, subject, value, confidence, valid_from, valid_to, agent, evidence, state, made_at, seq
FROM claim WHERE predicate = $1 AND subject = $2 AND state = 'superseded' AND value LIKE $3 AND value LIKE $4 ORDER BY seq LIMIT 1;
