-- SIMILAR TO and the REGEXP functions; a malformed pattern gives NULL.
CREATE TABLE input (id INT, s STRING, p STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, REGEXP_COUNT(s, p), REGEXP_INSTR(s, p), REGEXP_SUBSTR(s, p), REGEXP_EXTRACT_ALL(s, p), REGEXP_EXTRACT_ALL(s, p, 0), REGEXP_EXTRACT_ALL(s, '([a-z])([0-9])', 2),
  REGEXP_EXTRACT_ALL(s, p, 7), s SIMILAR TO '[a-z]+', s SIMILAR TO '%(1|2)_%', s NOT SIMILAR TO 'a%', s SIMILAR TO '[[:ALPHA:]]*[0-9]*'
FROM input;
