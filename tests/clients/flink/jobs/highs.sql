-- The example job: the highest price of 90 seconds, every 60 seconds.
CREATE TABLE trades (
  event_time TIMESTAMP(3),
  ticker STRING,
  price DOUBLE,
  amount INT,
  WATERMARK FOR event_time AS event_time - INTERVAL '5' SECOND
) WITH (
  @kinesis@, 'stream' = '@in1@', 'scan.stream.initpos' = 'TRIM_HORIZON', @publisher@,
  'format' = 'json', 'json.timestamp-format.standard' = 'ISO-8601'
);
CREATE TABLE highs (
  ticker STRING,
  window_start TIMESTAMP(3),
  window_end TIMESTAMP(3),
  max_price DOUBLE
) PARTITIONED BY (ticker) WITH (
  @kinesis@, 'stream' = '@out@', 'sink.flush-buffer.timeout' = '200', 'format' = 'json'
);
INSERT INTO highs
SELECT ticker, HOP_START(event_time, INTERVAL '60' SECOND, INTERVAL '90' SECOND),
  HOP_END(event_time, INTERVAL '60' SECOND, INTERVAL '90' SECOND), MAX(price)
FROM trades
GROUP BY HOP(event_time, INTERVAL '60' SECOND, INTERVAL '90' SECOND), ticker;
