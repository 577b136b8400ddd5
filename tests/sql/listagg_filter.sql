-- No text: NULL.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, LISTAGG(CAST(id AS STRING)) FILTER (WHERE v > 15) AS a FROM t GROUP BY k;
