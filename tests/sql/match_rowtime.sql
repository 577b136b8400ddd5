-- MATCH_ROWTIME() is a row time: windows of matches.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW m AS SELECT * FROM t MATCH_RECOGNIZE (
  ORDER BY ts MEASURES A.id AS a, MATCH_ROWTIME() AS rt PATTERN (A B) DEFINE B AS B.v < A.v
);
SELECT window_start, COUNT(*) AS n, SUM(a) AS s FROM TABLE(TUMBLE(TABLE m, DESCRIPTOR(rt), INTERVAL '5' SECOND)) GROUP BY window_start, window_end;
