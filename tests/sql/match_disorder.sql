-- Rows in disorder come in order; late ones are dropped.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '3' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT a, b, c FROM t MATCH_RECOGNIZE (ORDER BY ts, v DESC MEASURES A.id AS a, B.id AS b, C.id AS c PATTERN (A B C) DEFINE A AS A.v > 0);
