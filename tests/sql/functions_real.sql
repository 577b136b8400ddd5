-- Trigonometry, logarithms and their edges.
CREATE TABLE input (id INT, x DOUBLE, y DOUBLE, n INT, d DECIMAL(6, 3)) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, SIN(x), COS(x), TAN(x), COT(x), ASIN(x), ACOS(x), ATAN(x), ATAN2(x, y), DEGREES(x), RADIANS(x), LOG2(y), LOG(y), LOG(x, y), LN(y), LOG10(y),
  EXP(x), SQRT(y), POWER(x, y), SIN(n), LOG2(d), PI(), E(), MOD(n, 3)
FROM input;
