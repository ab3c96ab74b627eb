-- What is published or taken away at a time to come. The release carries it to the edge as data; a row stays here until
-- its time has come and the release that it made is written down.
DROP TABLE schedules;
CREATE TABLE schedules (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  at TEXT NOT NULL CHECK (at GLOB '????-??-??T??:??:??Z'),
  -- JSON: the revision of each page, or null for one that is taken away.
  pages TEXT NOT NULL CHECK (json_valid(pages)),
  note TEXT NOT NULL DEFAULT '',
  author TEXT NOT NULL,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT, WITHOUT ROWID;
-- Not led by the site: the platform's round writes down what has come about.
CREATE INDEX schedules_due ON schedules (at);
