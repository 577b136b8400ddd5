-- Each text once.
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT LISTAGG(DISTINCT k) AS a, LISTAGG(DISTINCT CAST(v AS STRING), '-') AS b FROM t;
