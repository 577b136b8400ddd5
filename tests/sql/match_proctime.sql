-- Rows by processing time.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, pt AS PROCTIME(), ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT a, b FROM t MATCH_RECOGNIZE (ORDER BY pt MEASURES A.id AS a, B.id AS b PATTERN (A B) DEFINE A AS A.v > 12);
