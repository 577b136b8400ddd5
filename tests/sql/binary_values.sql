-- BINARY and VARBINARY: casts, comparison, concatenation of hexadecimal literals.
CREATE TABLE input (id INT, b BYTES) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, b, CAST(b AS BINARY(2)), CAST(b AS VARBINARY(2)), b = X'616263', CAST(b AS STRING), CAST('ab' AS BYTES), CAST('abc' AS BINARY(2)), CAST('a' AS BINARY(2)), TRY_CAST('xyz' AS VARBINARY(2)), b > X'61', DECODE(b, 'UTF-8')
FROM input;
