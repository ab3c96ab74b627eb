-- Files of a site. The bytes are in R2 under their digest; these rows say what they are called and mean.
-- Site-scoped.

CREATE TABLE assets (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  -- Digest of the bytes. Not unique: the same picture may stand in two folders with different texts.
  hash TEXT NOT NULL,
  -- '' is the top; otherwise names joined by /.
  folder TEXT NOT NULL DEFAULT '',
  name TEXT NOT NULL,
  ext TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('image', 'video', 'font', 'document', 'style')),
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  -- Null for what has no size in pixels.
  width INTEGER CHECK (width > 0),
  height INTEGER CHECK (height > 0),
  -- JSON by locale; '' as a text = decoration, an absent locale = still to be written.
  alt TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(alt)),
  details TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(details)),
  status TEXT NOT NULL CHECK (status IN ('active', 'trashed')),
  revision INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  created_by TEXT NOT NULL,
  PRIMARY KEY (site_id, id)
) STRICT;
CREATE INDEX assets_by_folder ON assets (site_id, status, folder, created_at, id);
CREATE INDEX assets_by_creation ON assets (site_id, status, created_at, id);
-- Whether the bytes are here already, and whether the last name of an object is gone.
CREATE INDEX assets_by_hash ON assets (site_id, hash);

-- Folders exist without files.
CREATE TABLE asset_folders (
  site_id TEXT NOT NULL,
  folder TEXT NOT NULL CHECK (folder <> ''),
  PRIMARY KEY (site_id, folder)
) STRICT, WITHOUT ROWID;

-- Objects in R2: the originals (width 0) and their variants. Keyed by digest, since assets may share one.
-- The sum of bytes is what the quota counts.
CREATE TABLE asset_objects (
  site_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  width INTEGER NOT NULL DEFAULT 0 CHECK (width >= 0),
  content_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, hash, width)
) STRICT, WITHOUT ROWID;

-- Uploads under way: R2's multipart upload, its parts, and what was reserved of the quota.
CREATE TABLE uploads (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  name TEXT NOT NULL,
  folder TEXT NOT NULL DEFAULT '',
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  -- Name of the object while its digest is not known.
  object TEXT NOT NULL,
  upload_ref TEXT,
  parts TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(parts)),
  created_by TEXT NOT NULL,
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT;
CREATE INDEX uploads_by_expiry ON uploads (site_id, expires_at);
