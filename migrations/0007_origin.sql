-- What the origin needs beyond the first six files.

-- Lock-out counts by the digest of the address that was typed, whether or not it has an account: counters in
-- users would tell who has one. Not led by a tenant: nobody is signed in yet.
ALTER TABLE users DROP COLUMN failed_sign_ins;
ALTER TABLE users DROP COLUMN locked_until;
CREATE TABLE sign_in_failures (
  account TEXT NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL CHECK (failures > 0),
  -- Milliseconds since 1970; 0 = not locked.
  locked_until_ms REAL NOT NULL,
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_in_failures_by_expiry ON sign_in_failures (expires_at);

-- Invitations to open a tenant, where sign-up is by invitation. They belong to the platform.
CREATE TABLE sign_up_invitations (
  token_hash TEXT NOT NULL PRIMARY KEY,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;
CREATE INDEX sign_up_invitations_by_expiry ON sign_up_invitations (expires_at);

-- The plan of new tenants: no limits.
INSERT INTO plans (id, name, limits) VALUES ('start', 'Start', '{}');
