// 'connector' = 'datagen': rows out of nothing, at a steady pace.
#pragma once

#include "runtime/connectors/connector.hpp"

namespace millrace::connectors {

Connector datagen_connector();

}  // namespace millrace::connectors
