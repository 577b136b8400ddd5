CREATE TABLE t (side STRING, id INT, k STRING, v BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts - INTERVAL '1' SECOND)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW o AS SELECT id, k, v, ts FROM t WHERE side = 'o';
CREATE VIEW p AS SELECT id, k, v, ts FROM t WHERE side = 'p';
-- compare: result
SELECT a.id, a.n, b.s FROM (SELECT id, COUNT(*) AS n FROM o GROUP BY id) a JOIN (SELECT id, SUM(v) AS s FROM p GROUP BY id) b ON a.id = b.id;
