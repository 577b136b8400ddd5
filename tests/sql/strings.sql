-- Code points, 1-based positions, NULL through || and CONCAT but not through CONCAT_WS.

CREATE TABLE input (id INT, a INT, b INT, s STRING, d DECIMAL(10, 2), x DOUBLE, f BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (id INT, u STRING, len INT, sub STRING, tail STRING, joined STRING, cat STRING, ws STRING, trimmed STRING, pos INT, rep STRING, part STRING)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT id, UPPER(s), CHAR_LENGTH(s), SUBSTRING(s, 2, 3), SUBSTRING(s FROM 3), s || '!', CONCAT(s, '-', s),
  CONCAT_WS('/', s, CAST(NULL AS STRING), 'z'), TRIM(s), POSITION('l' IN s), REPLACE(s, 'l', 'L'),
  SPLIT_INDEX(s, 'l', 1)
FROM input;
