CREATE TABLE t (side STRING, id INT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW o AS SELECT id, k, v, ts FROM t WHERE side = 'o';
CREATE VIEW p AS SELECT id, k, v, ts FROM t WHERE side = 'p';
CREATE TABLE s (w TIMESTAMP(3), n BIGINT) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
CREATE VIEW j AS SELECT o.id, o.ts, p.v FROM o JOIN p ON o.id = p.id AND p.ts BETWEEN o.ts AND o.ts + INTERVAL '5' SECOND;
INSERT INTO s SELECT window_start, COUNT(*) FROM TABLE(TUMBLE(TABLE j, DESCRIPTOR(ts), INTERVAL '10' SECOND)) GROUP BY window_start, window_end;
