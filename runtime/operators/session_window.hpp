// TABLE(SESSION(...)): rows of a key that follow one another within a gap.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "runtime/operators/row_operator.hpp"
#include "runtime/state/keyed.hpp"
#include "runtime/state/row_codec.hpp"

namespace millrace::operators {

// Keeps a session's rows until it closes and then lets them go, with window_start, window_end and
// window_time, in the order of their arrival; sessions in the order of their ends. A row whose
// session has closed is dropped and counted; one that reaches an open session joins it.
class SessionWindowOperator final : public RowOperator {
 public:
  // `node` holds `expand` and outlives the operator, as do clock and counters.
  SessionWindowOperator(const plan::WindowExpand& expand, const plan::Node& node,
                        const data::TimeZone& zone, const base::Clock& clock, Counters& counters);

 protected:
  Status take_row(std::size_t input, const data::Batch& batch, std::size_t row) override;
  Status take_watermark(std::int64_t ms) override;
  Status take_time(std::int64_t now_ms) override;

 private:
  struct Session {
    std::int64_t start = 0;
    std::int64_t end = 0;  // behind the last row by the gap
    std::uint64_t number = 0;
    std::map<std::uint64_t, std::pair<data::RowKind, std::string>> rows;  // by arrival
  };
  using Sessions = std::map<std::int64_t, Session>;  // of one key, by start

  [[nodiscard]] std::int64_t to_line(std::int64_t ms) const;
  [[nodiscard]] std::int64_t fires_at(std::int64_t end) const;
  void close_until(std::int64_t ms);
  void emit(const Session& session);

  const plan::WindowExpand& plan_;
  data::TimeZone zone_;
  const base::Clock& clock_;
  Counters& counters_;
  state::RowCodec row_codec_;
  state::RowCodec key_codec_;
  state::Store store_;
  state::Keyed<Sessions>& sessions_;
  // The open sessions by end and number: their keys and starts.
  std::map<std::pair<std::int64_t, std::uint64_t>, std::pair<std::string, std::int64_t>>& ends_;
  std::int64_t reached_ms_ = no_watermark;
};

}  // namespace millrace::operators
