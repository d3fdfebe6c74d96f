package dev.podkey.details;

import com.google.protobuf.Any;
import com.google.rpc.BadRequest;
import com.google.rpc.ErrorInfo;
import com.google.rpc.RetryInfo;
import com.google.rpc.Status;
import io.grpc.CallOptions;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.ClientCalls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import java.util.concurrent.TimeUnit;

/**
 * Makes one call that podkey refuses and prints the error details as StatusProto reads them, one per line. Arguments:
 * address (over TCP), method (a path), request in hexadecimal. Every client in this folder prints the same lines.
 */
public final class Details {
  public static void main(String[] args) throws Exception {
    ManagedChannel channel = NettyChannelBuilder.forTarget(args[0]).usePlaintext().build();
    MethodDescriptor<byte[], byte[]> method =
        MethodDescriptor.newBuilder(new Bytes(), new Bytes())
            .setType(MethodDescriptor.MethodType.UNARY)
            .setFullMethodName(args[1].substring(1))
            .build();
    try {
      byte[] request = HexFormat.of().parseHex(args[2]);
      CallOptions options = CallOptions.DEFAULT.withDeadlineAfter(5, TimeUnit.SECONDS);
      ClientCalls.blockingUnaryCall(channel, method, options, request);
      System.out.println("code OK");
    } catch (StatusRuntimeException refused) {
      show(refused);
    } finally {
      channel.shutdownNow().awaitTermination(5, TimeUnit.SECONDS);
    }
  }

  private static void show(StatusRuntimeException refused) throws Exception {
    System.out.println("code " + refused.getStatus().getCode());
    Status status = StatusProto.fromThrowable(refused);
    for (Any detail : status.getDetailsList()) {
      if (detail.is(ErrorInfo.class)) {
        ErrorInfo info = detail.unpack(ErrorInfo.class);
        System.out.println("info " + info.getDomain() + " " + info.getReason());
      } else if (detail.is(RetryInfo.class)) {
        var delay = detail.unpack(RetryInfo.class).getRetryDelay();
        System.out.println("retry " + (delay.getSeconds() * 1000 + delay.getNanos() / 1_000_000));
      } else if (detail.is(BadRequest.class)) {
        for (var violation : detail.unpack(BadRequest.class).getFieldViolationsList()) {
          System.out.println("field " + violation.getField());
        }
      } else {
        System.out.println("unread " + detail.getTypeUrl());
      }
    }
  }

  /** Passes bytes through: the details need no message of podkey. */
  private static final class Bytes implements MethodDescriptor.Marshaller<byte[]> {
    @Override
    public InputStream stream(byte[] value) {
      return new ByteArrayInputStream(value);
    }

    @Override
    public byte[] parse(InputStream stream) {
      try {
        return stream.readAllBytes();
      } catch (IOException error) {
        throw new UncheckedIOException(error);
      }
    }
  }

  private Details() {}
}
