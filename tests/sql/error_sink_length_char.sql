SET 'table.exec.sink.type-length-enforcer' = 'ERROR';
CREATE TABLE t (x CHAR(3)) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE s (x CHAR(3)) WITH ('connector' = 'print');
INSERT INTO s SELECT * FROM t;
