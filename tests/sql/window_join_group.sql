CREATE TABLE t (side STRING, id INT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW o AS SELECT id, k, v, ts FROM t WHERE side = 'o';
CREATE VIEW p AS SELECT id, k, v, ts FROM t WHERE side = 'p';
CREATE TABLE s (w TIMESTAMP(3), n BIGINT, s BIGINT) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT window_start, COUNT(*), SUM(pv) FROM (SELECT l.window_start, l.window_end, r.v AS pv FROM (SELECT * FROM TABLE(TUMBLE(TABLE o, DESCRIPTOR(ts), INTERVAL '10' SECOND))) l JOIN (SELECT * FROM TABLE(TUMBLE(TABLE p, DESCRIPTOR(ts), INTERVAL '10' SECOND))) r ON l.id = r.id AND l.window_start = r.window_start AND l.window_end = r.window_end) GROUP BY window_start, window_end;
