-- compare: result
CREATE TABLE n (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW l AS SELECT * FROM (VALUES (10, 'a', 5), (11, 'a', 25), (12, 'b', 20), (13, 'd', CAST(NULL AS INT)), (14, 'a', 25)) AS t(id, k, v);
SELECT l.id, w.k, w.c FROM l, LATERAL (SELECT n.k, COUNT(*) AS c FROM n WHERE n.id < l.v GROUP BY n.k) w;
