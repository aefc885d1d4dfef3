-- Accounts, sessions, tokens, throttle: src/gate/account.c, session.c, token.c.

-- name: add_account
INSERT INTO account (login, name, person, roles, password, created, disabled) VALUES ($1, $2, $3, $4, $5, $6, 0);

-- name: find_account
SELECT login, name, person, roles, created, disabled, password FROM account WHERE login = $1;

-- name: list_accounts
SELECT login, name, person, roles, created, disabled FROM account ORDER BY login;

-- name: account_of_person
SELECT login FROM account WHERE person = $1;

-- name: set_password
UPDATE account SET password = $2 WHERE login = $1;

-- name: set_roles
UPDATE account SET roles = $2 WHERE login = $1;

-- name: set_disabled
UPDATE account SET disabled = $2 WHERE login = $1;

-- name: add_session
INSERT INTO session (id, account, hash, previous, previous_until, csrf, started, seen, rotated)
VALUES ($1, $2, $3, NULL, NULL, $4, $5, $5, $5);

-- name: find_session
SELECT s.id, s.hash, s.previous_until, s.csrf, s.started, s.seen, s.rotated,
       a.login, a.name, a.person, a.roles, a.created, a.disabled, s.previous
FROM session s JOIN account a ON a.login = s.account
WHERE s.hash = $1 OR s.previous = $1;

-- name: touch_session
UPDATE session SET seen = $2 WHERE id = $1;

-- name: confirm_session
UPDATE session SET seen = $2, previous_until = $3 WHERE id = $1 AND previous_until IS NULL;

-- name: rotate_session
UPDATE session SET previous = $2, previous_until = NULL, hash = $3, rotated = $4, seen = $4 WHERE id = $1 AND rotated = $5;

-- name: end_session
DELETE FROM session WHERE hash = $1 OR previous = $1;

-- name: end_sessions_of
DELETE FROM session WHERE account = $1;

-- name: forget_sessions
DELETE FROM session WHERE started <= $1 OR seen <= $2;

-- name: count_sessions_of
SELECT count(*) FROM session WHERE account = $1;

-- name: add_token
INSERT INTO token (id, account, label, hash, scopes, created, expires, used) VALUES ($1, $2, $3, $4, $5, $6, $7, NULL);

-- name: find_token
SELECT t.id, t.scopes, t.expires, t.used, a.login, a.name, a.person, a.roles, a.created, a.disabled
FROM token t JOIN account a ON a.login = t.account
WHERE t.hash = $1;

-- name: touch_token
UPDATE token SET used = $2 WHERE id = $1;

-- name: list_tokens
SELECT id, account, label, scopes, created, expires, used FROM token WHERE account = $1 ORDER BY created, id;

-- name: count_tokens
SELECT count(*) FROM token WHERE account = $1;

-- name: remove_token
DELETE FROM token WHERE id = $1 AND account = $2;

-- name: find_throttle
SELECT attempts, since, until FROM throttle WHERE key = $1;

-- name: put_throttle
INSERT INTO throttle (key, attempts, since, until) VALUES ($1, $2, $3, $4)
ON CONFLICT (key) DO UPDATE SET attempts = excluded.attempts, since = excluded.since, until = excluded.until;

-- name: clear_throttle
DELETE FROM throttle WHERE key = $1;

-- name: forgive_throttle
UPDATE throttle SET attempts = attempts - 1, until = 0 WHERE key = $1 AND attempts > 0;

-- name: forget_throttles
DELETE FROM throttle WHERE since < $1 AND until < $2;

-- name: log_access
INSERT INTO access_log (at, account, address, what) VALUES ($1, $2, $3, $4);

-- name: list_access
SELECT at, account, address, what FROM access_log WHERE (CAST($1 AS TEXT) IS NULL OR account = $1) ORDER BY at DESC LIMIT $2;

-- name: forget_access
DELETE FROM access_log WHERE at < $1;

-- name: remove_account
DELETE FROM account WHERE login = $1;

-- name: remove_tokens_of
DELETE FROM token WHERE account = $1;

-- name: forget_access_of
DELETE FROM access_log WHERE account = $1;

-- Credentials of the record store: src/gate/credential.c.

-- name: add_credential
INSERT INTO credential (id, key, label, scopes, hash, created, room, made_by) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: count_credentials
SELECT count(*) FROM credential WHERE revoked IS NULL;

-- name: find_credential
SELECT id, key, label, scopes, created, used, revoked, room, made_by FROM credential WHERE id = $1;

-- name: credential_of_key
SELECT id, key, label, scopes, created, used, revoked, room, made_by, hash, previous, previous_until FROM credential WHERE key = $1;

-- name: list_credentials
SELECT id, key, label, scopes, created, used, revoked, room, made_by FROM credential ORDER BY created, id;

-- name: rotate_credential
UPDATE credential SET previous = hash, previous_until = $3, hash = $2 WHERE id = $1;

-- name: revoke_credential
UPDATE credential SET revoked = $2 WHERE id = $1;

-- name: touch_credential
UPDATE credential SET used = $2 WHERE id = $1;
