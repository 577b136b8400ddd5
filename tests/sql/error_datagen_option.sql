CREATE TABLE t (id INT, v CHAR(3)) WITH ('connector' = 'datagen', 'number-of-rows' = '5', 'fields.id.knd' = 'sequence');
SELECT * FROM t;
