CREATE TABLE t (id INT, v CHAR(3)) WITH ('connector' = 'datagen', 'number-of-rows' = '5', 'fields.id.kind' = 'sequenze');
SELECT * FROM t;
