CREATE TABLE p (a INT) WITH ('connector' = 'print', 'foo' = 'bar');
INSERT INTO p VALUES (1);
