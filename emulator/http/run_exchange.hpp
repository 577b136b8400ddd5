// Carries an exchange to the thread of its lane and back. Internal to http/.
#pragma once

#include <boost/asio/awaitable.hpp>
#include <functional>

#include "emulator/http/io_thread.hpp"

namespace millrace::http {

// Drives a call to its end, over its lane and through its waits (a long poll runs again whenever
// there may be something for it). Returns on the I/O thread, when the reply may be given: after the
// commit, for a change. False: the client left while its call waited, and nobody wants the reply.
//
// `gone` says whether the client has left; it is asked now and then during a wait. All three must
// outlive the wait. The engine always answers; when the server stops, waits end at once.
boost::asio::awaitable<bool> run_exchange(protocol::Exchange& exchange, IoThread& thread,
                                          const std::function<bool()>& gone);

// What comes next of an event stream, read on a reader's thread.
boost::asio::awaitable<protocol::Events::Chunk> next_chunk(protocol::Events& events,
                                                           IoThread& thread);

}  // namespace millrace::http
