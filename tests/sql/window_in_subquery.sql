-- The window function below a sub-select that renames and computes.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (k STRING, total DOUBLE, w TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT k, SUM(v), ws
FROM (
  SELECT LOWER(ticker) AS k, price + 1 AS v, window_start AS ws, window_end AS we
  FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '30' SECOND))
  WHERE amount < 4)
GROUP BY k, ws, we;
