-- AVG of integers cuts, SUM of DECIMAL(10, 2) is exact, AVG of it has six more digits than its scale.
CREATE TABLE input (k INT, i INT, d DECIMAL(10, 2), b BIGINT, ts TIMESTAMP(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (k INT, avg_i INT, sum_i INT, sum_d DECIMAL(38, 2), avg_d DECIMAL(38, 6), max_d DECIMAL(10, 2), kinds BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT k, AVG(i), SUM(i), SUM(d), AVG(d), MAX(d), COUNT(DISTINCT b)
FROM TABLE(TUMBLE(TABLE input, DESCRIPTOR(ts), INTERVAL '1' DAY))
GROUP BY k, window_start, window_end;
