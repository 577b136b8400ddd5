CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (w TIMESTAMP(3), n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
CREATE VIEW u AS SELECT id, v, ts FROM t WHERE k = 1 UNION ALL SELECT id, v, ts FROM t WHERE k = 2;
INSERT INTO s SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE u, DESCRIPTOR(ts), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
