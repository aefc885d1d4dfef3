-- Rooms: sets of credentials that see only what credentials of the same set have stored (src/gate/credential.h).
ALTER TABLE credential ADD COLUMN room TEXT;     -- null: none, it sees everything that its scopes let it see
ALTER TABLE credential ADD COLUMN made_by TEXT;  -- the actor
ALTER TABLE statement  ADD COLUMN room INTEGER;  -- the term (h and the room's name) of the room whose credential stored it
