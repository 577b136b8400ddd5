#include "runtime/connectors/print.hpp"

#include <array>
#include <atomic>
#include <ostream>

#include "runtime/data/text.hpp"

namespace millrace::connectors {
namespace {

constexpr auto options = std::to_array<OptionSpec>({
    {"print-identifier", false, "", "text before every row, followed by '> '"},
    {"standard-error", false, "false", "print to standard error instead of standard output"},
    {"sink.parallelism", false, "", "taken and ignored: one sink prints"},
});

class PrintSink final : public Sink {
 public:
  PrintSink(std::ostream& out, std::string prefix) : out_(out), prefix_(std::move(prefix)) {}

  base::Status open() override { return base::success(); }

  base::Status write(const data::Batch& batch) override {
    std::string text;
    for (std::size_t row = 0; row < batch.rows; ++row) {
      text += prefix_;
      data::append_row_text(text, batch, row);
      text += '\n';
    }
    out_ << text;
    records_ += batch.rows;
    bytes_ += text.size();
    // Somebody is watching: a row appears when it is there.
    return flush();
  }

  base::Status flush() override {
    out_.flush();
    if (!out_) {
      return base::Error{base::ErrorCode::io, "print: the output does not take any more rows"};
    }
    return base::success();
  }

  base::Status finish() override { return flush(); }
  [[nodiscard]] bool accepts_updates() const override { return true; }
  [[nodiscard]] SinkMetrics metrics() const override {
    SinkMetrics metrics;
    metrics.records = records_;
    metrics.bytes = bytes_;
    return metrics;
  }

 private:
  std::ostream& out_;
  std::string prefix_;
  std::atomic<std::uint64_t> records_{0};
  std::atomic<std::uint64_t> bytes_{0};
};

base::Status check(const Table& table) {
  BOOST_OUTCOME_TRY(bool_option(table.options, "standard-error", false));
  return base::success();
}

base::Result<std::unique_ptr<Sink>> make(const SinkRequest& request) {
  BOOST_OUTCOME_TRY(const bool to_error,
                    bool_option(request.table->options, "standard-error", false));
  const auto& environment = *request.environment;
  // Flink: "identifier:subtask> ", each part only where it tells something.
  auto prefix = string_option(request.table->options, "print-identifier", "");
  if (environment.parallelism > 1) {
    if (!prefix.empty()) prefix += ":";
    prefix += std::to_string(environment.subtask + 1);
  }
  if (!prefix.empty()) prefix += "> ";
  return std::make_unique<PrintSink>(to_error ? *environment.error_output : *environment.output,
                                     std::move(prefix));
}

}  // namespace

Connector print_connector() {
  Connector connector;
  connector.name = "print";
  connector.options = options;
  connector.takes_updates = true;
  connector.check = &check;
  connector.make_sink = &make;
  return connector;
}

}  // namespace millrace::connectors
