-- INSERT INTO ... PARTITION: some keys are given, the others come from the rows.
CREATE TABLE s (a INT, dt STRING, b STRING, h INT) PARTITIONED BY (dt, h)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'csv', 'partition.default-name' = 'none');
INSERT INTO s PARTITION (dt = '2024-01-01') SELECT 1, 'x', 7;
INSERT INTO s PARTITION (dt = '2024-01-02', h = 3) SELECT 2, 'y';
INSERT INTO s (b, a, h) SELECT 'w', 4, 5;
INSERT INTO s SELECT a, dt, b, h FROM (VALUES (5, '2024-01-01', 'v', 9), (6, '2024-01-01', 'u', 8)) AS v (a, dt, b, h);
