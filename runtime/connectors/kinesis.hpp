// 'connector' = 'kinesis': a Kinesis data stream, read and written.
#pragma once

#include "runtime/connectors/connector.hpp"

namespace millrace::connectors {

Connector kinesis_connector();

}  // namespace millrace::connectors
