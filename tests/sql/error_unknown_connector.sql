CREATE TABLE p (a INT) WITH ('connector' = 'kafka');
INSERT INTO p VALUES (1);
