-- A cast of an aggregate, whose column is none of the table's.
CREATE TABLE t (k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE o (line STRING) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO o
SELECT k || ' ' || CAST(MAX(v) AS STRING) || ' ' || CAST(COUNT(*) AS STRING) || ' ' || CAST(MIN(v) + 1 AS STRING)
FROM t GROUP BY HOP(ts, INTERVAL '60' SECOND, INTERVAL '90' SECOND), k;
