-- compare: result
CREATE TABLE t (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE l (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW n AS SELECT * FROM t WHERE k <> 'b';
SELECT id, CASE WHEN NOT EXISTS (SELECT 1 FROM n WHERE n.k = l.k AND n.v > 10) THEN 'y' ELSE 'n' END FROM l;
