-- Digests are lower-case hexadecimal digits; SHA2 with a length.
CREATE TABLE input (id INT, s STRING, t STRING, n INT) WITH ('connector' = 'filesystem', 'path' = '${case.in}', 'format' = 'json');
SELECT id, MD5(s), SHA1(s), SHA224(s), SHA256(s), SHA384(s), SHA512(s), SHA2(s, 224), SHA2(t, 512) FROM input;
