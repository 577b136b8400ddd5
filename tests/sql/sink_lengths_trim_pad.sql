-- Cut and filled up at the top of the row; what is within nested values stays.
SET 'table.exec.sink.type-length-enforcer' = 'TRIM_PAD';
CREATE TABLE input (id INT, c CHAR(3), v VARCHAR(2), b BINARY(2), w VARBINARY(2), r ROW<v VARCHAR(2)>, a ARRAY<VARCHAR(2)>)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE results (id INT, c CHAR(3), v VARCHAR(2), b BINARY(2), w VARBINARY(2), r ROW<v VARCHAR(2)>, a ARRAY<VARCHAR(2)>)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO results SELECT * FROM input;
