CREATE TABLE t (r ROW<x INT, y STRING>) WITH ('connector' = 'datagen', 'fields.r.x.kind' = 'random');
SELECT * FROM t;
