CREATE TABLE t (id STRING, k INT, v BIGINT, d DOUBLE, p DECIMAL(10, 2), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (w1 TIMESTAMP(3), w2 TIMESTAMP(3), c BIGINT, n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
CREATE VIEW small AS SELECT window_time AS rt, id, COUNT(*) AS c FROM TABLE(TUMBLE(TABLE t, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end, window_time, id;
INSERT INTO s SELECT window_start, window_end, SUM(c), COUNT(*) FROM TABLE(TUMBLE(TABLE small, DESCRIPTOR(rt), INTERVAL '1' MINUTE)) GROUP BY window_start, window_end;
