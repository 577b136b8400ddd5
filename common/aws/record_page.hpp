// Records as GetRecords answers them and SubscribeToShard sends them.
#pragma once

#include <string_view>

#include "common/aws/kinesis_client.hpp"

namespace millrace::aws {

// A page of ten thousand records is read in one pass, with one allocation for each text that is
// kept. False: something stands otherwise than servers write it (an escape in a text, a member
// nobody knows, anything malformed); `page` is then worth nothing and the general parser decides.
bool read_record_page(std::string_view body, RecordPage& page);

// The same from a tree, whatever stands in it. Error: protocol, naming `operation` and the member.
base::Result<RecordPage> read_record_tree(const wire::Value& root, const char* operation);

}  // namespace millrace::aws
