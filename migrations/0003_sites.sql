-- Sites and hosts (they stay in the first database), then pages and releases (site-scoped: they move with
-- the site).

CREATE TABLE sites (
  id TEXT NOT NULL PRIMARY KEY,
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  -- JSON by locale.
  name TEXT NOT NULL CHECK (json_valid(name)),
  status TEXT NOT NULL CHECK (status IN ('active', 'suspended', 'archived')),
  -- The binding that holds the site-scoped tables of this site.
  database TEXT NOT NULL DEFAULT 'DB',
  -- JSON list; the first is the default.
  locales TEXT NOT NULL CHECK (json_array_length(locales) > 0),
  -- Set while the site is being deleted: the end of the grace period.
  delete_after TEXT CHECK (delete_after GLOB '????-??-??T??:??:??Z'),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z')
) STRICT;
CREATE INDEX sites_by_tenant ON sites (tenant_id, created_at, id);

-- Proven hosts only. The host is the key: it is what a request brings, and no two sites may have it.
CREATE TABLE hosts (
  host TEXT NOT NULL PRIMARY KEY CHECK (host = lower(host)),
  tenant_id TEXT NOT NULL REFERENCES tenants (id),
  site_id TEXT NOT NULL REFERENCES sites (id),
  kind TEXT NOT NULL CHECK (kind IN ('platform', 'custom')),
  is_primary INTEGER NOT NULL DEFAULT 0 CHECK (is_primary IN (0, 1)),
  -- State of the certificate at the provider.
  status TEXT NOT NULL CHECK (status IN ('pending', 'active', 'failed')),
  provider_ref TEXT,
  -- What a person has to do next, in the provider's words.
  problem TEXT,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z')
) STRICT;
CREATE INDEX hosts_by_site ON hosts (site_id, host);
CREATE INDEX hosts_by_tenant ON hosts (tenant_id, host);
-- One primary host at most.
CREATE UNIQUE INDEX hosts_primary ON hosts (site_id) WHERE is_primary = 1;

-- Attempts to prove a host, each with a fresh token. Several sites may try; the first to prove it gets the
-- row in hosts.
CREATE TABLE host_claims (
  site_id TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  host TEXT NOT NULL CHECK (host = lower(host)),
  method TEXT NOT NULL CHECK (method IN ('dns', 'http')),
  token TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'proven', 'failed', 'expired')),
  problem TEXT,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  checked_at TEXT CHECK (checked_at GLOB '????-??-??T??:??:??Z'),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, host)
) STRICT, WITHOUT ROWID;

-- Until the quarantine ends, a released host can be claimed by its last tenant only: its DNS may still point
-- here.
CREATE TABLE host_quarantine (
  host TEXT NOT NULL PRIMARY KEY CHECK (host = lower(host)),
  tenant_id TEXT NOT NULL,
  until TEXT NOT NULL CHECK (until GLOB '????-??-??T??:??:??Z')
) STRICT, WITHOUT ROWID;

-- Starting points for sites, pages and sections. tenant_id '' = the platform's, offered to everyone, hence no
-- foreign key.
CREATE TABLE templates (
  tenant_id TEXT NOT NULL DEFAULT '',
  kind TEXT NOT NULL CHECK (kind IN ('site', 'page', 'section')),
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document)),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (tenant_id, kind, id)
) STRICT;

-- From here on: site-scoped, nothing outside the set is referred to. Authors are ids of users without a
-- foreign key, and they outlive the person's account.

-- Parts of a site that are edited as documents: general, theme, organisation, search, not_found, experiments,
-- and frame or navigation by locale (frame/ar).
CREATE TABLE settings (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document)),
  revision INTEGER NOT NULL DEFAULT 1,
  published_revision INTEGER,
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  updated_by TEXT NOT NULL,
  PRIMARY KEY (site_id, id)
) STRICT;

