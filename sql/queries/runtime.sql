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
SELECT id, channel, subject, person, state, attempts, due, why, seq FROM action WHERE state = 'requested' AND due <= $1 ORDER BY due, id LIMIT $2;

-- name: actions
SELECT id, channel, subject, person, state, attempts, due, why, seq FROM action WHERE state = $1 ORDER BY seq DESC, id LIMIT $2;

-- name: action
SELECT id, channel, subject, person, state, attempts, due, why, seq FROM action WHERE id = $1;

-- name: actions_of
SELECT id FROM action WHERE person = $1 ORDER BY id;
