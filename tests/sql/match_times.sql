-- Exactly two and at least two rows.
-- compare: rows
CREATE TABLE t (id INT, k STRING, v INT, x DOUBLE, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t MATCH_RECOGNIZE (
ORDER BY ts
  MEASURES FIRST(A.id) AS a, LAST(A.id) AS la, B.id AS b, LAST(C.id) AS c
  AFTER MATCH SKIP TO NEXT ROW
  PATTERN (A{2} B C{1,2}?)
  DEFINE A AS A.v > 9
) AS m;
