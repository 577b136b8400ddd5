CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (w1 TIMESTAMP(3), c BIGINT, m TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT window_start, COUNT(*), MAX(window_end) FROM TABLE(HOP(TABLE t, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '1' MINUTE)) WHERE EXTRACT(SECOND FROM window_start) = 30 GROUP BY window_start, window_end;
