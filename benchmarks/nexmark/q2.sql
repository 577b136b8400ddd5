-- Bids for some auctions: a filter that takes few.
CREATE TABLE answers (auction BIGINT, price BIGINT) WITH (${sink});
INSERT INTO answers
SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0;