-- The draft of a page in one locale. There is no table of sections: a section lives in its page's document,
-- so saving is one row, and a revision is one document.
CREATE TABLE pages (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  locale TEXT NOT NULL,
  -- Pages of the same group are translations of each other.
  group_id TEXT NOT NULL,
  -- Null while archived or in the trash, so that the address is free; document keeps it for the way back.
  path TEXT CHECK (path LIKE '/%'),
  title TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'archived', 'trashed')),
  document TEXT NOT NULL CHECK (json_valid(document)),
  -- Counts up with each save; a save that was based on another one is a 409.
  revision INTEGER NOT NULL DEFAULT 1 CHECK (revision > 0),
  -- What visitors see; null before the first publish. Differs from revision = unpublished changes.
  published_revision INTEGER,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  updated_by TEXT NOT NULL,
  PRIMARY KEY (site_id, id),
  CHECK ((path IS NULL) = (status IN ('archived', 'trashed')))
) STRICT;
CREATE UNIQUE INDEX pages_by_path ON pages (site_id, path);
CREATE INDEX pages_by_group ON pages (site_id, group_id);
CREATE INDEX pages_by_change ON pages (site_id, status, updated_at, id);

-- Reusable sections: used on many pages, updated everywhere by the next release.
CREATE TABLE blocks (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'trashed')),
  document TEXT NOT NULL CHECK (json_valid(document)),
  revision INTEGER NOT NULL DEFAULT 1,
  published_revision INTEGER,
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  updated_by TEXT NOT NULL,
  PRIMARY KEY (site_id, id)
) STRICT;

-- The site's own components and variants as data; name is name:variant.
CREATE TABLE components (
  site_id TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  revision INTEGER NOT NULL DEFAULT 1,
  published_revision INTEGER,
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  updated_by TEXT NOT NULL,
  PRIMARY KEY (site_id, name)
) STRICT;

-- Every saved state of anything that is edited, whole: no restore or diff depends on a chain of patches.
CREATE TABLE revisions (
  site_id TEXT NOT NULL,
  subject TEXT NOT NULL
    CHECK (subject IN ('page', 'entity', 'entity_type', 'block', 'component', 'settings', 'asset')),
  subject_id TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  document TEXT NOT NULL CHECK (json_valid(document)),
  -- How it came about; change_id groups what one step did (an import, a bulk edit, an AI patch), so that the
  -- step is undone as one.
  cause TEXT NOT NULL CHECK (cause IN ('edit', 'restore', 'import', 'bulk', 'ai', 'system')),
  change_id TEXT,
  note TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, subject, subject_id, number)
) STRICT;
CREATE INDEX revisions_by_change ON revisions (site_id, change_id) WHERE change_id IS NOT NULL;

-- What uses what, for "where is it used", guarded deletes, and which pages a changed block re-publishes.
-- Derived from the documents, hence no foreign keys.
CREATE TABLE uses (
  site_id TEXT NOT NULL,
  target TEXT NOT NULL CHECK (target IN ('asset', 'block', 'component', 'entity', 'entity_type', 'page')),
  target_id TEXT NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('page', 'entity', 'block', 'component', 'settings')),
  subject_id TEXT NOT NULL,
  PRIMARY KEY (site_id, target, target_id, subject, subject_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX uses_by_subject ON uses (site_id, subject, subject_id);

CREATE TABLE redirects (
  site_id TEXT NOT NULL,
  from_path TEXT NOT NULL CHECK (from_path LIKE '/%'),
  to_url TEXT NOT NULL,
  status INTEGER NOT NULL CHECK (status IN (301, 302, 307, 308)),
  -- Made by a change of slug; a page that takes the path again removes it.
  automatic INTEGER NOT NULL DEFAULT 0 CHECK (automatic IN (0, 1)),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, from_path),
  -- The shortest loop; longer ones are found at write through the index below.
  CHECK (from_path <> to_url)
) STRICT, WITHOUT ROWID;
CREATE INDEX redirects_by_target ON redirects (site_id, to_url);

-- Time windows. For pages they travel in the release as data, so that the edge is exact to the second; for
-- records a job acts on them.
CREATE TABLE schedules (
  site_id TEXT NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('page', 'entity')),
  subject_id TEXT NOT NULL,
  publish_at TEXT CHECK (publish_at GLOB '????-??-??T??:??:??Z'),
  unpublish_at TEXT CHECK (unpublish_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, subject, subject_id),
  CHECK (publish_at IS NOT NULL OR unpublish_at IS NOT NULL),
  -- Texts of this form compare like the times they name.
  CHECK (publish_at < unpublish_at)
) STRICT, WITHOUT ROWID;

