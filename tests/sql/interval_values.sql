-- Intervals as values of columns.
CREATE TABLE input (id INT, a TIMESTAMP(3), b TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, INTERVAL '1' DAY, INTERVAL '90' MINUTE, INTERVAL '-1.5' SECOND, INTERVAL '1-2' YEAR TO MONTH, CAST(INTERVAL '1 02:03:04.5' DAY TO SECOND AS STRING), CAST(INTERVAL '14' MONTH AS STRING)
FROM input;
