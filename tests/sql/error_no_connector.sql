CREATE TABLE t (id INT) WITH ('path' = '/tmp', 'format' = 'json');
SELECT * FROM t;
