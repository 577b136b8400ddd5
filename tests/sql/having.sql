CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (ticker STRING, n BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT ticker, COUNT(*) AS n
FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' HOUR))
GROUP BY ticker, window_start, window_end
HAVING MAX(price) - MIN(price) > 5 AND COUNT(*) > 1;
