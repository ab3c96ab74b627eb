-- What publishing needs beyond 0003.

-- Page records are JSON Lines, so no longer every body is one JSON text. Read by release: whatever a release needs
-- beyond the live one has to be in KV before it goes live.
CREATE TABLE new_published_records (
  site_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('page', 'routes', 'theme')),
  hash TEXT NOT NULL,
  part INTEGER NOT NULL DEFAULT 0 CHECK (part >= 0),
  body TEXT NOT NULL,
  -- Release that first needed it.
  release INTEGER NOT NULL,
  PRIMARY KEY (site_id, kind, hash, part)
) STRICT;
INSERT INTO new_published_records SELECT site_id, kind, hash, part, body, release FROM published_records;
DROP TABLE published_records;
ALTER TABLE new_published_records RENAME TO published_records;
CREATE INDEX published_records_by_release ON published_records (site_id, release);

-- Which revision of what a release shows, so that the next one starts from there and a roll back is told apart.
ALTER TABLE releases ADD COLUMN contents TEXT NOT NULL DEFAULT '{}' CHECK (json_valid(contents));
-- Search documents of the pages that it changes; '[]' once it is live.
ALTER TABLE releases ADD COLUMN documents TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(documents));

-- Milliseconds, since one write a second to a key is counted finer than seconds. A key is written by whoever holds its
-- lease: two writers at once could leave the older value behind. A lease that a crash left is over by itself.
DROP TABLE kv_writes;
CREATE TABLE kv_writes (
  site_id TEXT NOT NULL,
  key TEXT NOT NULL,
  -- Grows with each wish; done once written >= wanted.
  wanted INTEGER NOT NULL,
  written INTEGER NOT NULL DEFAULT 0,
  due_ms REAL NOT NULL DEFAULT 0,
  lease TEXT NOT NULL DEFAULT '',
  leased_until_ms REAL NOT NULL DEFAULT 0,
  PRIMARY KEY (site_id, key)
) STRICT, WITHOUT ROWID;
-- Not led by the site: the drain is the platform's. Partial, so it holds open writes only.
CREATE INDEX kv_writes_due ON kv_writes (due_ms) WHERE written < wanted;

-- The tables of documents have the same columns, so that one set of statements serves them.
ALTER TABLE settings ADD COLUMN status TEXT NOT NULL DEFAULT 'active' CHECK (status = 'active');
ALTER TABLE blocks DROP COLUMN name;
ALTER TABLE components RENAME COLUMN name TO id;
ALTER TABLE components RENAME COLUMN definition TO document;

-- The type of the records that a page shows.
ALTER TABLE pages ADD COLUMN entity TEXT;
CREATE INDEX pages_of_records ON pages (site_id, entity) WHERE entity IS NOT NULL;

-- Records have revisions as pages do. The row is what visitors see; what is newer than published_revision waits in
-- revisions, so no table of drafts is needed.
DROP TABLE entity_drafts;
ALTER TABLE entities ADD COLUMN revision INTEGER NOT NULL DEFAULT 1;
ALTER TABLE entities ADD COLUMN published_revision INTEGER;
UPDATE entities SET published_revision = 1 WHERE status = 'published';
