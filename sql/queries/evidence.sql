-- The record store: src/evidence/lrs*.c.

-- name: newest_stored
SELECT stored FROM statement ORDER BY stored DESC LIMIT 1;

-- name: statement_of_id
SELECT s.seq, s.stored, s.authority, s.voided, e.id, d.data, s.id, s.refs
FROM statement s JOIN event e ON e.seq = s.seq LEFT JOIN event_data d ON d.seq = s.seq WHERE s.id = $1;

-- name: statement_is_there
SELECT id FROM statement WHERE id = $1;

-- name: statements_of_ids
SELECT id FROM statement WHERE id IN ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16);

-- name: statement_at
SELECT s.seq, s.stored, s.authority, s.voided, e.id, d.data, s.id, s.refs
FROM statement s JOIN event e ON e.seq = s.seq LEFT JOIN event_data d ON d.seq = s.seq WHERE s.seq = $1;

-- name: first_after
SELECT seq FROM statement WHERE stored > $1 ORDER BY stored, seq LIMIT 1;

-- name: last_until
SELECT seq FROM statement WHERE stored <= $1 ORDER BY stored DESC, seq DESC LIMIT 1;

-- name: term_of_key
SELECT id, key, name, sample FROM term WHERE key = $1;

-- name: term_of_id
SELECT id, key, name, sample FROM term WHERE id = $1;

-- name: last_term
SELECT id FROM term ORDER BY id DESC LIMIT 1;

-- name: newer_refs
SELECT seq, refs FROM statement WHERE seq > $1 AND refs IS NOT NULL ORDER BY seq;

-- name: statement_is_of
SELECT 1 FROM statement WHERE seq = $1 AND (authority = $2 OR room = $2);

-- name: all_down
SELECT seq FROM statement WHERE seq <= $1 AND authority IS NOT NULL AND voided IS NULL ORDER BY seq DESC LIMIT $2;

-- name: all_up
SELECT seq FROM statement WHERE seq >= $1 AND authority IS NOT NULL AND voided IS NULL ORDER BY seq LIMIT $2;

-- name: term_down
SELECT seq FROM statement_term WHERE term = $1 AND place = $2 AND seq <= $3 ORDER BY seq DESC LIMIT $4;

-- name: term_up
SELECT seq FROM statement_term WHERE term = $1 AND place = $2 AND seq >= $3 ORDER BY seq LIMIT $4;

-- name: put_attachment
INSERT INTO attachment (seq, hash, type, coded, body) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (seq, hash) DO NOTHING;

-- name: attachments
SELECT a.hash, a.type, a.coded, a.body, e.id FROM attachment a JOIN event e ON e.seq = a.seq WHERE a.seq = $1 ORDER BY a.hash;

-- name: definition
SELECT definition FROM activity WHERE id = $1;

-- name: put_definition
INSERT INTO activity (id, definition) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET definition = excluded.definition;

-- name: document
SELECT type, etag, updated, version, coded, body FROM document
WHERE kind = $1 AND activity = $2 AND agent = $3 AND registration = $4 AND name = $5;

-- name: documents
SELECT name FROM document WHERE kind = $1 AND activity = $2 AND agent = $3 AND (CAST($4 AS TEXT) IS NULL OR registration = $4) AND updated > $5
ORDER BY updated, name;

-- name: put_document
INSERT INTO document (kind, activity, agent, registration, name, type, etag, updated, version, coded, body)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
ON CONFLICT (kind, activity, agent, registration, name) DO UPDATE SET type = excluded.type, etag = excluded.etag, updated = excluded.updated,
  version = excluded.version, coded = excluded.coded, body = excluded.body;

-- name: delete_document
DELETE FROM document WHERE kind = $1 AND activity = $2 AND agent = $3 AND registration = $4 AND name = $5;

-- name: delete_documents
DELETE FROM document WHERE kind = $1 AND activity = $2 AND agent = $3 AND (CAST($4 AS TEXT) IS NULL OR registration = $4);

-- name: every_up
SELECT seq FROM statement WHERE seq >= $1 AND authority IS NOT NULL ORDER BY seq LIMIT $2;

-- name: newest_seq
SELECT seq FROM statement ORDER BY seq DESC LIMIT 1;

-- name: run_from
SELECT first, last, oldest, newest FROM statement_run WHERE last >= $1 ORDER BY first LIMIT 1;

-- name: run_until
SELECT first, last, oldest, newest FROM statement_run WHERE first <= $1 ORDER BY first DESC LIMIT 1;

-- name: last_run_until
SELECT last FROM statement_run WHERE oldest <= $1 ORDER BY first DESC LIMIT 1;

-- What the record store has of an agent (its opaque name as a term), for who erases it: src/ops/erasure.c.

-- name: attachments_of_actor
SELECT count(*) FROM attachment a JOIN statement s ON s.seq = a.seq JOIN term t ON t.id = s.actor WHERE t.key = $1;

-- name: documents_of_agent
SELECT count(*) FROM document WHERE agent = $1;

-- name: statement_about
SELECT s.seq, s.voids, s.target, v.id, e.hash FROM statement s JOIN event e ON e.seq = s.seq LEFT JOIN statement v ON v.seq = s.voided WHERE s.id = $1 AND s.authority IS NOT NULL;

-- name: statement_mentions
SELECT id, voids FROM statement WHERE target = $1 AND authority IS NOT NULL ORDER BY seq DESC LIMIT 20;

-- Verbs or activities, from the letter of their kind to the next, whose name or IRI has a text.
-- name: terms_like
SELECT t.key FROM term t LEFT JOIN activity a ON a.id = substr(t.key, 2)
WHERE t.key >= $2 AND t.key < $3 AND (lower(t.key) LIKE $1 ESCAPE '\' OR lower(a.definition) LIKE $1 ESCAPE '\') ORDER BY t.id LIMIT $4;
