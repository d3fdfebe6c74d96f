#include "get.h"

#include <chrono>

#include "podkey/v1/credential_service.grpc.pb.h"

grpc::Status Get(const std::string& endpoint, const std::string& name, const std::string& key, std::string* value) {
  grpc::ChannelArguments options;
  options.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);  // a proxy from the environment is for other hosts
  auto stub = podkey::v1::CredentialService::NewStub(
      grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(), options));
  podkey::v1::GetRequest request;
  request.set_name(name);
  request.add_keys(key);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(5));
  podkey::v1::GetResponse response;
  grpc::Status status = stub->Get(&context, request, &response);
  if (status.ok()) *value = response.credential().data().at(key);
  return status;
}
