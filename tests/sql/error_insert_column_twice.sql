CREATE TABLE s (id BIGINT, name STRING) WITH ('connector' = 'print');
INSERT INTO s (id, id) SELECT 1, 2;
