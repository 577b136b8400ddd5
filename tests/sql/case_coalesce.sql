CREATE TABLE input (id INT, a INT, b INT, s STRING, d DECIMAL(10, 2), x DOUBLE, f BOOLEAN)
WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');

CREATE TABLE results (id INT, grade STRING, named STRING, filled STRING, same INT, widened DECIMAL(12, 2))
WITH ('connector' = 'filesystem', 'path' = '${case.out}', 'format' = 'json');

INSERT INTO results
SELECT id,
  CASE WHEN a >= 10 THEN 'high' WHEN a >= 5 THEN 'middle' ELSE 'low' END,
  CASE s WHEN 'x' THEN 'ex' WHEN 'y' THEN 'why' END,
  COALESCE(s, 'none'),
  NULLIF(a, 5),
  CASE WHEN a > 5 THEN a ELSE d END
FROM input;
