-- A sink's lengths change nothing: table.exec.sink.type-length-enforcer is IGNORE.
CREATE TABLE input (id INT, s STRING, b BYTES) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
CREATE TABLE results (id INT, v VARCHAR(2), c CHAR(4), w VARBINARY(1), x BINARY(3), u VARCHAR(3)) WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');
INSERT INTO results SELECT id, s, CAST(s AS CHAR(6)), b, CAST(b AS BINARY(4)), CAST(s AS VARCHAR(5)) FROM input;
