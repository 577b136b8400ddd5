// Carries an exchange to the thread of its lane and back. Internal to http/.
#pragma once

#include <boost/asio/awaitable.hpp>

#include "emulator/http/io_thread.hpp"

namespace millrace::http {

// Returns on the I/O thread, when the reply may be given: after the commit, for a change. Both must
// outlive the wait. The engine always answers.
boost::asio::awaitable<void> run_exchange(protocol::Exchange& exchange, IoThread& thread);

// What comes next of an event stream, read on a reader's thread.
boost::asio::awaitable<protocol::Events::Chunk> next_chunk(protocol::Events& events,
                                                           IoThread& thread);

}  // namespace millrace::http
