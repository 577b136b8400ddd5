#include "runtime/job/metrics_port.hpp"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/text_serializer.h>

#include <exception>
#include <map>
#include <mutex>

namespace millrace::job {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;
using Labels = std::vector<ClientMetric::Label>;

class Families {
 public:
  void counter(const char* name, const char* help, double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = value;
    family(name, help, MetricType::Counter).metric.push_back(std::move(metric));
  }
  void gauge(const char* name, const char* help, double value, Labels labels = {}) {
    ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = value;
    family(name, help, MetricType::Gauge).metric.push_back(std::move(metric));
  }
  std::vector<MetricFamily> take() { return std::move(families_); }

 private:
  MetricFamily& family(const char* name, const char* help, MetricType type) {
    const auto [at, is_new] = places_.try_emplace(name, families_.size());
    if (is_new) families_.push_back({name, help, type, {}});
    return families_[at->second];
  }

  std::map<std::string, std::size_t> places_;
  std::vector<MetricFamily> families_;
};

double of(std::uint64_t value) {
  return static_cast<double>(value);
}
double seconds(std::int64_t us) {
  return static_cast<double>(us) / 1e6;
}

std::vector<MetricFamily> families_of(const Status& now, const Status& before) {
  Families out;
  for (const auto& source : now.sources) {
    const Labels labels{{"table", source.table}};
    out.counter("millrace_source_records_total", "Records read.", of(source.records), labels);
    out.counter("millrace_source_bytes_total", "Bytes of those records.", of(source.bytes), labels);
    out.counter("millrace_source_dropped_records_total",
                "Records the format could not read and was told to ignore.", of(source.dropped),
                labels);
    if (source.lag_ms >= 0) {
      out.gauge("millrace_source_millis_behind_latest",
                "How far behind the tip of the input reading is, in milliseconds.",
                static_cast<double>(source.lag_ms), labels);
    }
  }
  std::size_t place = 0;
  for (const auto& one : now.operators) {
    // Names may stand twice; the place in the plan tells them apart.
    const Labels labels{{"operator", one.name}, {"place", std::to_string(place++)}};
    out.counter("millrace_operator_rows_in_total", "Rows into an operator.", of(one.rows_in),
                labels);
    out.counter("millrace_operator_rows_out_total", "Rows out of an operator.", of(one.rows_out),
                labels);
    out.counter("millrace_operator_busy_seconds_total",
                "Time of the pipeline's thread in an operator.", seconds(one.busy_us), labels);
    out.gauge("millrace_operator_instances", "Threads an operator is divided among.",
              of(one.instances), labels);
    const bool known = one.watermark_ms > operators::idle_watermark &&
                       one.watermark_ms != operators::last_watermark;
    if (known) {
      out.gauge("millrace_operator_watermark_milliseconds",
                "The newest watermark that came in, since the epoch.",
                static_cast<double>(one.watermark_ms), labels);
    }
  }
  out.counter("millrace_rows_out_total", "Rows given to sinks.", of(now.rows_out));
  out.counter("millrace_windows_fired_total", "Windows that closed.", of(now.windows_fired));
  out.counter("millrace_late_rows_dropped_total", "Rows that came after their windows had closed.",
              of(now.late_rows));
  out.counter("millrace_sink_retries_total", "Records sent again.", of(now.sink_retries));
  out.counter("millrace_idle_seconds_total", "Time the pipeline waited for input.",
              seconds(now.idle_us));
  out.counter("millrace_blocked_seconds_total",
              "Time the pipeline was held up by sinks and by other threads.",
              seconds(now.blocked_us));
  out.gauge("millrace_backpressure_ratio", "Share of the last second that it was held up, 0 to 1.",
            backpressure(now, before));
  return out.take();
}

class Newest final : public prometheus::Collectable {
 public:
  void show(const Status& status) {
    const std::lock_guard lock{mutex_};
    // Two looks at the same moment would tell no share of time.
    if (status.now_ms > now_.now_ms) before_ = std::move(now_);
    now_ = status;
  }
  [[nodiscard]] std::vector<MetricFamily> Collect() const override {
    const std::lock_guard lock{mutex_};
    return families_of(now_, before_);
  }

 private:
  mutable std::mutex mutex_;  // guards what follows
  Status now_;
  Status before_;
};

}  // namespace

struct MetricsPort::Parts {
  std::shared_ptr<Newest> newest = std::make_shared<Newest>();
  std::unique_ptr<prometheus::Exposer> exposer;
};

MetricsPort::MetricsPort(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
MetricsPort::~MetricsPort() = default;

base::Result<std::unique_ptr<MetricsPort>> MetricsPort::open(const std::string& listen) {
  const bool only_port = listen.find(':') == std::string::npos;
  const std::string address = only_port ? "127.0.0.1:" + listen : listen;
  try {
    auto parts = std::make_unique<Parts>();
    parts->exposer = std::make_unique<prometheus::Exposer>(address, 1);
    parts->exposer->RegisterCollectable(parts->newest);
    return std::unique_ptr<MetricsPort>(new MetricsPort(std::move(parts)));
  } catch (const std::exception& thrown) {
    return base::Error(base::ErrorCode::io,
                       "cannot serve metrics on " + address + ": " + thrown.what());
  }
}

void MetricsPort::show(const Status& status) {
  parts_->newest->show(status);
}

int MetricsPort::port() const {
  const auto ports = parts_->exposer->GetListeningPorts();
  return ports.empty() ? 0 : ports.front();
}

std::string metrics_text(const Status& now, const Status& before) {
  return prometheus::TextSerializer().Serialize(families_of(now, before));
}

}  // namespace millrace::job
