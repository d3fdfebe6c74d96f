// Keeps credentials of podkey at their newest, whatever happens to podkey meanwhile. Copy this file and its .cpp.
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

// Is told what happens, from the thread of Run.
class Listener {
 public:
  virtual ~Listener() = default;
  // how is "reset", "changed" or "resumed"; names are those that are different now, sorted.
  virtual void OnChange(const std::string& how, const std::set<std::string>& names) = 0;
  // podkey is sure of what it serves (FRESH), or it is not (STALE) and says why.
  virtual void OnFreshness(const podkey::v1::Freshness& freshness) = 0;
  // The stream ended, and another is tried after the delay. What is held stays.
  virtual void OnReconnect(const grpc::Status& ended, std::chrono::milliseconds delay) = 0;
};

// The newest state of some credentials, by name: podkey serves one namespace here.
class LiveCredentials {
 public:
  LiveCredentials(std::shared_ptr<grpc::Channel> channel, std::vector<std::string> names, Listener* listener);

  // The newest credential of this name, or nullptr while there is none. Any thread may ask at any time.
  std::shared_ptr<const podkey::v1::Credential> Current(const std::string& name) const;
  // How many are held.
  std::size_t Size() const;

  // Follows until Stop, then returns CANCELLED, or until podkey refuses the watch for good, and returns why.
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
  std::shared_ptr<const Held> held_ = std::make_shared<Held>();  // replaced whole, never written to

  podkey::v1::Freshness freshness_;
  std::string token_;
  std::chrono::milliseconds backoff_;
};
