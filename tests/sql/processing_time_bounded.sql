-- At the end of a bounded file, processing-time windows that are still open give nothing.
CREATE TABLE input (id INT, pt AS PROCTIME())
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (n BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results SELECT COUNT(*) FROM input GROUP BY TUMBLE(pt, INTERVAL '1' DAY);
