// Consumers, channels and queues: what reads from a stream and has a name, a life cycle, tags and a
// policy of its own. What is special to a kind is JSON in the row's `settings`.
//
// Threads as in engine.hpp: looking under the engine's lock, changes on the engine's thread.
#pragma once

#include <map>
#include <memory>
#include <shared_mutex>
#include <string>
#include <vector>

#include "common/base/result.hpp"
#include "emulator/engine/arn.hpp"
#include "emulator/store/store.hpp"

namespace millrace::engine {

enum class ResourceStatus { creating, active, updating, deleting, failed, gone };
std::string_view to_text(ResourceStatus status);

struct Resource {
  ResourceKind kind;
  store::ResourceRow row;

  [[nodiscard]] ResourceStatus status(std::int64_t now_ms) const;
  [[nodiscard]] std::string arn() const;
};

class Resources {
 public:
  // `mutex` guards the map; the engine's.
  Resources(store::Store& store, std::shared_mutex& mutex) : store_(store), mutex_(mutex) {}

  // --- looking ---
  // Of an ARN's kind (not of a stream), wherever it stands in its life; nullptr: none, or gone. A
  // consumer's creation time must agree when the ARN carries one.
  [[nodiscard]] const Resource* find(const Arn& arn, std::int64_t now_ms) const;
  // Resources of one kind in an account and region (of one owner: consumers of a stream) after a
  // name, in order, at most `limit`.
  [[nodiscard]] std::vector<const Resource*> list(const Scope& scope, ResourceKind kind,
                                                  std::string_view owner, std::string_view after,
                                                  std::size_t limit, std::int64_t now_ms) const;
  // All of one kind that read from a stream.
  [[nodiscard]] std::vector<const Resource*> of_stream(std::int64_t stream_id, ResourceKind kind,
                                                       std::int64_t now_ms) const;
  // All of one kind, everywhere.
  [[nodiscard]] std::vector<const Resource*> all(ResourceKind kind, std::int64_t now_ms) const;

  // --- changes; inside the transaction ---
  // Fills in id and transition (CREATING until now_ms + creating_ms; none when that is 0). The name
  // must be free.
  base::Result<const Resource*> create(store::ResourceRow row, std::int64_t now_ms,
                                       std::int64_t creating_ms);
  // Writes the changed row (same id).
  base::Status update(store::ResourceRow row);
  // Begins DELETING, or forgets at once when `deleting_ms` is 0.
  base::Status remove(const Resource& resource, std::int64_t now_ms, std::int64_t deleting_ms);
  // What is under way (CREATING, UPDATING, DELETING) ends `back_ms` earlier, what is over by
  // `now_ms` is settled for good: for a clock that goes back.
  base::Status shift_transitions(std::int64_t now_ms, std::int64_t back_ms);
  // What is under way ends by then, in memory. The caller holds the mutex.
  void bound_transitions(std::int64_t latest_ms);
  // Forgets what has been deleted.
  base::Status tidy(std::int64_t now_ms);
  // The store has forgotten a stream with all that read from it; so does the memory.
  void forget_stream(std::int64_t stream_id);

  base::Status load();

 private:
  // account, region, kind, owner, name
  using Key = std::tuple<std::string, std::string, ResourceKind, std::string, std::string>;
  static Key key_of(const store::ResourceRow& row, ResourceKind kind) {
    return {row.account, row.region, kind, row.owner, row.name};
  }

  store::Store& store_;
  std::shared_mutex& mutex_;
  std::map<Key, std::unique_ptr<Resource>> resources_;
};

}  // namespace millrace::engine
