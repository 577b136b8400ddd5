-- What a text is made of: NULL is FALSE, and so is the empty text.
CREATE TABLE input (id INT, s STRING, t STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, IS_ALPHA(s), IS_DIGIT(s), IS_DECIMAL(s), IS_ALPHA(t), IS_DIGIT(n), IS_DECIMAL(n),
  12 BETWEEN SYMMETRIC 15 AND n, n NOT BETWEEN SYMMETRIC 3 AND 1, CASE n WHEN 0, 1 THEN 'low' WHEN 2, 3 THEN 'mid' ELSE 'other' END
FROM input;
