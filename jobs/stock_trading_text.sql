-- The highest price of every ticker, over windows of 90 seconds that begin every 60 seconds, by the
-- clock. One line of text a window and ticker:
--
--   2024-01-01T00:00:05.123456 ==> AMZN : Stock Value: 97.31
--
-- The time is that of the window's first trade. FIRST_VALUE(EVENT_TIME) would say the same, but Flink
-- refuses it in a hopping window; ISO 8601 texts sort by time, so MIN finds the first one.
--
--   millrace-runtime run jobs/stock_trading_text.sql --properties jobs/application_properties.json

CREATE TABLE trades (
  EVENT_TIME STRING,
  TICKER STRING,
  PRICE DOUBLE,
  arrival AS PROCTIME()
) WITH (
  'connector' = 'kinesis',
  'stream.arn' = '${InputStream0.stream.arn}',
  'aws.region' = '${InputStream0.aws.region}',
  'source.init.position' = '${InputStream0.source.init.position}',
  'format' = 'json'
);

CREATE TABLE highs (
  line STRING
) WITH (
  'connector' = 'kinesis',
  'stream.arn' = '${OutputStream0.stream.arn}',
  'aws.region' = '${OutputStream0.aws.region}',
  -- With one subtask the partition key of every record is 0.
  'sink.partitioner' = 'fixed',
  'sink.flush-buffer.timeout' = '500',
  'format' = 'raw'
);

INSERT INTO highs
SELECT MIN(EVENT_TIME) || ' ==> ' || TICKER || ' : Stock Value: ' || CAST(MAX(PRICE) AS STRING) || CHR(10)
FROM trades
GROUP BY HOP(arrival, INTERVAL '60' SECOND, INTERVAL '90' SECOND), TICKER;
