-- Records are found by the type that they are of (model::keys::search_kind), so that a type whose page is kept from search
-- engines can be left out of a search without a change of its documents.
UPDATE search SET scope = scope || 't' || of.token
FROM (
  SELECT d.row, lower(hex(e.kind)) AS token
  FROM search_documents d JOIN entities e ON e.site_id = d.site_id AND e.id = d.id WHERE d.kind = 'entity'
) AS of
WHERE search.rowid = of.row;

-- What is written without spaces is read character by character (model::query::search_text).
WITH unspaced (first, last) AS (VALUES
    (3585, 3642), (3648, 3662), (3713, 3790), (3804, 3807), (4096, 4159), (4176, 4239), (6016, 6099), (12293, 12295), (12353, 12447),
    (12449, 12538), (12540, 12591), (12704, 12799), (13312, 19903), (19968, 40959), (63744, 64255), (65382, 65439), (131072, 262143))
UPDATE search SET
  title = (WITH RECURSIVE walk (rest, out, before) AS (
    SELECT search.title, '', 0
    UNION ALL
    SELECT substr(rest, 2),
      out || iif(out <> '' AND (before OR EXISTS (SELECT 1 FROM unspaced WHERE unicode(rest) BETWEEN first AND last)), char(31), '') || substr(rest, 1, 1),
      EXISTS (SELECT 1 FROM unspaced WHERE unicode(rest) BETWEEN first AND last)
    FROM walk WHERE rest <> ''
  ) SELECT out FROM walk WHERE rest = ''),
  body = (WITH RECURSIVE walk (rest, out, before) AS (
    SELECT search.body, '', 0
    UNION ALL
    SELECT substr(rest, 2),
      out || iif(out <> '' AND (before OR EXISTS (SELECT 1 FROM unspaced WHERE unicode(rest) BETWEEN first AND last)), char(31), '') || substr(rest, 1, 1),
      EXISTS (SELECT 1 FROM unspaced WHERE unicode(rest) BETWEEN first AND last)
    FROM walk WHERE rest <> ''
  ) SELECT out FROM walk WHERE rest = '')
WHERE search.title || search.body GLOB '*[' || char(3585) || '-' || char(3807) || char(4096) || '-' || char(4239) || char(6016) || '-' || char(6099)
  || char(12293) || '-' || char(64255) || char(65382) || '-' || char(65439) || char(131072) || '-' || char(262143) || ']*';
