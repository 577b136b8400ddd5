-- A sink that is LIKE its source, and options of one use.
CREATE TABLE t (id BIGINT, name STRING) WITH ('connector' = 'filesystem', 'path' = '/nowhere', 'format' = 'json');
CREATE TABLE s WITH ('path' = '${case.out}') LIKE t;
INSERT INTO s SELECT * FROM t /*+ OPTIONS('path' = '${case.in}') */ WHERE id > 1;
