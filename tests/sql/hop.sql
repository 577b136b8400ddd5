-- 60 s every 20 s by the table function. The row of 1000 (ts 0:36) comes at watermark 1:35: its windows
-- end at 0:40, 1:00 and 1:20, all closed.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (ticker STRING, start_ TIMESTAMP(3), n BIGINT, total INT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT ticker, window_start, COUNT(*), SUM(amount)
FROM TABLE(HOP(TABLE trades, DESCRIPTOR(ts), INTERVAL '20' SECOND, INTERVAL '60' SECOND))
WHERE ticker = 'B'
GROUP BY ticker, window_start, window_end;
