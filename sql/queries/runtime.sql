-- name: put_action
INSERT INTO action (id, channel, subject, person, state, attempts, due, why, seq) VALUES ($1, $2, $3, $4, 'requested', 0, $5, NULL, $6)
ON CONFLICT (id) DO NOTHING;

-- name: end_action
UPDATE action SET state = 'done', attempts = attempts + 1, why = NULL, seq = $2 WHERE id = $1;

-- name: fail_action
UPDATE action SET state = $2, attempts = attempts + 1, due = $3, why = $4, seq = $5 WHERE id = $1;

-- name: retry_action
UPDATE action SET state = 'requested', attempts = 0, due = $2, seq = $3 WHERE id = $1;

-- name: due_actions
SELECT a.id, a.channel, a.subject, a.person, a.state, a.attempts, a.due, a.why, a.seq
FROM action a LEFT JOIN channel_health h ON h.channel = a.channel
WHERE a.state = 'requested' AND a.due <= $1 AND coalesce(h.open_until, 0) <= $1 ORDER BY a.due, a.id LIMIT $2;

-- name: actions
SELECT a.id, a.channel, a.subject, a.person, a.state, a.attempts, a.due, a.why, a.seq, e.id FROM action a JOIN event e ON e.seq = a.seq WHERE a.state = $1 ORDER BY a.seq DESC, a.id LIMIT $2;

-- name: action
SELECT id, channel, subject, person, state, attempts, due, why, seq FROM action WHERE id = $1;

-- name: action_known
SELECT seq FROM action WHERE id = $1;

-- name: started_actions
SELECT id, channel, subject, person, state, attempts, due, why, seq FROM action WHERE state = 'started' ORDER BY due, id LIMIT $1;

-- name: count_actions
SELECT count(*) FROM action WHERE state = $1;

-- name: move_action
UPDATE action SET state = $2, why = $3, seq = $4 WHERE id = $1;

-- name: health
SELECT channel, failures, open_until FROM channel_health ORDER BY channel;

-- name: put_health
INSERT INTO channel_health (channel, failures, open_until, seq) VALUES ($1, $2, $3, $4)
ON CONFLICT (channel) DO UPDATE SET failures = excluded.failures, open_until = excluded.open_until, seq = excluded.seq;

-- name: heal
UPDATE channel_health SET failures = 0, open_until = 0, seq = $2 WHERE failures > 0 AND channel = (SELECT channel FROM action WHERE id = $1);

-- name: lease
SELECT holder, until FROM lease WHERE name = $1;

-- name: put_lease
INSERT INTO lease (name, holder, until) VALUES ($1, $2, $3)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until;

-- name: end_lease
UPDATE lease SET until = 0 WHERE name = $1 AND holder = $2;

-- name: forget_said
DELETE FROM said WHERE agent = $1 AND span <> $2;

-- name: depth
SELECT span, turns FROM depth WHERE agent = $1;

-- name: put_depth
INSERT INTO depth (agent, span, turns) VALUES ($1, $2, $3) ON CONFLICT (agent) DO UPDATE SET span = excluded.span, turns = excluded.turns;

-- name: put_timer
INSERT INTO timer (agent, due) VALUES ($1, $2) ON CONFLICT (agent) DO UPDATE SET due = excluded.due;

-- name: end_timer
DELETE FROM timer WHERE agent = $1;

-- name: timer
SELECT due FROM timer WHERE agent = $1;

-- name: end_timers
DELETE FROM timer WHERE due <= $1;

-- name: timers_due
SELECT (SELECT count(*) FROM timer WHERE due <= $1) +
  (SELECT count(*) FROM proposal WHERE state IN ('proposed', 'in approval', 'changes requested') AND expires <= $1);

-- What comes from outside or from people: the newest event of it. What agents say and hand over is not in it.
-- name: outside
SELECT max(v) FROM (SELECT coalesce(max(changed), 0) AS v FROM import UNION ALL SELECT coalesce(max(seq), 0) FROM goal_version
  UNION ALL SELECT coalesce(max(seq), 0) FROM need_word UNION ALL SELECT coalesce(max(seq), 0) FROM skill_correction
  UNION ALL SELECT coalesce(max(seq), 0) FROM programme_decision UNION ALL SELECT coalesce(max(seq), 0) FROM assumption
  UNION ALL SELECT coalesce(max(seq), 0) FROM intervention UNION ALL SELECT coalesce(max(seq), 0) FROM asset
  UNION ALL SELECT coalesce(max(seq), 0) FROM promise UNION ALL SELECT coalesce(max(seq), 0) FROM approval
  UNION ALL SELECT coalesce(max(seq), 0) FROM decision_rules UNION ALL SELECT coalesce(max(seq), 0) FROM evidence_rules
  UNION ALL SELECT coalesce(max(seq), 0) FROM actor_match UNION ALL SELECT coalesce(max(undone), 0) FROM actor_match) AS o;

-- name: see
INSERT INTO last_seen (kind, at, seq) VALUES ($1, $2, $3) ON CONFLICT (kind) DO UPDATE SET at = excluded.at, seq = excluded.seq;

-- name: last_seen
SELECT at, seq FROM last_seen WHERE kind = $1;

-- name: showing
SELECT p.target FROM edge AS d JOIN edge AS p ON p.seq = d.seq AND p.source = d.source AND p.kind = 'delivered to' WHERE d.seq = $1 AND d.target = $2;

-- Whom a delivery, a note, or the action about one of them, is for.
-- name: recipient
SELECT person FROM delivery WHERE CAST($1 AS TEXT) = 'delivery' AND id = $2
UNION ALL SELECT person FROM note WHERE CAST($1 AS TEXT) = 'note' AND id = $2
UNION ALL SELECT person FROM action WHERE CAST($1 AS TEXT) = 'action' AND id = $2;

-- name: actions_of
SELECT id FROM action WHERE person = $1 ORDER BY id;

-- Forwards: src/runtime/forward.c.

-- name: forwards
SELECT id, label, url, settings, running, cursor, sent, aside, failures, next_try, failing_since, why, created FROM forward ORDER BY created, id;

-- name: add_forward
INSERT INTO forward (id, label, url, settings, running, cursor, sent, aside, failures, next_try, created) VALUES ($1, $2, $3, $4, 1, $5, 0, 0, 0, 0, $6);

-- name: turn_forward
UPDATE forward SET running = $2, failures = 0, next_try = 0, failing_since = NULL, why = NULL WHERE id = $1;

-- name: remove_forward
DELETE FROM forward WHERE id = $1;

-- name: forward_label
SELECT label, url FROM forward WHERE id = $1;

-- name: advance_forward
UPDATE forward SET cursor = $2, sent = sent + $3, aside = aside + $4, failures = 0, next_try = 0, failing_since = NULL, why = NULL WHERE id = $1;

-- name: hold_forward
UPDATE forward SET failures = failures + 1, next_try = $2, failing_since = COALESCE(failing_since, $3), why = $4 WHERE id = $1;
