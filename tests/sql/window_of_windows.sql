CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (w1 TIMESTAMP(3), c BIGINT, m BIGINT) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT window_start, COUNT(*), MAX(c) FROM (SELECT window_start, window_end, id, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end, id) GROUP BY window_start, window_end;
