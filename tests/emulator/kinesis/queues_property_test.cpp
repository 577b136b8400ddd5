// Queues beside a small model, over random schedules of everything that can happen to a record:
// puts, receives on both paths, acknowledgements, visibility, restores, settings, reshards, the
// limit on what is in flight, and the end of retention.
//
// RC_PARAMS="seed=... max_success=..." runs others than the fixed ones.
#include <doctest/doctest.h>
#include <rapidcheck.h>

#include <cstdlib>
#include <set>

#include "tests/support/queue.hpp"

using namespace millrace;
using test::QueueFixture;

namespace {

constexpr std::int64_t never = INT64_MAX;
constexpr std::size_t most_in_flight = 12;

struct Known {
  bool received = false;
  bool acknowledged = false;
  bool expired = false;
  bool dead = false;        // a dead letter, or one when it is visible again
  bool taken_dead = false;  // the newest delivery was one of dead letters
  std::int64_t receives = 0;
  std::int64_t visible_ms = 0;
  std::string handle;  // of the newest delivery; empty: spent
};

// A delivery: whose handle, and by which path it came.
struct Given {
  std::string data;
  std::string handle;
  bool dead = false;
};

struct Step {
  int what = 0;
  int a = 0;
  int b = 0;
};

class World {
 public:
  World() : at_(options()), arn_(at_.create()) { settings(2); }

