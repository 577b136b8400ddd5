CREATE TABLE s (a ARRAY<STRING>, r ROW<x INT, y STRING>, n INT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'csv', 'csv.null-literal' = 'N',
  'csv.array-element-delimiter' = ':');
INSERT INTO s VALUES (ARRAY['a', CAST(NULL AS STRING)], ROW(CAST(NULL AS INT), 'x'), 1),
  (CAST(NULL AS ARRAY<STRING>), CAST(NULL AS ROW<x INT, y STRING>), 2);
