-- The highest price of every ticker, over windows of 90 seconds that begin every 60 seconds, in the
-- trades' own time. One JSON record a window and ticker.
--
--   millrace-runtime run jobs/stock_trading.sql --properties jobs/application_properties.json
--
-- 90 is no multiple of 60, which the window functions in FROM ask for; the group window takes it.

CREATE TABLE trades (
  EVENT_TIME TIMESTAMP(3),
  TICKER STRING,
  PRICE DOUBLE,
  -- Trades may come up to five seconds late.
  WATERMARK FOR EVENT_TIME AS EVENT_TIME - INTERVAL '5' SECOND
) WITH (
  'connector' = 'kinesis',
  'stream.arn' = '${InputStream0.stream.arn}',
  'aws.region' = '${InputStream0.aws.region}',
  'source.init.position' = '${InputStream0.source.init.position}',
  'format' = 'json',
  'json.timestamp-format.standard' = 'ISO-8601'
);

CREATE TABLE highs (
  ticker STRING,
  window_start TIMESTAMP(3),
  window_end TIMESTAMP(3),
  max_price DOUBLE
) PARTITIONED BY (ticker) WITH (
  'connector' = 'kinesis',
  'stream.arn' = '${OutputStream0.stream.arn}',
  'aws.region' = '${OutputStream0.aws.region}',
  'sink.flush-buffer.timeout' = '500',
  'format' = 'json'
);

INSERT INTO highs
SELECT
  TICKER,
  HOP_START(EVENT_TIME, INTERVAL '60' SECOND, INTERVAL '90' SECOND),
  HOP_END(EVENT_TIME, INTERVAL '60' SECOND, INTERVAL '90' SECOND),
  MAX(PRICE)
FROM trades
GROUP BY HOP(EVENT_TIME, INTERVAL '60' SECOND, INTERVAL '90' SECOND), TICKER;