  void run(const Step& step) {
    switch (step.what) {
      case 0:
      case 1:
        return put(1 + step.a % 6);
      case 2:
      case 3:
      case 4:
        return receive(1 + step.a % 10, step.b % 20, false);
      case 5:
        return receive(1 + step.a % 10, step.b % 20, true);
      case 6:
      case 7:
        return acknowledge(step.a, step.b % 4 == 0);
      case 8:
        return set_visibility(step.a, step.b % 8, step.b % 3 == 0);
      case 9:
        return restore(step.a);
      case 10:
        at_.wait_ms(step.a % 20'000);
        return;
      case 11:
        return settings(step.a % 4);
      case 12:
        return reshard(step.a);
      default:
        if (step.a % 4 == 0) expire(step.b % 2 == 0);
    }
  }

 private:
  static engine::Options options() {
    engine::Options options;
    options.queue_in_flight_limit = most_in_flight;
    return options;
  }
  std::int64_t now_ms() { return at_.service.engine().now_ms(); }

  void put(int count) {
    for (int i = 0; i < count; ++i) {
      const auto data = std::to_string(records_.size());
      at_.put(data, "k" + std::to_string(records_.size() % 7));
      records_[data];
    }
  }

  bool gone(const Known& one) const { return one.acknowledged || one.expired; }
  bool in_flight(const Known& one) {
    return one.received && !gone(one) && one.visible_ms > now_ms();
  }
  // Whether a receive on the path may give it out now.
  bool available(const Known& one, bool dead_path) {
    if (gone(one)) return false;
    if (!one.received) return !dead_path;
    return one.visible_ms <= now_ms() && one.dead == dead_path;
  }
  template <class Of>
  std::size_t count(Of of) {
    std::size_t all = 0;
    for (const auto& [data, one] : records_) all += of(one) ? 1 : 0;
    return all;
  }

  void receive(int limit, int visibility_s, bool dead_path) {
    const auto flying = count([&](const Known& one) { return in_flight(one); });
    const auto there = count([&](const Known& one) { return available(one, dead_path); });
    const auto fresh = count([](const Known& one) { return !one.received && !one.expired; });
    const auto more = R"(,"Limit":)" + std::to_string(limit) + R"(,"VisibilityTimeoutSeconds":)" +
                      std::to_string(visibility_s);
    const auto answer =
        at_.about(dead_path ? "ReceiveDeadLetterQueueRecords" : "ReceiveQueueRecords", arn_, more);
    if (flying >= most_in_flight) {
      RC_ASSERT(answer.type == "ThrottlingException");
      return;
    }
    RC_ASSERT(answer.status == 200);
    const auto got = QueueFixture::records_of(answer);
    RC_ASSERT(got.size() ==
              std::min({static_cast<std::size_t>(limit), there, most_in_flight - flying}));
    std::size_t new_ones = 0;
    for (const auto& record : got) {
      auto& known = records_.at(record.data);
      RC_ASSERT(available(known, dead_path));  // so nobody has it, and not twice in one answer
      RC_ASSERT(record.receives == known.receives + 1);
      new_ones += known.received ? 0 : 1;
      known.received = true;
      ++known.receives;
      // An answer's records are marked at once: with a timeout of 0 they may come again, but only
      // in the next one.
      known.visible_ms = now_ms() + visibility_s * 1000;
      known.taken_dead = dead_path;
      if (!dead_path) known.dead = known.receives >= most_;
      known.handle = record.handle;
      given_.push_back({record.data, record.handle, dead_path});
    }
    if (dead_path) return;
    // New records are not held up: of two receives that gave out anything, one had some.
    const bool waited = fresh > 0 && new_ones == 0 && !got.empty();
    RC_ASSERT(!waited || !waited_);
    waited_ = waited;
  }

  const Given* pick(int which) const {
    return given_.empty() ? nullptr : &given_[static_cast<std::size_t>(which) % given_.size()];
  }
  // What becomes of a handle when it is used on a path.
  std::string expected(const Given& given, bool dead_path) {
    const auto& known = records_.at(given.data);
    if (given.dead != dead_path) return "InvalidArgumentException";
    if (gone(known)) return "ResourceNotFoundException";
    if (known.handle != given.handle) return "InvalidArgumentException";
    if (!dead_path && known.dead && known.visible_ms <= now_ms()) {
      return "InvalidArgumentException";
    }
    return "ok";
  }
  // A record that has expired may still be there to be acknowledged, until it is erased.
  bool is_as(const std::string& said, const std::string& wanted, const Given& given) {
    return kind(said) == wanted ||
           (records_.at(given.data).expired && kind(said) != "InternalFailure");
  }
  static std::string kind(const std::string& said) { return said.substr(0, said.find(':')); }

  void acknowledge(int which, bool other_path) {
    const auto* given = pick(which);
    if (given == nullptr) return;
    const bool dead_path = given->dead != other_path;
    const auto wanted = expected(*given, dead_path);
    const auto said =
        at_.entry(dead_path ? "AcknowledgeDeadLetterQueueRecords" : "AcknowledgeQueueRecords", arn_,
                  given->handle);
    RC_ASSERT(is_as(said, wanted, *given));
    if (wanted == "ok") records_.at(given->data).acknowledged = true;
  }

  void set_visibility(int which, int seconds, bool other_path) {
    const auto* given = pick(which);
    if (given == nullptr) return;
    const bool dead_path = given->dead != other_path;
    const auto wanted = expected(*given, dead_path);
    const auto said = at_.entry(
        dead_path ? "UpdateDeadLetterQueueRecordsVisibility" : "UpdateQueueRecordsVisibility", arn_,
        given->handle, R"(,"VisibilityTimeoutSeconds":)" + std::to_string(seconds));
    RC_ASSERT(is_as(said, wanted, *given));
    if (wanted == "ok") records_.at(given->data).visible_ms = now_ms() + seconds * 1000;
  }

  // Mostly a dead letter that was just received: few handles are one by chance.
  void restore(int which) {
    const auto* given = pick(which);
    for (auto at = given_.rbegin(); which % 4 != 0 && at != given_.rend(); ++at) {
      if (expected(*at, true) != "ok") continue;
      given = &*at;
      break;
    }
    if (given == nullptr) return;
    const auto wanted = expected(*given, true);
    const auto said = at_.entry("RestoreDeadLetterQueueRecords", arn_, given->handle);
    RC_ASSERT(is_as(said, wanted, *given));
    if (wanted != "ok") return;
    auto& known = records_.at(given->data);
    known.dead = known.taken_dead = false;
    known.receives = 0;
    known.visible_ms = now_ms();
    known.handle.clear();
  }

  // With records in flight as well. 0: no dead letters.
  void settings(int most) {
    const auto target = most == 0 ? std::string{R"("NONE")"}
                                  : R"("BUILT_IN","MaxReceiveCount":)" + std::to_string(most);
    const auto answer = at_.about(
        "UpdateQueue", arn_,
        R"(,"QueueAttributes":{"DeadLetterConfiguration":{"TargetType":)" + target + "}}");
    RC_ASSERT(answer.status == 200);
    most_ = most == 0 ? never : most;
    for (auto& [data, one] : records_) {
      if (!one.received || gone(one)) continue;
      const bool stays = one.dead && (one.taken_dead || one.visible_ms <= now_ms());
      if (!stays) one.dead = one.receives >= most_;
    }
    at_.wait_ms(500);
  }

  void reshard(int choice) {
    auto& engine = at_.service.engine();
    const auto& stream = *engine.find(engine::Scope{"000000000000", "us-east-1"}, "s");
    RC_ASSERT(engine.begin().has_value());
    if (choice % 2 == 0 && stream.open.size() < 8) {
      RC_ASSERT(engine.widen(stream, stream.open.size() + 1).has_value());
    } else if (stream.open.size() > 1) {
      const auto low = static_cast<std::size_t>(choice) % (stream.open.size() - 1);
      RC_ASSERT(engine.merge_shards(stream, *stream.open[low], *stream.open[low + 1]).has_value());
    }
    RC_ASSERT(engine.commit().has_value());
    at_.wait_ms(500);
  }

  // All there is passes its retention, and is trimmed or still there to be passed over.
  void expire(bool trimmed) {
    at_.wait_ms(25 * 3'600'000LL);
    for (int i = 0; trimmed && i < 4; ++i) at_.service.tidy();
    for (auto& [data, one] : records_) one.expired = one.expired || !one.acknowledged;
    waited_ = false;
  }

  QueueFixture at_;
  std::string arn_;
  std::map<std::string, Known> records_;  // by data
  std::vector<Given> given_;
  std::int64_t most_ = 6;
  bool waited_ = false;
};

}  // namespace

TEST_CASE("queues do what a small model of them does, over random schedules") {
  // Fixed, unless told otherwise; read once, by the first property of the process.
  ::setenv("RC_PARAMS", "seed=20261201 max_success=40 max_size=120", 0);
  const auto held = rc::check([] {
    const auto step = rc::gen::construct<Step>(
        rc::gen::inRange(0, 14), rc::gen::inRange(0, 100'000), rc::gen::inRange(0, 1000));
    const auto steps = *rc::gen::container<std::vector<Step>>(step);
    World world;
    for (const auto& one : steps) world.run(one);
  });
  CHECK(held);
}

TEST_CASE("a queue: records that nobody acknowledges do not hold up new ones") {
  QueueFixture at;
  const auto arn = at.create("q", "TRIM_HORIZON",
                             R"(,"QueueAttributes":{"VisibilityTimeoutSeconds":0,)"
                             R"("DeadLetterConfiguration":{"TargetType":"NONE"}})");
  for (int i = 0; i < 3; ++i) at.put("old");
  CHECK(at.texts(arn, R"(,"Limit":3)") == "old old old ");
  at.put("new");
  CHECK(at.texts(arn, R"(,"Limit":3)") == "old old old ");
  CHECK(at.texts(arn, R"(,"Limit":3)") == "new old old ");
  CHECK(at.texts(arn, R"(,"Limit":3)") == "old old old ");
}
