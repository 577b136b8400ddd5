-- Every bid as it is: what reading and writing cost.
CREATE TABLE answers (auction BIGINT, bidder BIGINT, price BIGINT, `dateTime` TIMESTAMP(3), extra STRING) WITH (${sink});
INSERT INTO answers
SELECT auction, bidder, price, `dateTime`, extra FROM bid;
