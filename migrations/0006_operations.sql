-- Operations: sessions, tokens, audit, jobs, outbox, limits, usage.
--
-- audit, jobs, job_problems, outbox and idempotency_keys are written in the same batch as the change they
-- belong to, so they stand in every database, also in that of a site which has its own; drains visit each.
-- site_id '' = the tenant itself.

-- Sessions of people. The hash is the key: it is all that a request brings. A session sees every tenant of
-- its person, so no tenant leads it.
CREATE TABLE sessions (
  token_hash TEXT NOT NULL PRIMARY KEY,
  -- Names the session in the list of devices, where the hash must not show.
  id TEXT NOT NULL,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  device TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  last_seen_at TEXT NOT NULL CHECK (last_seen_at GLOB '????-??-??T??:??:??Z'),
  -- Time of the last proof of identity; sensitive actions ask for a fresh one.
  proven_at TEXT NOT NULL CHECK (proven_at GLOB '????-??-??T??:??:??Z'),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sessions_by_user ON sessions (user_id, id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);

CREATE TABLE api_tokens (
  tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  -- '' = every site that its person may use.
  site_id TEXT NOT NULL DEFAULT '',
  scopes TEXT NOT NULL CHECK (json_valid(scopes)),
  -- A token may never do more than its person: it ends with the membership.
  user_id TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  last_used_at TEXT CHECK (last_used_at GLOB '????-??-??T??:??:??Z'),
  expires_at TEXT CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  revoked_at TEXT CHECK (revoked_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, id),
  FOREIGN KEY (tenant_id, user_id) REFERENCES members (tenant_id, user_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX api_tokens_by_user ON api_tokens (tenant_id, user_id);
-- Not led by the tenant: the token is what names it.
CREATE UNIQUE INDEX api_tokens_by_hash ON api_tokens (token_hash);

-- Who did what to what. One chain per tenant and one per site, so that a chain moves with its site. hash
-- covers the row and previous_hash; two writers at once collide on number, and the second tries again.
CREATE TABLE audit (
  tenant_id TEXT NOT NULL,
  site_id TEXT NOT NULL DEFAULT '',
  number INTEGER NOT NULL CHECK (number > 0),
  actor TEXT NOT NULL,
  actor_kind TEXT NOT NULL CHECK (actor_kind IN ('user', 'token', 'visitor', 'system')),
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  subject_id TEXT NOT NULL,
  before TEXT CHECK (json_valid(before)),
  after TEXT CHECK (json_valid(after)),
  request_id TEXT NOT NULL DEFAULT '',
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  previous_hash TEXT NOT NULL,
  hash TEXT NOT NULL,
  PRIMARY KEY (tenant_id, site_id, number)
) STRICT;
CREATE INDEX audit_by_subject ON audit (tenant_id, site_id, subject, subject_id, number);
CREATE INDEX audit_by_actor ON audit (tenant_id, actor, created_at);
-- Append-only, also for our own mistakes. Retention may cut a chain at its old end, and nowhere else.
CREATE TRIGGER audit_is_not_changed BEFORE UPDATE ON audit
BEGIN
  SELECT RAISE(ABORT, 'audit rows are never changed');
END;
CREATE TRIGGER audit_is_cut_at_its_old_end BEFORE DELETE ON audit
WHEN EXISTS (
  SELECT 1 FROM audit WHERE tenant_id = OLD.tenant_id AND site_id = OLD.site_id AND number < OLD.number
)
BEGIN
  SELECT RAISE(ABORT, 'audit rows are deleted oldest first');
END;

-- Work that outlives a request: imports, exports, publishes to resume, scheduled changes, clean-up.
CREATE TABLE jobs (
  tenant_id TEXT NOT NULL,
  id TEXT NOT NULL,
  site_id TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('queued', 'running', 'done', 'failed', 'cancelled')),
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  -- How far it came: a job that is taken up again goes on from here.
  progress TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(progress)),
  -- Jobs with the same key are one job while they wait.
  dedupe_key TEXT,
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  problem TEXT,
  run_at TEXT NOT NULL CHECK (run_at GLOB '????-??-??T??:??:??Z'),
  -- A running job whose lease is over was lost by a crash, and is taken up again.
  leased_until TEXT CHECK (leased_until GLOB '????-??-??T??:??:??Z'),
  author TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, id),
  CHECK (status <> 'running' OR leased_until IS NOT NULL)
) STRICT;
CREATE INDEX jobs_by_site ON jobs (tenant_id, site_id, created_at, id);
CREATE UNIQUE INDEX jobs_by_dedupe_key ON jobs (tenant_id, site_id, kind, dedupe_key)
  WHERE status = 'queued' AND dedupe_key IS NOT NULL;
