CREATE TABLE s (id BIGINT, name STRING) WITH ('connector' = 'print');
INSERT INTO s PARTITION (name = 'x') SELECT 1;
