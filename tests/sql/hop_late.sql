-- A late row counts in those of its windows that are still open: at watermark 0:35 the row of 0:05 has
-- missed [0:00, 0:20) and [-0:10, 0:10), and is in [0:00...) no more; the one of 0:25 is in [0:20, 0:40) only.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (start_ TIMESTAMP(3), n BIGINT, names STRING)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT window_start, COUNT(*), MIN(ticker)
FROM TABLE(HOP(TABLE trades, DESCRIPTOR(ts), INTERVAL '10' SECOND, INTERVAL '20' SECOND))
GROUP BY window_start, window_end;
