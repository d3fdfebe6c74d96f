package com.example.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.google.protobuf.ByteString;
import dev.podkey.v1.Freshness;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Prints credentials of podkey: {@code get NAME KEY} one value, {@code live NAME...} every change. The lines
 * are those of test/clients/README.md, the same in every language. PODKEY_ENDPOINT is the address of podkey.
 */
public final class Main {
  public static void main(String[] arguments) throws InterruptedException {
    String endpoint = System.getenv().getOrDefault("PODKEY_ENDPOINT", "unix:///run/podkey/podkey.sock");
    List<String> words = Arrays.asList(arguments);
    try {
      if (words.size() == 3 && words.get(0).equals("get")) {
        System.out.println(shown(Get.get(endpoint, words.get(1), words.get(2))));
      } else if (words.size() > 1 && words.get(0).equals("live")) {
        follow(endpoint, words.subList(1, words.size()));
      } else {
        System.err.println("usage: app get NAME KEY | app live NAME...");
        System.exit(2);
      }
    } catch (StatusRuntimeException refused) {
      System.err.println(refused.getStatus().getDescription());
      System.out.println("refused " + refused.getStatus().getCode());
      System.exit(3);
    }
  }

  private static void follow(String endpoint, List<String> names) throws InterruptedException {
    Printer printer = new Printer();
    printer.credentials = new LiveCredentials(LiveCredentials.dial(endpoint), names, printer);
    printer.credentials.run();
  }

  private static final class Printer implements LiveCredentials.Listener {
    private LiveCredentials credentials;

    @Override
    public void onChange(String how, TreeSet<String> names) {
      for (String name : names) System.out.println(line(name));
      System.out.println(how + " " + credentials.size());
    }

    private String line(String name) {
      return credentials.current(name).map(credential -> {
        StringBuilder line = new StringBuilder("current " + name);
        new TreeMap<>(credential.getDataMap())
            .forEach((key, value) -> line.append(' ').append(key).append('=').append(shown(value)));
        return line.toString();
      }).orElse("removed " + name);
    }

    @Override
    public void onFreshness(Freshness freshness) {
      boolean isFresh = freshness.getState() == Freshness.State.STATE_FRESH;
      System.out.println(isFresh ? "fresh" : "stale " + freshness.getReason());
    }

    @Override
    public void onReconnect(Status ended, long delayMillis) {
      String cause = ended.getCause() == null ? "" : " (" + ended.getCause().getMessage() + ")";
      System.err.println(ended.getDescription() + cause + "; again in " + delayMillis + " ms");
      System.out.println("reconnecting " + ended.getCode());
    }
  }

  /** Shows short printable text, because this is a demonstration. A real program never prints a value. */
  private static String shown(ByteString value) {
    byte[] bytes = value.toByteArray();
    boolean isPrintable = value.toString(ISO_8859_1).chars().allMatch(c -> c >= 0x21 && c <= 0x7e);
    if (bytes.length <= 64 && isPrintable) return value.toString(ISO_8859_1);
    try {
      return "sha256:" + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException impossible) {
      throw new AssertionError(impossible);
    }
  }
}
