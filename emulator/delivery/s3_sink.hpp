// Objects in S3, or in something that speaks its API: PUT /BUCKET/KEY with Signature Version 4.
#pragma once

#include <memory>

#include "common/aws/service_client.hpp"
#include "common/aws/settings.hpp"
#include "emulator/delivery/sink.hpp"

namespace millrace::delivery {

class S3Sink final : public Sink {
 public:
  // `clock` is the real time, which signatures are made with; it must outlive the sink.
  S3Sink(aws::Settings settings, std::unique_ptr<aws::Transport> transport,
         const base::Clock& clock)
      : settings_(std::move(settings)), transport_(std::move(transport)), clock_(clock) {}
  base::Status put(const Object& object) override;
  void cancel() override { transport_->cancel(); }

 private:
  aws::Settings settings_;
  std::unique_ptr<aws::Transport> transport_;
  const base::Clock& clock_;
};

// Keys where AWS's own tools look for them. Error: as aws::load_settings.
base::Result<std::unique_ptr<Sink>> open_s3(const std::string& endpoint, const base::Clock& clock);

}  // namespace millrace::delivery
