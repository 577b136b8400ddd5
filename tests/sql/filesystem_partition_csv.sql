-- compare: rows
-- A line of CSV has no fields for the keys.
CREATE TABLE t (a INT, dt STRING, b STRING, h INT) PARTITIONED BY (dt, h)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'csv');
SELECT * FROM t;
SELECT h, COUNT(*) AS n, MAX(b) AS b FROM t WHERE dt = '2024-01-02' GROUP BY h;
