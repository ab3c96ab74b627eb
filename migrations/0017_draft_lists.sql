-- Lists of records for those who edit: over what was saved last, whether or not visitors see it.

-- As entity_lists, with the records that are drafts and without what lists show: an editor's list shows rows of entities.
CREATE TABLE entity_draft_lists (
  site_id TEXT NOT NULL,
  list TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('draft', 'published')),
  -- A record without a value to sort by stands behind all others (model::entity::SortKey::last).
  sort ANY NOT NULL CHECK (typeof(sort) IN ('integer', 'real', 'text')),
  entity_id TEXT NOT NULL,
  PRIMARY KEY (site_id, list, status, sort, entity_id)
) STRICT, WITHOUT ROWID;
-- Name it, as entity_lists_by_entity.
CREATE INDEX entity_draft_lists_by_entity ON entity_draft_lists (site_id, entity_id);

-- The id behind which records still stand in lists as an older definition says; null: none does.
ALTER TABLE entity_types ADD COLUMN lists_after TEXT;
UPDATE entity_types SET lists_after = '';
-- Not led by the site: the platform's round goes on with lists. Partial, so it holds types under way only.
CREATE INDEX entity_types_to_list ON entity_types (lists_after) WHERE lists_after IS NOT NULL;

-- With the status: few records of one may stand among a million of another.
DROP INDEX entities_by_change;
CREATE INDEX entities_by_status ON entities (site_id, kind, status, updated_at, id);
