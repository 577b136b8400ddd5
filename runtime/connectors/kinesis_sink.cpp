#include "runtime/connectors/kinesis_sink.hpp"

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cstdio>

#include "common/base/log.hpp"
#include "runtime/data/text.hpp"

namespace millrace::connectors {
namespace {

using base::Error;
using base::ErrorCode;

constexpr std::size_t longest_key = 256;
constexpr int failures_until_warning = 3;

}  // namespace

std::string joined_key(const data::Batch& batch, std::size_t row,
                       const std::vector<std::size_t>& columns, const std::string& delimiter) {
  std::string out;
  bool first = true;
  for (const std::size_t index : columns) {
    if (!first) out += delimiter;
    first = false;
    data::append_java_text(out, *batch.columns[index], row);
  }
  std::size_t units = 0;
  for (std::size_t i = 0; i < out.size(); ++i) {
    const auto byte = static_cast<unsigned char>(out[i]);
    if ((byte & 0xC0U) == 0x80U) continue;  // inside a character
    units += byte >= 0xF0U ? 2 : 1;
    if (units > longest_key) {
      out.resize(i);
      break;
    }
  }
  return out;
}

KinesisSink::KinesisSink(KinesisSinkOptions options, std::unique_ptr<aws::KinesisClient> client,
                         std::unique_ptr<formats::Encoder> encoder, const Environment& environment,
                         std::unique_ptr<base::Waiter> waiter, aws::Random random,
                         std::string table_name)
    : options_(std::move(options)),
      client_(std::move(client)),
      encoder_(std::move(encoder)),
      environment_(environment),
      waiter_(std::move(waiter)),
      random_(std::move(random)),
      table_name_(std::move(table_name)),
      key_engine_((std::uint64_t{std::random_device{}()} << 32U) | std::random_device{}()) {}

base::Status KinesisSink::open() {
  const auto give_up = environment_.clock->now() + options_.patience;
  std::string said;
  while (true) {
    const auto summary = client_->describe_stream_summary(options_.stream);
    if (summary && summary.value().status != "CREATING") return base::success();
    const Error why =
        summary ? Error{ErrorCode::in_use, "the stream is being created"} : summary.error();
    // Whoever may only put records finds out with the first of them.
    if (why.name() == "AccessDeniedException") return base::success();
    const bool may_come = why.code() == ErrorCode::in_use || aws::is_retryable(why);
    if (!may_come || environment_.clock->now() >= give_up) {
      return why.in("Table '" + table_name_ + "': looking for stream " + options_.stream.name +
                    options_.stream.arn + " at " + client_->settings().endpoint.url());
    }
    if (why.message() != said) base::log().info("waiting: {}", why.message());
    said = why.message();
    if (!waiter_->wait(std::chrono::milliseconds{200})) {
      return Error{ErrorCode::cancelled, "stopped"};
    }
  }
}

std::string KinesisSink::random_key() {
  // A version 4 UUID, as java.util.UUID.randomUUID() prints it.
  const std::uint64_t high = (key_engine_() & ~std::uint64_t{0xF000}) | 0x4000U;
  const std::uint64_t low =
      (key_engine_() & ~(std::uint64_t{3} << 62U)) | (std::uint64_t{2} << 62U);
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(),
                "%08" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%04" PRIx64 "-%012" PRIx64, high >> 32U,
                (high >> 16U) & 0xFFFFU, high & 0xFFFFU, low >> 48U, low & 0xFFFFFFFFFFFFU);
  return text.data();
}

std::string KinesisSink::key_of(const data::Batch& batch, std::size_t row) {
  if (!options_.key_columns.empty()) {
    return joined_key(batch, row, options_.key_columns, options_.delimiter);
  }
  return options_.fixed_key ? std::to_string(environment_.subtask) : random_key();
}

