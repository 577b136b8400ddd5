// A stream to and from a file of JSON lines (line.hpp), over the AWS API: against a running
// emulator, and against AWS just as well.
#pragma once

#include <functional>
#include <iosfwd>
#include <string>

#include "common/aws/kinesis_client.hpp"
#include "common/base/waiter.hpp"

namespace millrace::transfer {

struct ExportOptions {
  std::string stream;
  // Each record with the start of its shard's hash range, so that an import into a stream of the
  // same shards puts it into the same one, whatever hash key it was put with.
  bool by_shard = false;
};

// Writes all records that the stream holds now, of all shards, in the order of their arrival;
// records of one shard stay in their order. Returns how many. A limit on reads is waited for.
base::Result<std::int64_t> export_stream(aws::KinesisClient& client, const ExportOptions& options,
                                         std::ostream& out, base::Waiter& waiter);

struct ImportOptions {
  std::string stream;
  // 1: with the gaps between the records' times; 2: in half the time; 0: as fast as it goes.
  double speed = 1;
};

// Puts the lines in their order. Returns how many. What is throttled is put again until it is in.
// Error: the number of the line, and what is wrong with it; the lines before it are in the stream.
base::Result<std::int64_t> import_stream(aws::KinesisClient& client, const ImportOptions& options,
                                         std::istream& in, base::Waiter& waiter);

}  // namespace millrace::transfer
