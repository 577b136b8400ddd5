-- Five seconds of patience: 0:58 arrives after 1:02 and counts, 0:57 arrives after 1:06 and does not.
CREATE TABLE trades (
  price DOUBLE,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts - INTERVAL '5' SECOND
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (end_ TIMESTAMP(3), total DOUBLE)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT TUMBLE_END(ts, INTERVAL '1' MINUTE), SUM(price) FROM trades GROUP BY TUMBLE(ts, INTERVAL '1' MINUTE);
