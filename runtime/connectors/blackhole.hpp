// 'connector' = 'blackhole': a sink that counts rows and forgets them.
#pragma once

#include "runtime/connectors/connector.hpp"

namespace millrace::connectors {

Connector blackhole_connector();

}  // namespace millrace::connectors
