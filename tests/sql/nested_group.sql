-- Grouping by an array, a row and a field of a row.
CREATE TABLE input (id INT, a ARRAY<INT>, r ROW<p INT, q STRING>) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE VIEW by_all AS SELECT a, r, COUNT(*) AS n FROM input GROUP BY a, r;
SELECT * FROM by_all;
SELECT r.p, COUNT(*), MAX(r.q) FROM input GROUP BY r.p;
