-- Instants out of numbers and texts; the session's zone counts where Flink asks it.
SET 'table.local-time-zone' = 'Europe/Berlin';
CREATE TABLE input (id INT, s STRING, f STRING, n BIGINT, x DOUBLE) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, UNIX_TIMESTAMP(s), UNIX_TIMESTAMP(s, f), CONVERT_TZ(s, 'UTC', 'America/Los_Angeles'), CONVERT_TZ(s, 'Asia/Tokyo', 'nowhere'),
  TO_TIMESTAMP_LTZ(n), TO_TIMESTAMP_LTZ(n, 0), TO_TIMESTAMP_LTZ(n, 3), TO_TIMESTAMP_LTZ(x, 0), TO_TIMESTAMP_LTZ(x, 3)
FROM input;
