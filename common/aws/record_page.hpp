// The answer of GetRecords, read without a tree.
#pragma once

#include <string_view>

#include "common/aws/kinesis_client.hpp"

namespace millrace::aws {

// A page of ten thousand records is read in one pass, with one allocation for each text that is
// kept. False: something stands otherwise than servers write it (an escape in a text, a member
// nobody knows, anything malformed); `page` is then worth nothing and the general parser decides.
bool read_record_page(std::string_view body, RecordPage& page);

}  // namespace millrace::aws
