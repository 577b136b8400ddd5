CREATE TABLE s (id BIGINT, name STRING) WITH ('connector' = 'print');
INSERT INTO s (id, nme) SELECT 1, 'x';
