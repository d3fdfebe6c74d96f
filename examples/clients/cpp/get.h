#pragma once

#include <grpcpp/grpcpp.h>

#include <string>

// The minimal client: dial, one call, one value.
grpc::Status Get(const std::string& endpoint, const std::string& name, const std::string& key, std::string* value);
