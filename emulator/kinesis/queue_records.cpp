#include "emulator/kinesis/queue_records.hpp"

namespace millrace::kinesis {
namespace {

constexpr std::int32_t default_limit = 10;
constexpr std::int32_t default_wait_s = 9;

// A visibility timeout that is being changed counts from when the change is complete.
std::int64_t visibility_s(const Context& context, const Queue& queue, const ReceiveInput& input) {
  if (input.visibility_timeout_seconds) return *input.visibility_timeout_seconds;
  const auto& settings = queue.settings.value();
  const auto status = queue.resource->status(context.engine.now_ms());
  if (status == engine::ResourceStatus::updating && settings.former_visibility_s) {
    return *settings.former_visibility_s;
  }
  return *settings.attributes->visibility_timeout_seconds;
}

}  // namespace

void QueueRecordList::encode(wire::Encoder& out) const {
  out.begin_list();
  for (std::size_t i = 0; i < batch.deliveries.size(); ++i) {
    const auto& delivery = batch.deliveries[i];
    const auto& entry = batch.records.entries[i];
    QueueRecordShape shape;
    shape.receipt_handle = delivery.receipt_handle;
    shape.record_id = delivery.record_id;
    if (entry.has_key) shape.partition_key = batch.records.key(entry);
    shape.data.bytes = batch.records.data(entry);
    shape.approximate_arrival_timestamp.ms = entry.time_ms;
    shape.first_receive_timestamp.ms = delivery.first_ms;
    shape.receive_count = static_cast<std::int32_t>(delivery.receives);
    wire::write(shape, out);
  }
  out.end_list();
}

base::Status receive(Context& context, const ReceiveInput& input, engine::QueuePath path,
                     ReceiveOutput& output) {
  BOOST_OUTCOME_TRY(const auto queue, find_delivering(context, *input.queue_arn));
  const auto& settings = queue.settings.value();
  engine::QueueTake take;
  take.path = path;
  take.limit = static_cast<std::size_t>(input.limit.value_or(default_limit));
  take.visibility_ms = visibility_s(context, queue, input) * 1000;
  take.most_receives = settings.most_receives();
  if (settings.start_type == "AT_TIMESTAMP") take.start_ms = *settings.start_ms;
  auto batch = context.engine.queues().receive(*queue.resource, *queue.stream, take);
  if (!batch) {
    if (batch.error().code() != base::ErrorCode::limit_exceeded) return batch.error();
    // The model has no other error for what would be answered later.
    return base::Error{base::ErrorCode::limit_exceeded, "ThrottlingException",
                       titled(queue) + ": " + batch.error().message()};
  }
  if (batch.value().deliveries.empty()) {
    const auto until = context.asked_ms + input.wait_time_seconds.value_or(default_wait_s) * 1000;
    context.wait = Wait{queue.stream->row.id, until, batch.value().next_ms};
  }
  output.queue_records.batch = std::move(batch).value();
  return base::success();
}

base::Status EntriesOutput::add(std::string_view receipt_handle, const base::Status& done) {
  if (done) {
    successful.push_back({std::string{receipt_handle}});
    return base::success();
  }
  const auto& why = done.error();
  if (why.code() == base::ErrorCode::not_found) {
    failed.push_back({std::string{receipt_handle}, "ResourceNotFoundException", why.message()});
  } else if (why.code() == base::ErrorCode::invalid_argument) {
    failed.push_back({std::string{receipt_handle}, "InvalidArgumentException", why.message()});
  } else {
    return done;
  }
  return base::success();
}

}  // namespace millrace::kinesis
