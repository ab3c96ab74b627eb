-- The files of a tenant, over all its sites.

-- Bytes of a site: what assets vouch for, and what is reserved for uploads under way. Written by the triggers below in the
-- database that holds the site's content. Of a site in a database of its own the first database has a copy, and version
-- says which of two is the newer one.
CREATE TABLE site_storage (
  site_id TEXT NOT NULL PRIMARY KEY,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  version INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
INSERT INTO site_storage (site_id, bytes)
SELECT site_id, sum(bytes) FROM (
  SELECT site_id, bytes FROM asset_objects UNION ALL SELECT site_id, reserved FROM loose_objects
) GROUP BY site_id;

-- What uploads to a site in a database of its own have taken and the copy does not say yet. In the first database. When it
-- is due, the copy is written anew.
CREATE TABLE storage_holds (
  site_id TEXT NOT NULL,
  object TEXT NOT NULL,
  bytes INTEGER NOT NULL CHECK (bytes >= 0),
  due_at TEXT NOT NULL CHECK (due_at GLOB '????-??-??T??:??:??Z'),
  PRIMARY KEY (site_id, object)
) STRICT, WITHOUT ROWID;
-- Not led by the tenant: the drain is the platform's.
CREATE INDEX storage_holds_due ON storage_holds (due_at);

-- For the clean-up, which ends what is reserved too long on all sites.
CREATE INDEX loose_objects_reserved ON loose_objects (due_at) WHERE reserved > 0;

CREATE TRIGGER asset_objects_come AFTER INSERT ON asset_objects
BEGIN
  INSERT INTO site_storage (site_id, bytes) VALUES (NEW.site_id, NEW.bytes)
  ON CONFLICT (site_id) DO UPDATE SET bytes = bytes + excluded.bytes, version = version + 1;
END;
CREATE TRIGGER asset_objects_go AFTER DELETE ON asset_objects
BEGIN
  UPDATE site_storage SET bytes = max(0, bytes - OLD.bytes), version = version + 1 WHERE site_id = OLD.site_id;
END;
CREATE TRIGGER reservations_come AFTER INSERT ON loose_objects WHEN NEW.reserved > 0
BEGIN
  INSERT INTO site_storage (site_id, bytes) VALUES (NEW.site_id, NEW.reserved)
  ON CONFLICT (site_id) DO UPDATE SET bytes = bytes + excluded.bytes, version = version + 1;
END;
CREATE TRIGGER reservations_change AFTER UPDATE OF reserved ON loose_objects WHEN NEW.reserved <> OLD.reserved
BEGIN
  INSERT INTO site_storage (site_id, bytes) VALUES (NEW.site_id, NEW.reserved)
  ON CONFLICT (site_id) DO UPDATE SET bytes = max(0, bytes - OLD.reserved + excluded.bytes), version = version + 1;
END;
CREATE TRIGGER reservations_go AFTER DELETE ON loose_objects WHEN OLD.reserved > 0
BEGIN
  UPDATE site_storage SET bytes = max(0, bytes - OLD.reserved), version = version + 1 WHERE site_id = OLD.site_id;
END;
CREATE TRIGGER sites_go AFTER DELETE ON sites
BEGIN
  DELETE FROM site_storage WHERE site_id = OLD.id;
  DELETE FROM storage_holds WHERE site_id = OLD.id;
END;
