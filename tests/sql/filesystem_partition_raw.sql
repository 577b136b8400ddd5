CREATE TABLE s (line STRING, k STRING) PARTITIONED BY (k)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'raw');
INSERT INTO s SELECT 'hello', 'x';
