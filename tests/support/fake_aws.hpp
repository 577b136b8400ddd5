// Stand-ins for what an AWS client touches: the network, time and chance.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "common/aws/kinesis_client.hpp"

namespace millrace::test {

// Hands each request to a function instead of the network. Thread-safe if the function is.
class FakeTransport final : public aws::Transport {
 public:
  // operation: "PutRecord".
  using Handler = std::function<base::Result<net::HttpResponse>(const std::string& operation,
                                                                const std::string& body)>;
  explicit FakeTransport(Handler handler) : handler_(std::move(handler)) {}

  base::Result<net::HttpResponse> send(const net::HttpRequest& request) override {
    std::string target;
    for (const auto& [name, value] : request.headers) {
      if (name == "X-Amz-Target") target = value;
    }
    {
      const std::lock_guard lock{mutex_};
      requests_.push_back(request);
    }
    return handler_(target.substr(target.find('.') + 1), request.body);
  }

  [[nodiscard]] std::vector<net::HttpRequest> requests() const {
    const std::lock_guard lock{mutex_};
    return requests_;
  }

 private:
  const Handler handler_;
  mutable std::mutex mutex_;  // guards requests_
  std::vector<net::HttpRequest> requests_;
};

inline base::Result<net::HttpResponse> answer(std::string body, int status = 200) {
  return net::HttpResponse{.status = status, .headers = {}, .body = std::move(body)};
}
inline base::Result<net::HttpResponse> aws_error(const std::string& name, int status = 400) {
  return answer(R"({"__type":")" + name + R"(","message":"told so"})", status);
}

// Waits take no time: the clock, when there is one, moves instead.
class InstantWaiter final : public base::Waiter {
 public:
  explicit InstantWaiter(base::ManualClock* clock = nullptr) : clock_(clock) {}
  bool wait(std::chrono::microseconds time) override {
    const std::lock_guard lock{mutex_};
    if (stopped_) return false;
    if (clock_) clock_->advance(std::chrono::duration_cast<base::Millis>(time));
    waits_.push_back(std::chrono::duration_cast<std::chrono::milliseconds>(time));
    if (stop_after_ != 0 && waits_.size() >= stop_after_) stopped_ = true;
    return !stopped_;
  }
  [[nodiscard]] bool stopped() const override {
    const std::lock_guard lock{mutex_};
    return stopped_;
  }
  void stop() override {
    const std::lock_guard lock{mutex_};
    stopped_ = true;
  }
  // The wait of that number is the last.
  void stop_after(std::size_t waits) { stop_after_ = waits; }
  [[nodiscard]] std::vector<std::chrono::milliseconds> waits() const {
    const std::lock_guard lock{mutex_};
    return waits_;
  }

 private:
  base::ManualClock* clock_;
  mutable std::mutex mutex_;  // guards what follows
  bool stopped_ = false;
  std::size_t stop_after_ = 0;
  std::vector<std::chrono::milliseconds> waits_;
};

inline aws::Settings fake_settings() {
  aws::Settings settings;
  settings.region = "us-east-1";
  settings.endpoint = {false, "localhost", "4566", ""};
  settings.custom_endpoint = true;
  settings.credentials = aws::fixed_credentials({"AKIDEXAMPLE", "secret", ""});
  return settings;
}

// A client whose network is `handler`; what it needs lives beside it.
struct FakeKinesis {
  explicit FakeKinesis(FakeTransport::Handler handler, aws::RetryPolicy retry = {}) {
    auto made = std::make_unique<FakeTransport>(std::move(handler));
    transport = made.get();
    client = std::make_unique<aws::KinesisClient>(aws::ClientParts{
        fake_settings(), std::move(made), retry, [] { return 0.5; }, &clock, &waiter});
  }

  base::ManualClock clock;
  InstantWaiter waiter;
  FakeTransport* transport = nullptr;
  std::unique_ptr<aws::KinesisClient> client;
};

}  // namespace millrace::test
