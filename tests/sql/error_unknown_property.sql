CREATE TABLE x (a INT) WITH ('connector' = '${case.nothing}');
