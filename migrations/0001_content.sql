-- Content: records of any type, their lists and the full-text search. The edge Worker reads these tables.
--
-- Every table of this file is site-scoped: site_id leads its key and every index, and it refers to nothing
-- outside the site-scoped set, so that one site's rows can move to a database of its own as they are.
-- Conventions of all files: docs/schema.md.

CREATE TABLE entity_types (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  definition TEXT NOT NULL CHECK (json_valid(definition)),
  -- A retired type keeps its records and takes no new ones.
  status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'retired')),
  revision INTEGER NOT NULL DEFAULT 1,
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, id)
) STRICT;

-- The row is what visitors see; a change that is not yet published waits elsewhere. Not WITHOUT ROWID:
-- data is large, and large rows make a B-tree of keys deep.
CREATE TABLE entities (
  site_id TEXT NOT NULL,
  id TEXT NOT NULL,
  kind TEXT NOT NULL,
  locale TEXT NOT NULL,
  -- Records of the same group are translations of each other.
  group_id TEXT NOT NULL,
  -- Null once the record is in the trash, so that its address is free again; data keeps the old one.
  slug TEXT,
  title TEXT NOT NULL,
  summary TEXT NOT NULL DEFAULT '',
  status TEXT NOT NULL CHECK (status IN ('draft', 'published', 'archived', 'trashed')),
  data TEXT NOT NULL CHECK (json_valid(data)),
  relations TEXT NOT NULL DEFAULT '[]' CHECK (json_valid(relations)),
  published_at TEXT CHECK (published_at GLOB '????-??-??T??:??:??Z'),
  created_at TEXT NOT NULL CHECK (created_at GLOB '????-??-??T??:??:??Z'),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  -- Dense number per site and kind among the published records: sitemap n begins at a known number.
  seq INTEGER,
  PRIMARY KEY (site_id, id),
  -- Not deferred, here and below: a deferred failure shows at the commit, and D1 calls that an internal error
  -- without saying why. Parents are written first.
  FOREIGN KEY (site_id, kind) REFERENCES entity_types (site_id, id),
  -- The edge relies on these for every record it may show.
  CHECK (status <> 'published' OR (slug IS NOT NULL AND published_at IS NOT NULL AND seq IS NOT NULL))
) STRICT;
-- Not partial on status: SQLite takes a partial index only where the query repeats its condition.
CREATE UNIQUE INDEX entities_by_slug ON entities (site_id, kind, locale, slug);
CREATE INDEX entities_by_group ON entities (site_id, group_id);
-- Not unique: taking a record out moves the last one into its place within one batch.
CREATE INDEX entities_by_seq ON entities (site_id, kind, seq) WHERE status = 'published';
-- The editor's list, newest change first, of every status.
CREATE INDEX entities_by_change ON entities (site_id, kind, updated_at, id);

-- The pending change of a record. base is the revision it was made from: a stale one is a 409.
CREATE TABLE entity_drafts (
  site_id TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  base INTEGER NOT NULL,
  document TEXT NOT NULL CHECK (json_valid(document)),
  updated_at TEXT NOT NULL CHECK (updated_at GLOB '????-??-??T??:??:??Z'),
  updated_by TEXT NOT NULL,
  PRIMARY KEY (site_id, entity_id),
  FOREIGN KEY (site_id, entity_id) REFERENCES entities (site_id, id) ON DELETE CASCADE
) STRICT;

-- Materialised lists: one row per record, index of its type and filter value (model::entity::list_key). The
-- listed fields stand in the row, so a page of a list is one range of one B-tree and no join.
-- No foreign key: the rows are derived and are rebuilt per list or per record, in any order.
CREATE TABLE entity_lists (
  site_id TEXT NOT NULL,
  list TEXT NOT NULL,
  -- Number or text. ANY keeps the type that was written; numbers sort before texts.
  sort ANY NOT NULL CHECK (typeof(sort) IN ('integer', 'real', 'text')),
  entity_id TEXT NOT NULL,
  slug TEXT NOT NULL,
  published_at TEXT,
  fields TEXT NOT NULL CHECK (json_valid(fields)),
  PRIMARY KEY (site_id, list, sort, entity_id)
) STRICT, WITHOUT ROWID;
-- Takes a record out of all its lists. Name it (INDEXED BY entity_lists_by_entity): without statistics SQLite
-- prefers the primary key's site_id alone for a DELETE, and reads every entry of the site.
CREATE INDEX entity_lists_by_entity ON entity_lists (site_id, entity_id);

-- Relations read backwards: what refers to this record, and may it be deleted? (entities.relations is the way
-- forwards, in the row that the edge reads anyway.)
CREATE TABLE entity_relations (
  site_id TEXT NOT NULL,
  from_id TEXT NOT NULL,
  field TEXT NOT NULL,
  to_id TEXT NOT NULL,
  PRIMARY KEY (site_id, to_id, from_id, field),
  FOREIGN KEY (site_id, from_id) REFERENCES entities (site_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_relations_by_from ON entity_relations (site_id, from_id);

-- Fields that a type declares unique. The key itself is the rule, so two writers at once cannot both pass.
CREATE TABLE entity_unique_values (
  site_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  field TEXT NOT NULL,
  locale TEXT NOT NULL,
  value TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  PRIMARY KEY (site_id, kind, field, locale, value),
  FOREIGN KEY (site_id, entity_id) REFERENCES entities (site_id, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX entity_unique_values_by_entity ON entity_unique_values (site_id, entity_id);

-- Full-text search over records and pages. The scope is one word naming site and locale (model::keys::
-- search_scope); every query demands it: FTS5 has no leading key column, so this is the site in this table.
-- A higher rowid is a newer document: rowid = seconds of published_at * 2^20 + a free number below 2^20.
-- detail stays full: a typed word with combining marks is several tokens, which makes it a phrase.
-- columnsize=0: the sizes serve bm25 only, and results are in order of time.
CREATE VIRTUAL TABLE search USING fts5(
  scope,
  title,
  body,
  path UNINDEXED,
  summary UNINDEXED,
  tokenize = 'unicode61 remove_diacritics 2',
  columnsize = 0
);

-- Where a document stands in search, so that it can be replaced or taken out.
CREATE TABLE search_documents (
  site_id TEXT NOT NULL,
  kind TEXT NOT NULL CHECK (kind IN ('page', 'entity')),
  id TEXT NOT NULL,
  row INTEGER NOT NULL,
  PRIMARY KEY (site_id, kind, id)
) STRICT, WITHOUT ROWID;

-- Numbers without gaps: entities.seq by kind, release, order and form entry numbers. Taken with
-- INSERT … ON CONFLICT DO UPDATE SET value = value + 1 RETURNING value, in the batch that uses them.
CREATE TABLE counters (
  site_id TEXT NOT NULL,
  name TEXT NOT NULL,
  value INTEGER NOT NULL CHECK (value >= 0),
  PRIMARY KEY (site_id, name)
) STRICT, WITHOUT ROWID;
