#include "common/aws/record_page.hpp"

#include <doctest/doctest.h>

using namespace millrace::aws;

TEST_CASE("a page of records is read as servers write it, with and without spaces") {
  for (
      const char* body :
      {R"({"MillisBehindLatest":12,"NextShardIterator":"next","Records":[{"ApproximateArrivalTimestamp":1700000000.123,"Data":"aGVsbG8=","PartitionKey":"k","SequenceNumber":"7"},{"Data":"","EncryptionType":null,"PartitionKey":"","SequenceNumber":"8","ApproximateArrivalTimestamp":1.7E9}]})",
       "{ \"Records\" : [ { \"Data\" : \"aGVsbG8=\" , \"PartitionKey\" : \"k\" ,\n"
       " \"SequenceNumber\" : \"7\", \"ApproximateArrivalTimestamp\": 1700000000.123 } ,\n"
       " { \"Data\" : \"\", \"SequenceNumber\":\"8\" } ], \"NextShardIterator\":\"next\",\n"
       " \"MillisBehindLatest\" : 12 } "}) {
    RecordPage page;
    REQUIRE(read_record_page(body, page));
    CHECK(page.next_iterator == "next");
    CHECK(page.millis_behind_latest == 12);
    REQUIRE(page.records.size() == 2);
    CHECK(page.records[0].data == "hello");
    CHECK(page.records[0].partition_key == "k");
    CHECK(page.records[0].sequence_number == "7");
    CHECK(page.records[0].arrival_ms == 1'700'000'000'123);
    CHECK(page.records[1].data.empty());
  }
  RecordPage end;
  REQUIRE(read_record_page(R"({"Records":[],"NextShardIterator":null})", end));
  CHECK(end.next_iterator.empty());
}

TEST_CASE("a page of records with something unusual is left to the general parser") {
  for (const char* body :
       {"",
        "{}",
        "[]",
        "null",
        R"({"Records":null})",
        R"({"Records":[1]})",
        R"({"Records":[{}]})",
        R"({"Records":[{"Data":"aGVsbG8=","SequenceNumber":"7","PartitionKey":"a\"b"}]})",
        R"({"Records":[{"Data":"aGVsbG8","SequenceNumber":"7"}]})",
        R"({"Records":[{"Data":"aGVs\/G8=","SequenceNumber":"7"}]})",
        R"({"Records":[{"Data":"aGVsbG8="}]})",
        R"({"Records":[{"Data":7,"SequenceNumber":"7"}]})",
        R"({"Records":[{"Data":"","SequenceNumber":"7","Other":1}]})",
        R"({"Records":[],"ChildShards":[]})",
        R"({"Records":[]} x)",
        R"({"Records":[])",
        R"({"Records":[{"Data":"","SequenceNumber":"7"},]})",
        R"({"Records":[],"Records":[]})",
        R"({"Records":[],"MillisBehindLatest":"1"})",
        R"({"Records":[],"MillisBehindLatest":1e99})",
        R"({"Records":[],"NextShardIterator":"a)"}) {
    CAPTURE(body);
    RecordPage page;
    CHECK_FALSE(read_record_page(body, page));
  }
}
