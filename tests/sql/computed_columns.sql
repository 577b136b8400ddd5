-- A computed row time from text, another from a number; neither is in the record.
CREATE TABLE input (
  `timestamp` STRING,
  millis BIGINT,
  twice AS millis * 2,
  ts AS TO_TIMESTAMP(`timestamp`),
  WATERMARK FOR ts AS ts - INTERVAL '1' SECOND
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (start_ TIMESTAMP(3), total BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT TUMBLE_START(ts, INTERVAL '10' SECOND), SUM(twice) FROM input GROUP BY TUMBLE(ts, INTERVAL '10' SECOND);
