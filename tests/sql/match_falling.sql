-- The classic: a price that falls, then rises.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
PARTITION BY k ORDER BY ts
  MEASURES S.ts AS begins, LAST(D.v) AS low, LAST(U.v) AS high
  AFTER MATCH SKIP PAST LAST ROW
  PATTERN (S D+ U)
  DEFINE D AS (LAST(D.v, 1) IS NULL AND D.v < S.v) OR D.v < LAST(D.v, 1), U AS U.v > LAST(D.v)
) AS m;
