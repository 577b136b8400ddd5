-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE l (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW n AS SELECT * FROM t WHERE k <> 'b';
SELECT l.id, w.id, w.x FROM l LEFT JOIN LATERAL (SELECT n.id, n.v + 1 AS x FROM n WHERE n.k = l.k) w ON TRUE;
