CREATE TABLE t (id BIGINT, name STRING, b AS id + 1, ts TIMESTAMP(3), WATERMARK FOR ts AS ts, PRIMARY KEY (id) NOT ENFORCED) WITH ('connector' = 'filesystem', 'path' = '/tmp/t', 'format' = 'json');
CREATE VIEW v AS SELECT * FROM t;
SELECT * FROM v /*+ OPTIONS('format' = 'raw') */;
