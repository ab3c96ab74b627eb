-- How sites come and go.

-- 0 while the site is being filled from another one, a template or a file. Until then nothing of it can be changed or
-- published.
ALTER TABLE sites ADD COLUMN ready INTEGER NOT NULL DEFAULT 1 CHECK (ready IN (0, 1));

-- Not led by the tenant: the platform's round takes away what is due. Partial, so it holds deleted sites only.
CREATE INDEX sites_to_erase ON sites (delete_after) WHERE delete_after IS NOT NULL;
