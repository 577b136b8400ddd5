// Where objects go.
#pragma once

#include <string>

#include "common/base/result.hpp"

namespace millrace::delivery {

struct Object {
  std::string bucket;
  std::string key;
  std::string body;
  std::string content_type;
  std::string storage_class;
  std::string bucket_owner;  // account that must own the bucket
  std::string kms_key;       // empty: the bucket's own encryption
  std::string region;
};

class Sink {
 public:
  virtual ~Sink() = default;
  // Blocks until the object is there to stay; an object of that name is replaced. Error: the object
  // may or may not be there; the same call may be tried again.
  virtual base::Status put(const Object& object) = 0;
  // A put under way returns soon, with `cancelled`. Any thread.
  virtual void cancel() {}
};

// For an emulator that was told no destination: says so.
class NowhereSink final : public Sink {
 public:
  base::Status put(const Object&) override {
    return base::Error{base::ErrorCode::unsupported,
                       "the emulator keeps its data in memory and was given no place for objects "
                       "(--channel-dir or --channel-s3-endpoint)"};
  }
};

}  // namespace millrace::delivery
