-- Bids for some auctions: a filter that takes few.
CREATE TABLE result (auction BIGINT, price BIGINT) WITH (${sink});
INSERT INTO result
SELECT auction, price FROM bid WHERE MOD(auction, 123) = 0;
