-- Without GROUP BY every row is shown once a window, its latest window first; late rows stay.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (amount INT, start_ TIMESTAMP(3), end_ TIMESTAMP(3))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT amount, window_start, window_end
FROM TABLE(HOP(TABLE trades, DESCRIPTOR(ts), INTERVAL '30' SECOND, INTERVAL '60' SECOND))
WHERE amount > 5;
