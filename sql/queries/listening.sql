-- Promises made to groups.

-- name: put_promise
INSERT INTO promise (id, "group", topics, need, text, owner, made_by, made, due, kept, done, promised, seq)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, NULL, NULL, $10, $10)
ON CONFLICT (id) DO NOTHING;

-- name: keep_promise
UPDATE promise SET kept = $2, done = $3, seq = $4 WHERE id = $1 AND kept IS NULL;

-- name: all_promise
SELECT p.id, p."group", p.topics, p.need, p.text, p.owner, p.made_by, p.made, p.due, p.kept, p.done, p.seq, m.id, k.id
FROM promise p JOIN event m ON m.seq = p.promised
LEFT JOIN event k ON k.seq = p.seq AND p.kept IS NOT NULL
ORDER BY p.made, p.id;
