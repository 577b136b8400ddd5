// 'connector' = 'print': rows as text, one a line, with their kind of change: +I[a, 2.0]
#pragma once

#include "runtime/connectors/connector.hpp"

namespace millrace::connectors {

Connector print_connector();

}  // namespace millrace::connectors
