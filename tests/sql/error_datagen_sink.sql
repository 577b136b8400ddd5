CREATE TABLE t (id INT) WITH ('connector' = 'datagen');
INSERT INTO t VALUES (1);
