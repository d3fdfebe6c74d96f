// Prints credentials of podkey: `app get NAME KEY` one value, `app live NAME...` every change. The lines are
// those of test/clients/README.md, the same in every language. PODKEY_ENDPOINT is the address of podkey.
#include <openssl/sha.h>

#include <algorithm>
#include <cstdlib>
#include <iomanip>
#include <iostream>
#include <map>
#include <sstream>

#include "get.h"
#include "live_credentials.h"

namespace {

constexpr const char* kCodes[] = {
    "OK",        "CANCELLED",           "UNKNOWN",        "INVALID_ARGUMENT",  "DEADLINE_EXCEEDED",   "NOT_FOUND",
    "ALREADY_EXISTS", "PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
    "UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED"};

// Shows short printable text, because this is a demonstration. A real program never prints a value.
std::string Shown(const std::string& value) {
  const auto is_printable = [](unsigned char byte) { return byte >= 0x21 && byte <= 0x7e; };
  if (value.size() <= 64 && std::all_of(value.begin(), value.end(), is_printable)) return value;
  unsigned char digest[SHA256_DIGEST_LENGTH];
  SHA256(reinterpret_cast<const unsigned char*>(value.data()), value.size(), digest);
  std::ostringstream shown;
  shown << "sha256:" << std::hex << std::setfill('0');
  for (const unsigned char byte : digest) shown << std::setw(2) << static_cast<int>(byte);
  return shown.str();
}

class Printer : public Listener {
 public:
  LiveCredentials* credentials = nullptr;

  void OnChange(const std::string& how, const std::set<std::string>& names) override {
    for (const auto& name : names) {
      const auto credential = credentials->Current(name);
      std::cout << (credential ? "current " : "removed ") << name;
      if (credential)
        for (const auto& [key, value] : std::map(credential->data().begin(), credential->data().end()))
          std::cout << ' ' << key << '=' << Shown(value);
      std::cout << '\n';
    }
    std::cout << how << ' ' << credentials->Size() << std::endl;
  }

  void OnFreshness(const podkey::v1::Freshness& freshness) override {
    if (freshness.state() == podkey::v1::Freshness::STATE_FRESH) std::cout << "fresh" << std::endl;
    else std::cout << "stale " << freshness.reason() << std::endl;
  }

  void OnReconnect(const grpc::Status& ended, std::chrono::milliseconds delay) override {
    std::cerr << ended.error_message() << "; again in " << delay.count() << " ms\n";
    std::cout << "reconnecting " << kCodes[ended.error_code()] << std::endl;
  }
};

int Refused(const grpc::Status& status) {
  std::cerr << status.error_message() << '\n';
  std::cout << "refused " << kCodes[status.error_code()] << std::endl;
  return 3;
}

}  // namespace

int main(int argc, char** argv) {
  const char* set = std::getenv("PODKEY_ENDPOINT");
  const std::string endpoint = set ? set : "unix:///run/podkey/podkey.sock";
  const std::vector<std::string> words(argv + 1, argv + argc);
  if (words.size() == 3 && words[0] == "get") {
    std::string value;
    const grpc::Status status = Get(endpoint, words[1], words[2], &value);
    if (!status.ok()) return Refused(status);
    std::cout << Shown(value) << '\n';
    return 0;
  }
  if (words.size() > 1 && words[0] == "live") {
    Printer printer;
    LiveCredentials credentials(Dial(endpoint), {words.begin() + 1, words.end()}, &printer);
    printer.credentials = &credentials;
    return Refused(credentials.Run());
  }
  std::cerr << "usage: app get NAME KEY | app live NAME...\n";
  return 2;
}
