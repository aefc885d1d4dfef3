-- Promises made to groups.

-- name: put_promise
INSERT INTO promise (id, "group", topics, need, text, owner, made_by, made, due, kept, done, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, NULL, $10)
ON CONFLICT (id) DO NOTHING;

-- name: keep_promise
UPDATE promise SET kept = $2, done = $3, seq = $4 WHERE id = $1 AND kept IS NULL;

-- name: all_promise
SELECT id, "group", topics, need, text, owner, made_by, made, due, kept, done, seq FROM promise ORDER BY made, id;
