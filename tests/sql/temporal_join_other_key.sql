-- The key of the other table is computed; some rows find no version.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE rates (id INT, k STRING, v INT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (k) NOT ENFORCED)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT t.id, r.id AS rid FROM t JOIN rates FOR SYSTEM_TIME AS OF t.ts AS r ON CASE t.k WHEN 'a' THEN 'b' WHEN 'b' THEN 'c' ELSE 'a' END = r.k;
