#include "runtime/connectors/blackhole.hpp"

#include <atomic>

namespace millrace::connectors {
namespace {

class BlackholeSink final : public Sink {
 public:
  base::Status open() override { return base::success(); }
  base::Status write(const data::Batch& batch) override {
    records_ += batch.rows;
    return base::success();
  }
  base::Status flush() override { return base::success(); }
  base::Status finish() override { return base::success(); }
  [[nodiscard]] bool accepts_updates() const override { return true; }
  [[nodiscard]] SinkMetrics metrics() const override {
    SinkMetrics metrics;
    metrics.records = records_;
    return metrics;
  }

 private:
  std::atomic<std::uint64_t> records_{0};
};

base::Result<std::unique_ptr<Sink>> make(const SinkRequest&) {
  return std::make_unique<BlackholeSink>();
}

}  // namespace

Connector blackhole_connector() {
  Connector connector;
  connector.name = "blackhole";
  connector.takes_updates = true;
  connector.make_sink = &make;
  return connector;
}

}  // namespace millrace::connectors
