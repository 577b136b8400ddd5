-- ENCODE, DECODE, BIN, HEX, UNHEX and binary literals.
CREATE TABLE input (id INT, s STRING, t STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, ENCODE(s, 'UTF-8'), ENCODE(s, 'UTF-16'), ENCODE(s, 'US-ASCII'), DECODE(ENCODE(s, 'UTF-16LE'), 'UTF-16LE'),
  DECODE(X'ff61c3a4', 'UTF-8'), DECODE(X'e4', 'ISO-8859-1'), BIN(n), HEX(n), HEX(s), UNHEX(s), UNHEX(HEX(s)),
  FROM_BASE64(TO_BASE64(s)), FROM_BASE64('YWI'), X'0aFF', X''
FROM input;
