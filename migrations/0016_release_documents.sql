-- What the search will know of the pages of a release, until it is live: `[id, document or null]`, a list in parts, since
-- a row has 2 MB at most (https://developers.cloudflare.com/d1/platform/limits/).
CREATE TABLE release_documents (
  site_id TEXT NOT NULL,
  release INTEGER NOT NULL,
  part INTEGER NOT NULL CHECK (part >= 0),
  documents TEXT NOT NULL CHECK (json_valid(documents)),
  PRIMARY KEY (site_id, release, part)
) STRICT, WITHOUT ROWID;
INSERT INTO release_documents SELECT site_id, number, 0, documents FROM releases WHERE documents <> '[]';
ALTER TABLE releases DROP COLUMN documents;
