CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE l (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW n AS SELECT * FROM t WHERE k <> 'b';
SELECT s.k, w.v FROM (SELECT DISTINCT k FROM l) s, LATERAL (SELECT v FROM n WHERE n.k = s.k ORDER BY v DESC LIMIT 2) w;
