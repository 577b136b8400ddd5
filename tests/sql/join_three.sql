CREATE TABLE t (side STRING, id INT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW o AS SELECT id, k, v, ts FROM t WHERE side = 'o';
CREATE VIEW p AS SELECT id, k, v, ts FROM t WHERE side = 'p';
CREATE TABLE s (oid INT, ok STRING, pk STRING, tk STRING) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO s SELECT a.id, a.k, b.k, c.k FROM o AS a JOIN p AS b ON a.id = b.id JOIN o AS c ON b.id = c.id AND c.v > 15;
