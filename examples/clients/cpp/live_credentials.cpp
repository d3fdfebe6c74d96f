#include "live_credentials.h"

#include <algorithm>
#include <optional>
#include <random>
#include <utility>

using namespace std::chrono_literals;
namespace pb = podkey::v1;

namespace {

constexpr std::chrono::milliseconds kFirstBackoff = 100ms, kMaxBackoff = 5s;

// No retry can help with these.
bool IsRefusal(const grpc::Status& status) {
  return status.error_code() == grpc::INVALID_ARGUMENT || status.error_code() == grpc::UNAUTHENTICATED ||
         status.error_code() == grpc::PERMISSION_DENIED || status.error_code() == grpc::UNIMPLEMENTED;
}

template <typename Held>
Held Applied(Held held, const std::vector<pb::Change>& parts) {
  for (const auto& part : parts) {
    for (const auto& removed : part.removed()) held.erase(removed.name());
    for (const auto& changed : part.changed()) held[changed.name()] = std::make_shared<pb::Credential>(changed);
  }
  return held;
}

// The values of a credential in the order of their keys, or nothing if it is not held.
template <typename Held>
std::optional<std::map<std::string, std::string>> DataOf(const Held& held, const std::string& name) {
  const auto found = held.find(name);
  if (found == held.end()) return std::nullopt;
  return std::map<std::string, std::string>(found->second->data().begin(), found->second->data().end());
}

}  // namespace

// The first call connects. podkey is local, so a lost connection is retried every second instead of every two
// minutes. The keepalive detects a podkey that hangs. A proxy from the environment is for other hosts.
std::shared_ptr<grpc::Channel> Dial(const std::string& endpoint) {
  grpc::ChannelArguments options;
  options.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  options.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 100);
  options.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1'000);
  options.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30'000);
  options.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 10'000);
  options.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  options.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  options.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  return grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), options);
}

LiveCredentials::LiveCredentials(std::shared_ptr<grpc::Channel> channel, std::vector<std::string> names,
                                 Listener* listener)
    : stub_(pb::CredentialService::NewStub(channel)),
      names_(std::move(names)),
      listener_(listener),
      backoff_(kFirstBackoff) {}

std::shared_ptr<const pb::Credential> LiveCredentials::Current(const std::string& name) const {
  std::lock_guard lock(mutex_);
  const auto found = held_->find(name);
  return found == held_->end() ? nullptr : found->second;
}

std::size_t LiveCredentials::Size() const {
  std::lock_guard lock(mutex_);
  return held_->size();
}

void LiveCredentials::Stop() {
  std::lock_guard lock(mutex_);
  stopped_ = true;
  if (open_ != nullptr) open_->TryCancel();
  stopping_.notify_all();
}

grpc::Status LiveCredentials::Run() {
  std::mt19937 random{std::random_device{}()};  // so that not all clients reconnect at the same moment
  while (true) {
    grpc::ClientContext context;
    const grpc::Status ended = Follow(&context);
    if (IsRefusal(ended)) return ended;
    const std::chrono::milliseconds delay(std::uniform_int_distribution<long>(backoff_.count() / 2, backoff_.count())(random));
    listener_->OnReconnect(ended, delay);
    std::unique_lock lock(mutex_);
    if (stopping_.wait_for(lock, delay, [this] { return stopped_; })) return grpc::Status::CANCELLED;
    backoff_ = std::min(2 * backoff_, kMaxBackoff);
  }
}

// Reads one stream to its end. A reset takes effect at its synced, a change at its last part.
grpc::Status LiveCredentials::Follow(grpc::ClientContext* context) {
  pb::WatchRequest request;
  request.mutable_names()->Assign(names_.begin(), names_.end());
  request.set_resume_token(token_);
  const auto stream = stub_->Watch(context, request);
  std::optional<Held> incoming;
  std::vector<pb::Change> parts;
  for (pb::WatchResponse message; stream->Read(&message);) {
    if (!message.resume_token().empty()) token_ = message.resume_token();
    switch (message.event_case()) {
      case pb::WatchResponse::kReset:
        incoming.emplace();
        parts.clear();
        break;
      case pb::WatchResponse::kItem:
        (*incoming)[message.item().name()] = std::make_shared<pb::Credential>(message.item());
        break;
      case pb::WatchResponse::kSynced:
        backoff_ = kFirstBackoff;
        if (incoming) Swap("reset", *std::exchange(incoming, std::nullopt));
        else listener_->OnChange("resumed", {});
        break;
      case pb::WatchResponse::kChange:
        parts.push_back(message.change());
        if (!message.change().more()) Swap("changed", Applied(*held_, std::exchange(parts, {})));
        break;
      default:  // a heartbeat, or an unknown event
        break;
    }
    if (message.has_freshness()) Notice(message.freshness());
  }
  return stream->Finish();
}

// Replaces the held credentials by next in one step, and reports the differences.
void LiveCredentials::Swap(const std::string& how, Held next) {
  const auto before = held_;
  const auto after = std::make_shared<const Held>(std::move(next));
  {
    std::lock_guard lock(mutex_);
    held_ = after;
  }
  std::set<std::string> names;
  for (const auto& held : {before, after})
    for (const auto& [name, _] : *held)
      if (DataOf(*before, name) != DataOf(*after, name)) names.insert(name);
  listener_->OnChange(how, names);
}

void LiveCredentials::Notice(const pb::Freshness& now) {
  if (now.state() == freshness_.state() && now.reason() == freshness_.reason()) return;
  freshness_ = now;
  listener_->OnFreshness(now);
}
