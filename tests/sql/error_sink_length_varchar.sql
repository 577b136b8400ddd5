SET 'table.exec.sink.type-length-enforcer' = 'ERROR';
CREATE TABLE t (x VARCHAR(2)) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (x VARCHAR(2)) WITH ('connector' = 'print');
INSERT INTO s SELECT * FROM t;
