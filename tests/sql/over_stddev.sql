-- Deviations and lists over frames.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, VAR_POP(v) OVER w AS a, LISTAGG(k) OVER w AS b FROM t WINDOW w AS (ORDER BY ts ROWS BETWEEN 2 PRECEDING AND CURRENT ROW);
