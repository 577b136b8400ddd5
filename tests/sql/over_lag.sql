-- LAG by row time, how far back, and what else.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, LAG(v) OVER w AS a, LAG(v, 2) OVER w AS b, LAG(v, 2, -1) OVER w AS c, LAG(k, 1, 'none') OVER w AS d FROM t WINDOW w AS (PARTITION BY k ORDER BY ts);