base::Status KinesisSink::write(const data::Batch& batch) {
  encoded_.clear();
  BOOST_OUTCOME_TRY(encoder_->encode(batch, encoded_));
  if (encoded_.size() != batch.rows) {
    return Error{ErrorCode::internal, "Table '" + table_name_ + "': " + std::to_string(batch.rows) +
                                          " rows gave " + std::to_string(encoded_.size()) +
                                          " records"};
  }
  for (std::size_t row = 0; row < batch.rows; ++row) {
    BOOST_OUTCOME_TRY(add({std::string{encoded_.record(row)}, key_of(batch, row)}));
  }
  return tick();
}

base::Status KinesisSink::add(Record record) {
  const std::size_t size = record.data.size() + record.key.size();
  if (!buffer_.empty() && buffered_bytes_ + size > options_.batch_bytes) {
    BOOST_OUTCOME_TRY(send_all(options_.patience));
  }
  if (buffer_.empty()) oldest_ = environment_.clock->now();
  buffer_.push_back(std::move(record));
  buffered_bytes_ += size;
  return buffer_.size() < options_.batch_records ? base::success() : send_all(options_.patience);
}

base::Status KinesisSink::flush() {
  return send_all(options_.patience);
}

base::Status KinesisSink::tick() {
  const bool due = !buffer_.empty() && environment_.clock->now() - oldest_ >= options_.flush_after;
  return due ? send_all(options_.patience) : base::success();
}

base::Status KinesisSink::finish() {
  return send_all(options_.patience_at_end);
}

base::Status KinesisSink::send_all(std::chrono::milliseconds patience) {
  while (!buffer_.empty()) {
    std::vector<aws::PutEntry> entries;
    entries.reserve(buffer_.size());
    for (const auto& record : buffer_) entries.push_back({record.data, record.key});
    const auto result = client_->put_records(options_.stream, entries);
    if (!result) {
      BOOST_OUTCOME_TRY(wait_after(result.error(), patience));
      retries_ += buffer_.size();
      continue;
    }
    const auto& answers = result.value().records;
    std::vector<Record> refused;
    std::optional<Error> why;
    for (std::size_t i = 0; i < buffer_.size(); ++i) {
      if (answers[i].error_code.empty()) {
        ++records_;
        bytes_ += buffer_[i].data.size();
        continue;
      }
      why.emplace(ErrorCode::throughput_exceeded, answers[i].error_code,
                  answers[i].error_code + ": " + answers[i].error_message);
      refused.push_back(std::move(buffer_[i]));
    }
    if (refused.size() < buffer_.size()) {
      if (failures_ >= failures_until_warning) base::log().info("records are taken again");
      failures_ = 0;
    }
    buffer_ = std::move(refused);
    if (!why) break;
    if (options_.fail_on_error) {
      return why->in("Table '" + table_name_ + "': " + std::to_string(buffer_.size()) +
                     " records were refused and 'sink.fail-on-error' is set");
    }
    BOOST_OUTCOME_TRY(wait_after(*why, patience));
    retries_ += buffer_.size();
  }
  buffered_bytes_ = 0;
  return base::success();
}

base::Status KinesisSink::wait_after(const Error& error, std::chrono::milliseconds patience) {
  const std::string what =
      "Table '" + table_name_ + "': putting to " + options_.stream.name + options_.stream.arn;
  if (!aws::is_retryable(error)) return error.in(what);
  const auto now = environment_.clock->now();
  if (++failures_ == 1) failing_since_ = now;
  if (failures_ == failures_until_warning) {
    base::log().warn("{}: {}; trying again", what, error.message());
  }
  if (now - failing_since_ > patience) {
    return error.in(what + ": gave up after " + std::to_string(patience.count() / 1000) + " s");
  }
  if (!waiter_->wait(aws::backoff(options_.retry, failures_, error, random_))) {
    return Error{ErrorCode::cancelled, what + ": stopped"};
  }
  return base::success();
}

SinkMetrics KinesisSink::metrics() const {
  SinkMetrics out;
  out.records = records_;
  out.bytes = bytes_;
  out.retries = retries_;
  return out;
}

}  // namespace millrace::connectors
