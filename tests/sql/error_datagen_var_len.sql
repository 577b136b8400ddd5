CREATE TABLE t (a ARRAY<INT>) WITH ('connector' = 'datagen', 'fields.a.var-len' = 'true');
SELECT * FROM t;
