CREATE TABLE n (id INT, k STRING, v INT, s STRING, a ARRAY<INT>, b ARRAY<STRING>, m MAP<STRING, INT>, r ARRAY<ROW<x INT, y STRING>>, aa ARRAY<ARRAY<INT>>, ts TIMESTAMP(3), ms MULTISET<STRING>, d DECIMAL(10, 2), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, c, e FROM n CROSS JOIN UNNEST(m) AS t(c, e);
SELECT id, t.`KEY`, t.`VALUE` FROM n CROSS JOIN UNNEST(m) AS t;
SELECT id, c, e, o FROM n CROSS JOIN UNNEST(m) WITH ORDINALITY AS t(c, e, o);
SELECT * FROM UNNEST(MAP['a', 1, 'b', 2]) AS t(x, y);
