-- Tenants and people. These tables stay in the first database when a site moves to one of its own.
-- users, passkeys and confirmations belong to a person and not to a tenant, so no tenant_id leads them.

CREATE TABLE plans (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  -- Numbers by name: sites, pages, entities, storage, members, domains, plugins. Absent = unlimited.
  limits TEXT NOT NULL CHECK (json_valid(limits)),
  features TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(features)),
  -- Minor units a month.
  price INTEGER NOT NULL DEFAULT 0 CHECK (price >= 0),
  currency TEXT NOT NULL DEFAULT 'EUR' CHECK (length(currency) = 3),
  -- A plan that is not offered stays for those who have it.
  offered INTEGER NOT NULL DEFAULT 1 CHECK (offered IN (0, 1))
) STRICT;

CREATE TABLE tenants (
  id TEXT NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('trial', 'active', 'suspended')),
  plan_id TEXT NOT NULL REFERENCES plans (id),
  -- What was agreed beyond the plan; overrides plans.limits by name.
  limits TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(limits)),
  settings TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(settings)),
  trial_ends_at TEXT CHECK (trial_ends_at GLOB '????-??-??T??:??:??Z'),
  -- Set while the tenant is being deleted: the end of the grace period.
  delete_after TEXT CHECK (delete_after GLOB '????-??-??T??:??:??Z'),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z')
) STRICT;
-- The platform owner's list; id breaks ties, so a cursor never skips one.
CREATE INDEX tenants_by_creation ON tenants (created_at, id);

-- Features that differ from the plan. site_id '' = every site of the tenant: a null would not be equal to
-- itself in the key.
CREATE TABLE features (
  tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  site_id TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  enabled INTEGER NOT NULL CHECK (enabled IN (0, 1)),
  config TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(config)),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, site_id, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE subscriptions (
  tenant_id TEXT NOT NULL PRIMARY KEY REFERENCES tenants (id) ON DELETE CASCADE,
  provider TEXT NOT NULL CHECK (provider IN ('invoice', 'stripe')),
  customer_ref TEXT,
  subscription_ref TEXT,
  status TEXT NOT NULL CHECK (status IN ('active', 'past_due', 'cancelled')),
  period_ends_at TEXT CHECK (period_ends_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z')
) STRICT;

-- A person who signs in to the origin; visitors' accounts are in 0005.
CREATE TABLE users (
  id TEXT NOT NULL PRIMARY KEY,
  -- Trimmed and lower case, the form it is looked up in.
  email TEXT NOT NULL CHECK (email = lower(email) AND email LIKE '_%@_%'),
  email_confirmed_at TEXT CHECK (email_confirmed_at GLOB '????-??-??T??:??:??Z'),
  name TEXT NOT NULL DEFAULT '',
  locale TEXT NOT NULL DEFAULT 'en',
  -- Argon2id in PHC form; null for people with passkeys only.
  password_hash TEXT CHECK (password_hash LIKE '$argon2id$%'),
  -- Lock-out with back-off belongs to the account, so that changing the address does not avoid it.
  failed_sign_ins INTEGER NOT NULL DEFAULT 0 CHECK (failed_sign_ins >= 0),
  locked_until TEXT CHECK (locked_until GLOB '????-??-??T??:??:??Z'),
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'blocked')),
  -- The platform's own role is no membership: no tenant may grant it.
  platform_owner INTEGER NOT NULL DEFAULT 0 CHECK (platform_owner IN (0, 1)),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z')
) STRICT;
CREATE UNIQUE INDEX users_by_email ON users (email);

CREATE TABLE passkeys (
  credential_id TEXT NOT NULL PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  public_key BLOB NOT NULL,
  -- A counter that goes back means a cloned authenticator.
  sign_count INTEGER NOT NULL DEFAULT 0 CHECK (sign_count >= 0),
  transports TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(transports)),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  last_used_at TEXT CHECK (last_used_at GLOB '????-??-??T??:??:??Z')
) STRICT;
CREATE INDEX passkeys_by_user ON passkeys (user_id);

-- One-time proofs by mail, and the challenges of passkeys. Only the hash is stored: a copy of the database
-- opens no door.
CREATE TABLE confirmations (
  token_hash TEXT NOT NULL PRIMARY KEY,
  -- Null for a passkey sign-in that has not named a person yet.
  user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
  purpose TEXT NOT NULL CHECK (purpose IN ('confirm_email', 'change_email', 'reset_password', 'passkey')),
  data TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(data)),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  used_at TEXT CHECK (used_at GLOB '????-??-??T??:??:??Z')
) STRICT;
CREATE INDEX confirmations_by_user ON confirmations (user_id, purpose);
CREATE INDEX confirmations_by_expiry ON confirmations (expires_at);

-- Custom roles. The built-in ones (tenant_admin, site_admin, editor, author, viewer) are code.
CREATE TABLE roles (
  tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  permissions TEXT NOT NULL CHECK (json_valid(permissions)),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE members (
  tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  status TEXT NOT NULL CHECK (status IN ('active', 'suspended')),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, user_id)
) STRICT, WITHOUT ROWID;
-- Led by the person: "which tenants am I in" is asked before a tenant is chosen.
CREATE INDEX members_by_user ON members (user_id, tenant_id);

-- The roles of a member, on one site or ('') on all. role is built in or an id of roles: no foreign key.
CREATE TABLE member_roles (
  tenant_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  site_id TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL,
  PRIMARY KEY (tenant_id, user_id, site_id, role),
  FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
-- The people of a site.
CREATE INDEX member_roles_by_site ON member_roles (tenant_id, site_id, user_id);

CREATE TABLE invitations (
  tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  email TEXT NOT NULL CHECK (email = lower(email)),
  site_id TEXT NOT NULL DEFAULT '',
  role TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'withdrawn')),
  invited_by TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invitations_by_email ON invitations (tenant_id, email);
CREATE INDEX invitations_by_creation ON invitations (tenant_id, created_at, id);
-- Not led by the tenant: the token in the mail is all that the invited person brings.
CREATE UNIQUE INDEX invitations_by_token ON invitations (token_hash);
