CREATE TABLE n (id INT, k STRING, v INT, s STRING, a ARRAY<INT>, b ARRAY<STRING>, m MAP<STRING, INT>, r ARRAY<ROW<x INT, y STRING>>, aa ARRAY<ARRAY<INT>>, ts TIMESTAMP(3), ms MULTISET<STRING>, d DECIMAL(10, 2), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, x, y FROM n CROSS JOIN UNNEST(r) AS t(x, y);
SELECT id, t.x, t.y FROM n CROSS JOIN UNNEST(r) AS t;
SELECT q.id, c, e FROM (SELECT id, r FROM n WHERE id > 1) AS q, UNNEST(q.r) AS t(c, e);
SELECT * FROM UNNEST(ARRAY[(1, 'a'), (2, 'b')]) WITH ORDINALITY AS t(x, y, z);
