package com.example.app;

import com.google.protobuf.ByteString;
import dev.podkey.v1.CredentialServiceGrpc;
import dev.podkey.v1.GetRequest;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import java.util.concurrent.TimeUnit;

/** The minimal client: dial, one call, one value. */
final class Get {
  private Get() {}

  static ByteString get(String endpoint, String name, String key) {
    ManagedChannel channel = Grpc.newChannelBuilder(endpoint, InsecureChannelCredentials.create())
        .proxyDetector(address -> null) // a proxy from the environment is for other hosts
        .overrideAuthority("localhost") // over a Unix socket grpc-java sends the path, which HTTP/2 forbids
        .build();
    try {
      GetRequest request = GetRequest.newBuilder().setName(name).addKeys(key).build();
      return CredentialServiceGrpc.newBlockingStub(channel)
          .withDeadlineAfter(5, TimeUnit.SECONDS)
          .get(request)
          .getCredential()
          .getDataOrThrow(key);
    } finally {
      channel.shutdownNow();
    }
  }
}
