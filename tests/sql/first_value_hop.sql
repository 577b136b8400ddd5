-- Slices of one window merge by arrival, not by time: the row of 0:05 came before that of 0:01.
-- (Flink 2.2 refuses this query: it has no merge for FIRST_VALUE.)

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (start_ TIMESTAMP(3), first_ INT, last_ INT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT HOP_START(ts, INTERVAL '4' SECOND, INTERVAL '6' SECOND), FIRST_VALUE(amount), LAST_VALUE(amount)
FROM trades
GROUP BY HOP(ts, INTERVAL '4' SECOND, INTERVAL '6' SECOND);
