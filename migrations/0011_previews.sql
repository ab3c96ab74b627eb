-- Links that show drafts to whoever has them. A link carries this id, its site and its end, signed; the row says what
-- it shows, and ends it early by going away.
-- Nobody had one yet.
DROP TABLE previews;
CREATE TABLE previews (
  site_id TEXT NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
  id TEXT NOT NULL,
  -- What would be published, in the words of a release.
  show TEXT NOT NULL CHECK (json_valid(show)),
  -- Where the link opens.
  path TEXT NOT NULL,
  created_by TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  expires_at TEXT NOT NULL CHECK (expires_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT, WITHOUT ROWID;
-- Not led by the site: the clean-up is the platform's.
CREATE INDEX previews_by_expiry ON previews (expires_at);
