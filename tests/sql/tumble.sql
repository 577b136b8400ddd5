-- Six lines of one minute's trades: the last but one is 59 s late and its window is closed.
-- The row at 00:00:35 is out of order, but its window is still open.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (ticker STRING, start_ TIMESTAMP(3), end_ TIMESTAMP(3), time_ TIMESTAMP(3), n BIGINT, top DOUBLE, low DOUBLE, total INT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT ticker, window_start, window_end, window_time, COUNT(*), MAX(price), MIN(price), SUM(amount)
FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '30' SECOND))
GROUP BY ticker, window_start, window_end, window_time;
