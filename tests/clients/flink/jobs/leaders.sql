-- The two tickers of each half minute that were traded for most.
CREATE TABLE trades (
  event_time TIMESTAMP(3),
  ticker STRING,
  price DOUBLE,
  amount INT,
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  @kinesis@, 'stream' = '@in1@', 'scan.stream.initpos' = 'TRIM_HORIZON',
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);
CREATE TABLE leaders (
  ticker STRING,
  window_end TIMESTAMP(3),
  place BIGINT,
  total BIGINT,
  tickers BIGINT
) WITH (
  @kinesis@, 'stream' = '@out@', 'sink.flush-buffer.timeout' = '200', 'format' = 'json'
);
INSERT INTO leaders
SELECT ticker, window_end, place, total, prices
FROM (
  SELECT *, ROW_NUMBER() OVER (PARTITION BY window_start, window_end ORDER BY total DESC, ticker) AS place
  FROM (
    SELECT window_start, window_end, ticker, SUM(CAST(amount AS BIGINT)) AS total, COUNT(DISTINCT price) AS prices
    FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(event_time), INTERVAL '30' SECOND))
    GROUP BY window_start, window_end, ticker
  )
)
WHERE place <= 2;
