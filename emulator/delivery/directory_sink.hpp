// Objects as files: DIR/BUCKET/KEY.
#pragma once

#include "emulator/delivery/sink.hpp"

namespace millrace::delivery {

// A file is there whole or not at all: it is written under another name (".NAME.part" beside it),
// synced, and renamed. Directories are made as they are needed.
class DirectorySink final : public Sink {
 public:
  explicit DirectorySink(std::string directory) : directory_(std::move(directory)) {}
  base::Status put(const Object& object) override;

 private:
  std::string directory_;
};

}  // namespace millrace::delivery
