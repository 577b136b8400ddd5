-- PARSE_URL is java.net.URL: what it does not know is NULL.
CREATE TABLE input (id INT, u STRING) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, PARSE_URL(u, 'HOST'), PARSE_URL(u, 'PATH'), PARSE_URL(u, 'QUERY'), PARSE_URL(u, 'REF'), PARSE_URL(u, 'PROTOCOL'), PARSE_URL(u, 'AUTHORITY'),
  PARSE_URL(u, 'FILE'), PARSE_URL(u, 'USERINFO'), PARSE_URL(u, 'QUERY', 'k2'), PARSE_URL(u, 'host'), URL_ENCODE(u), URL_DECODE(u)
FROM input;
