CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (MEASURES A.id AS a PATTERN (A B) DEFINE A AS A.v > 9);
