-- The watermark follows its row and is sent at once only when it moved by more than 200 ms:
-- 9.950 sends, 10.050 does not, so 9.960 is in time; 10.300 sends, so 9.970 is late.

CREATE TABLE trades (
  ticker STRING,
  price DOUBLE,
  amount INT,
  ts TIMESTAMP(3),
  WATERMARK FOR ts AS ts
) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (start_ TIMESTAMP(3), n BIGINT)
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT window_start, COUNT(*)
FROM TABLE(TUMBLE(TABLE trades, DESCRIPTOR(ts), INTERVAL '1' SECOND))
GROUP BY window_start, window_end;