-- Not led by the tenant: the drain is the platform's. Partial, so they hold open work only.
CREATE INDEX jobs_due ON jobs (run_at) WHERE status = 'queued';
CREATE INDEX jobs_leased ON jobs (leased_until) WHERE status = 'running';

-- The report of an import: the rows that did not fit, and why.
CREATE TABLE job_problems (
  tenant_id TEXT NOT NULL,
  job_id TEXT NOT NULL,
  line INTEGER NOT NULL,
  problems TEXT NOT NULL CHECK (json_valid(problems)),
  PRIMARY KEY (tenant_id, job_id, line),
  FOREIGN KEY (tenant_id, job_id) REFERENCES jobs (tenant_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Addresses that a tenant wants to be told at. The signing secret is encrypted, as in secrets.
CREATE TABLE webhooks (
  tenant_id TEXT NOT NULL REFERENCES tenants (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  site_id TEXT NOT NULL DEFAULT '',
  url TEXT NOT NULL CHECK (url LIKE 'https://%'),
  events TEXT NOT NULL CHECK (json_valid(events)),
  secret BLOB NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('on', 'off', 'failing')),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, id)
) STRICT;

-- Mail and webhooks to send: written with the change that causes them, sent after it. tenant_id '' = the
-- platform's own mail (sign-up, password reset).
CREATE TABLE outbox (
  tenant_id TEXT NOT NULL DEFAULT '',
  id TEXT NOT NULL,
  site_id TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL CHECK (kind IN ('mail', 'webhook')),
  -- Address, or id of the webhook.
  recipient TEXT NOT NULL,
  payload TEXT NOT NULL CHECK (json_valid(payload)),
  status TEXT NOT NULL CHECK (status IN ('waiting', 'sent', 'failed')),
  attempts INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  problem TEXT,
  next_attempt_at TEXT NOT NULL CHECK (next_attempt_at GLOB '????-??-??T??:??:??Z'),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  sent_at TEXT CHECK (sent_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, id)
) STRICT;
CREATE INDEX outbox_by_creation ON outbox (tenant_id, created_at, id);
-- Not led by the tenant: the drain is the platform's.
CREATE INDEX outbox_due ON outbox (next_attempt_at) WHERE status = 'waiting';

-- Answers to unsafe requests by Idempotency-Key: a repeated one gets the first answer. The actor stands in
-- the key, so nobody reads another's answer by guessing.
CREATE TABLE idempotency_keys (
  tenant_id TEXT NOT NULL,
  actor TEXT NOT NULL,
  key TEXT NOT NULL,
  -- The same key with another request is a 422.
  request_hash TEXT NOT NULL,
  -- Null while the first one runs.
  status INTEGER,
  response TEXT CHECK (json_valid(response)),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, actor, key)
) STRICT, WITHOUT ROWID;
-- Not led by the tenant: the clean-up is the platform's.
CREATE INDEX idempotency_keys_by_expiry ON idempotency_keys (expires_at);

-- Token buckets that survive a restart. bucket names what is limited and whom: sign-in by address or account,
-- form entries by site and sender. Before sign-in there is no tenant to lead it.
CREATE TABLE rate_limits (
  bucket TEXT NOT NULL PRIMARY KEY,
  tokens REAL NOT NULL,
  -- Milliseconds since 1970: seconds are too coarse to refill by.
  refilled_ms REAL NOT NULL,
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;
CREATE INDEX rate_limits_by_expiry ON rate_limits (expires_at);

-- What is there now (plan limits are checked against it) and what was used each day (bills). day '' = now.
CREATE TABLE usage (
  tenant_id TEXT NOT NULL,
  site_id TEXT NOT NULL DEFAULT '',
  day TEXT NOT NULL DEFAULT '' CHECK (day = '' OR day GLOB '????-??-??'),
  -- sites, pages, entities, storage, members, domains, plugins; requests, rows_read, mails…
  metric TEXT NOT NULL,
  amount REAL NOT NULL,
  PRIMARY KEY (tenant_id, day, metric, site_id)
) STRICT, WITHOUT ROWID;

-- Page views, referrers, experiment and plugin counts a day: sums only, nothing about a person.
CREATE TABLE analytics (
  site_id TEXT NOT NULL,
  metric TEXT NOT NULL,
  day TEXT NOT NULL CHECK (day GLOB '????-??-??'),
  -- Path, referring host, variant or plugin; '' = the whole site.
  value TEXT NOT NULL DEFAULT '',
  count INTEGER NOT NULL CHECK (count >= 0),
  PRIMARY KEY (site_id, metric, day, value)
) STRICT, WITHOUT ROWID;

-- The installation: sign-up mode, mail sender, default plan.
CREATE TABLE platform_settings (
  name TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL CHECK (json_valid(value)),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;
