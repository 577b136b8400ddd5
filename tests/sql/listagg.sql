-- Texts in a row.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT k, LISTAGG(CAST(v AS STRING)) AS a, LISTAGG(CAST(x AS STRING), ';') AS b, LISTAGG(CAST(v AS STRING), '') AS c FROM t GROUP BY k;
