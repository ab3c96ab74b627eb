-- What taking in and taking away files needs beyond 0004.

-- A file is named by its path in pages: one active file a path. A trashed one gives its path free.
CREATE UNIQUE INDEX assets_by_path ON assets (site_id, folder, name, ext) WHERE status = 'active';

-- Paths that files had before they were renamed or moved. They lead there until another file takes the path.
CREATE TABLE asset_paths (
  site_id TEXT NOT NULL,
  folder TEXT NOT NULL,
  name TEXT NOT NULL,
  ext TEXT NOT NULL,
  asset_id TEXT NOT NULL,
  PRIMARY KEY (site_id, folder, name, ext)
) STRICT, WITHOUT ROWID;
CREATE INDEX asset_paths_by_asset ON asset_paths (site_id, asset_id);

-- Objects in R2 that assets vouch for: the originals (width 0) and their variants. Keyed by digest, since assets may
-- share one. The sum of bytes is what the quota counts. The object's name stands here, so that what takes it away
-- needs to make none.
DROP TABLE asset_objects;
CREATE TABLE asset_objects (
  site_id TEXT NOT NULL,
  hash TEXT NOT NULL,
  width INTEGER NOT NULL DEFAULT 0 CHECK (width >= 0),
  object TEXT NOT NULL,
  content_type TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, hash, width)
) STRICT, WITHOUT ROWID;

-- Objects in R2 that no asset vouches for: not yet, since their upload is under way, or not any more. A row is
-- written before the object, so that nothing is left behind by a crash. When it is due, the object is taken away.
DROP TABLE uploads;
CREATE TABLE loose_objects (
  site_id TEXT NOT NULL,
  object TEXT NOT NULL,
  -- Digest of the bytes, or of the original of a variant; '' while it is not known.
  hash TEXT NOT NULL,
  -- What the quota counts until it is due.
  reserved INTEGER NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??Z'),
  -- Set while it is being taken away: until then nobody may store it again.
  claimed_until TEXT CHECK (claimed_until GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, object)
) STRICT, WITHOUT ROWID;
-- For the drain, which asks for all sites.
CREATE INDEX loose_objects_due ON loose_objects (due_at);
