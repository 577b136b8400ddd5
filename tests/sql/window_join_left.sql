CREATE TABLE t (side STRING, id INT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW o AS SELECT id, k, v, ts FROM t WHERE side = 'o';
CREATE VIEW p AS SELECT id, k, v, ts FROM t WHERE side = 'p';
CREATE TABLE s (w TIMESTAMP(3), oid INT, ok STRING, pk STRING) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT COALESCE(l.window_start, r.window_start), l.id, l.k, r.k FROM (SELECT * FROM TABLE(TUMBLE(TABLE o, DESCRIPTOR(ts), INTERVAL '10' SECOND))) l LEFT JOIN (SELECT * FROM TABLE(TUMBLE(TABLE p, DESCRIPTOR(ts), INTERVAL '10' SECOND))) r ON l.id = r.id AND l.window_start = r.window_start AND l.window_end = r.window_end AND r.v > 1;
