-- = on arrays, maps and rows, IN with rows.
CREATE TABLE input (id INT, a ARRAY<INT>, b ARRAY<INT>, m MAP<STRING, INT>, r ROW<p INT, q ROW<u STRING, v ARRAY<DOUBLE>>>, s ARRAY<STRING>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, a = b, a <> b, a = ARRAY[5], m = MAP['k', 7], m = MAP['l', CAST(NULL AS INT), 'k', 1], ROW(r.p, 1) = ROW(1, 1), (id, CARDINALITY(a)) IN ((1, 4), (2, 9)), ROW(id, 1) = ROW(2, 1), b IN (ARRAY[5, 5, 6], ARRAY[3, 4])
FROM input;
