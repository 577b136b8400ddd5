-- compare: rows
-- Columns of the path, between those of the records; a record's field of a key's name counts for nothing.
CREATE TABLE t (a INT, dt DATE, n BIGINT, s STRING, f BOOLEAN, x DOUBLE) PARTITIONED BY (dt, n, f)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT * FROM t;
SELECT n + 1, a, f FROM t WHERE dt > DATE '2024-01-01';
SELECT dt FROM t;
SELECT s, dt, x FROM t WHERE n = 1;