-- Shows who edits. Never what protects a save: that is revision.
CREATE TABLE edit_locks (
  site_id TEXT NOT NULL,
  subject TEXT NOT NULL CHECK (subject IN ('page', 'entity', 'block', 'component', 'settings')),
  subject_id TEXT NOT NULL,
  user_id TEXT NOT NULL,
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, subject, subject_id)
) STRICT, WITHOUT ROWID;

-- Preview links. The host names the site, so the site leads the key here too.
CREATE TABLE previews (
  site_id TEXT NOT NULL,
  token_hash TEXT NOT NULL,
  -- Null = the whole draft of the site.
  page_id TEXT,
  created_by TEXT NOT NULL,
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, token_hash)
) STRICT, WITHOUT ROWID;

-- The immutable KV records of the releases, as they were written: republish copies these bytes back.
-- part is the shard number of a route table, else 0.
CREATE TABLE published_records (
  site_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('page', 'routes', 'theme')),
  hash TEXT NOT NULL,
  part INTEGER NOT NULL DEFAULT 0 CHECK (part >= 0),
  body TEXT NOT NULL CHECK (json_valid(body)),
  -- Release that first needed it.
  release INTEGER NOT NULL,
  PRIMARY KEY (site_id, kind, hash, part)
) STRICT;

-- A release is a site record that names the hashes of everything else. A roll back is a new release with the
-- site record of an old one, so numbers only go up, and so do cache keys.
CREATE TABLE releases (
  site_id TEXT NOT NULL,
  number INTEGER NOT NULL CHECK (number > 0),
  -- Where publishing stands; each step may run twice. live = the newest one whose host records were written.
  status TEXT NOT NULL CHECK (status IN ('stored', 'writing', 'live', 'replaced', 'failed')),
  cause TEXT NOT NULL CHECK (cause IN ('publish', 'rollback', 'import', 'seed')),
  -- The release that a roll back went to.
  of_number INTEGER,
  site_record TEXT NOT NULL CHECK (json_valid(site_record)),
  -- What changed, for people: pages, settings and locales by name.
  changes TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(changes)),
  note TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  live_at TEXT CHECK (live_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, number),
  FOREIGN KEY (site_id, of_number) REFERENCES releases (site_id, number),
  CHECK ((cause = 'rollback') = (of_number IS NOT NULL))
) STRICT;
-- One live release at most: the second of two publishes at once fails here and tries again.
CREATE UNIQUE INDEX releases_live ON releases (site_id) WHERE status = 'live';
-- Publishes that a crash left behind.
CREATE INDEX releases_open ON releases (site_id, number) WHERE status IN ('stored', 'writing');

-- KV keys that have to be written. KV takes one write per second per key: later wishes replace earlier ones
-- here, and due_at keeps the distance.
CREATE TABLE kv_writes (
  site_id TEXT NOT NULL,
  key TEXT NOT NULL,
  -- Grows with each wish; done once written >= wanted.
  wanted INTEGER NOT NULL,
  written INTEGER NOT NULL DEFAULT 0,
  due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, key)
) STRICT, WITHOUT ROWID;
-- Not led by the site: the drain is the platform's. Partial, so it holds open writes only.
CREATE INDEX kv_writes_due ON kv_writes (due_at) WHERE written < wanted;

CREATE TABLE experiments (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'running', 'stopped')),
  -- Subject (page or section), variants with their shares, goal.
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  started_at TEXT CHECK (started_at GLOB '????-??-??T??:??:??Z'),
  stopped_at TEXT CHECK (stopped_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT;

-- Requests in words and the typed patch each became; change_id leads to the revisions that undo it.
CREATE TABLE ai_requests (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  prompt TEXT NOT NULL,
  -- 'rules' where no model answered.
  model TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('running', 'proposed', 'applied', 'rejected', 'undone', 'failed')),
  patch TEXT CHECK (json_valid(patch)),
  problems TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(problems)),
  change_id TEXT,
  author TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT;
CREATE INDEX ai_requests_by_creation ON ai_requests (site_id, created_at, id);
