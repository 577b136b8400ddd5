-- Texts that are taken back.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT LISTAGG(CAST(n AS STRING)) AS a FROM (SELECT k, COUNT(*) AS n FROM t GROUP BY k);
