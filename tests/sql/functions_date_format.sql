-- The letters of DATE_FORMAT.
CREATE TABLE input (id INT, ts TIMESTAMP(3)) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, DATE_FORMAT(ts, 'Q QQ QQQ QQQQ'), DATE_FORMAT(ts, 'w ww e'), DATE_FORMAT(ts, 'A N n'), DATE_FORMAT(ts, 'G GGGG GGGGG'),
  DATE_FORMAT(ts, 'E EEE EEEE EEEEE'), DATE_FORMAT(ts, 'M MM MMM MMMM MMMMM'), DATE_FORMAT(ts, 'yyyy-MM-dd[ HH:mm]'), DATE_FORMAT(ts, 'h:mm a K k'),
  DATE_FORMAT(ts, '''o''''clock'' D')
FROM input;
