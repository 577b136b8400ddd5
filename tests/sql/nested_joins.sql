-- Nested values through a join and a Top-N, rows kept in state.
-- compare: result
CREATE TABLE input (id INT, a ARRAY<INT>, r ROW<p INT, q STRING>, m MAP<STRING, INT>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT l.id, l.a, j.r, j.m['k'] FROM input l JOIN input j ON l.r.p = j.id;
SELECT id, a, r FROM (SELECT id, a, r, ROW_NUMBER() OVER (PARTITION BY r.q ORDER BY id DESC) AS n FROM input) WHERE n <= 1;
SELECT a, r FROM input UNION SELECT a, r FROM input;
