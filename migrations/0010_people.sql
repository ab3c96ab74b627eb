-- People in a tenant, plans, custom domains.

-- A batch ends here when it would break a rule: a statement behind the change selects a row into this table where
-- the rule does not hold any more, and the check that is named in the error refuses it. Always empty.
CREATE TABLE guards (
  rule TEXT NOT NULL,
  CONSTRAINT plan_limit CHECK (rule <> 'plan_limit'),
  CONSTRAINT last_admin CHECK (rule <> 'last_admin'),
  CONSTRAINT role_in_use CHECK (rule <> 'role_in_use'),
  CONSTRAINT invitation_gone CHECK (rule <> 'invitation_gone'),
  CONSTRAINT host_quarantine CHECK (rule <> 'host_quarantine'),
  CONSTRAINT claim_gone CHECK (rule <> 'claim_gone'),
  CONSTRAINT stale_record CHECK (rule <> 'stale_record')
) STRICT;

-- Not led by the tenant: the clean-up is the platform's.
CREATE INDEX invitations_by_expiry ON invitations (expires_at);
CREATE INDEX host_claims_by_expiry ON host_claims (expires_at);
CREATE INDEX host_quarantine_by_end ON host_quarantine (until);

-- Own domains are a feature; the first plan has it.
UPDATE plans SET features = '["custom_domains"]' WHERE id = 'start';

-- What the provider of certificates has to do for a custom host, and how far it came. It outlives the row in hosts, since
-- a host that was given back has to be taken down there as well.
CREATE TABLE provider_hosts (
  host TEXT NOT NULL PRIMARY KEY CHECK (host = lower(host)),
  wanted TEXT NOT NULL CHECK (wanted IN ('present', 'absent')),
  provider_ref TEXT,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  -- Null once it is done.
  next_attempt_at TEXT CHECK (next_attempt_at GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;
-- Not led by the tenant: the drain is the platform's. Partial, so it holds open work only.
CREATE INDEX provider_hosts_due ON provider_hosts (next_attempt_at) WHERE next_attempt_at IS NOT NULL;

-- Nobody had one yet. id names it where the credential's own, longer id must not stand.
DROP TABLE passkeys;
CREATE TABLE passkeys (
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  -- Base 64 of URLs, as in WebAuthn's JSON: what the authenticator calls it, and its key as COSE.
  credential_id TEXT NOT NULL,
  public_key TEXT NOT NULL,
  -- A counter that goes back means a copied authenticator; 0 = it does not count.
  sign_count INTEGER NOT NULL CHECK (sign_count >= 0),
  transports TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(transports)),
  -- Whether the authenticator keeps a copy elsewhere.
  backed_up INTEGER NOT NULL CHECK (backed_up IN (0, 1)),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  last_used_at TEXT CHECK (last_used_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
-- Not led by the person: the credential is all that a sign-in brings.
CREATE UNIQUE INDEX passkeys_by_credential ON passkeys (credential_id);
