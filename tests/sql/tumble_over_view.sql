CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (w TIMESTAMP(3), u STRING, c BIGINT) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
CREATE VIEW big AS SELECT UPPER(id) AS u, ts, v * 2 AS vv FROM t WHERE v > 4;
INSERT INTO s SELECT window_start, u, SUM(vv) FROM TABLE(TUMBLE(TABLE big, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, u;
