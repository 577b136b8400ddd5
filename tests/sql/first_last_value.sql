-- In the order of arrival, whatever the row time says; NULL is skipped.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (ticker STRING, first_ DOUBLE, last_ DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT ticker, FIRST_VALUE(price), LAST_VALUE(price)
FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' MINUTE))
GROUP BY ticker, window_start, window_end;
