CREATE TABLE t (a ARRAY<INT>) WITH ('connector' = 'datagen', 'fields.a.kind' = 'sequence', 'fields.a.start' = '1', 'fields.a.end' = '2');
SELECT * FROM t;
