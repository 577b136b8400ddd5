CREATE TABLE t (id INT, v CHAR(3)) WITH ('connector' = 'datagen', 'number-of-rows' = '5', 'fields.id.kind' = 'sequence', 'fields.id.end' = '3');
SELECT * FROM t;
