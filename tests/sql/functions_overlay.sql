-- OVERLAY and TRANSLATE; starts out of range leave the text as it is.
CREATE TABLE input (id INT, s STRING, t STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, OVERLAY(s PLACING t FROM n), OVERLAY(s PLACING t FROM n FOR 1), OVERLAY(s PLACING 'XY' FROM 2 FOR n),
  TRANSLATE(s, 'abxt', 'AB'), TRANSLATE(s, t, 'zz'), STARTSWITH(s, t), ENDSWITH(s, t), ELT(n, s, t, 'three')
FROM input;
