// Holds the newest credentials of podkey, also while podkey restarts or is away. Copy this file and its .cpp.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "podkey/v1/credential_service.grpc.pb.h"

// Opens a channel to podkey: "unix:///run/podkey/podkey.sock" or "127.0.0.1:PORT".
std::shared_ptr<grpc::Channel> Dial(const std::string& endpoint);

// Receives the events, from the thread of Run.
class Listener {
 public:
  virtual ~Listener() = default;
  // how is "reset", "changed" or "resumed"; names are those whose data changed, sorted.
  virtual void OnChange(const std::string& how, const std::set<std::string>& names) = 0;
  // the data is verified (FRESH), or it is not (STALE, with the reason).
  virtual void OnFreshness(const podkey::v1::Freshness& freshness) = 0;
  // The stream ended; the next attempt follows after the delay. The held credentials stay.
  virtual void OnReconnect(const grpc::Status& ended, std::chrono::milliseconds delay) = 0;
};

// The newest state of some credentials, by name: podkey serves one namespace here.
class LiveCredentials {
 public:
  LiveCredentials(std::shared_ptr<grpc::Channel> channel, std::vector<std::string> names, Listener* listener);

  // The newest credential of this name, or nullptr if there is none. Can be called from any thread at any time.
  std::shared_ptr<const podkey::v1::Credential> Current(const std::string& name) const;
  // The number of held credentials.
  std::size_t Size() const;

  // Runs until Stop and returns CANCELLED, or until podkey refuses the watch permanently and returns the status.
  grpc::Status Run();
  // Makes Run return, from any thread.
  void Stop();

 private:
  using Held = std::map<std::string, std::shared_ptr<const podkey::v1::Credential>>;

  grpc::Status Follow(grpc::ClientContext* context);
  void Swap(const std::string& how, Held next);
  void Notice(const podkey::v1::Freshness& now);

  const std::unique_ptr<podkey::v1::CredentialService::Stub> stub_;
  const std::vector<std::string> names_;
  Listener* const listener_;

  mutable std::mutex mutex_;  // of the four below
  std::condition_variable stopping_;
  bool stopped_ = false;
  grpc::ClientContext* open_ = nullptr;
  std::shared_ptr<const Held> held_ = std::make_shared<Held>();  // replaced as a whole, never modified

  podkey::v1::Freshness freshness_;
  std::string token_;
  std::chrono::milliseconds backoff_;
};
