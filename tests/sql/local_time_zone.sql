-- A day in New York begins at local midnight, 05:00 UTC; window_time is an instant and printed in UTC.
SET 'table.local-time-zone' = 'America/New_York';
CREATE TABLE input (id STRING, ts TIMESTAMP_LTZ(3), WATERMARK FOR ts AS ts)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (n BIGINT, start_ TIMESTAMP(3), end_ TIMESTAMP(3), time_ TIMESTAMP_LTZ(3))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT COUNT(*), window_start, window_end, window_time
FROM TABLE(TUMBLE(TABLE input, DESCRIPTOR(ts), INTERVAL '1' DAY))
GROUP BY window_start, window_end, window_time;
