package com.example.app;

import dev.podkey.v1.Change;
import dev.podkey.v1.Credential;
import dev.podkey.v1.CredentialServiceGrpc;
import dev.podkey.v1.Freshness;
import dev.podkey.v1.WatchRequest;
import dev.podkey.v1.WatchResponse;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/** Keeps credentials of podkey at their newest, whatever happens to podkey meanwhile. Copy this file. */
public final class LiveCredentials {
  private static final long FIRST_BACKOFF_MILLIS = 100, MAX_BACKOFF_MILLIS = 5_000;

  /** Is told what happens, from the thread of {@link #run}. */
  public interface Listener {
    /** {@code how} is "reset", "changed" or "resumed"; {@code names} are those that are different now, sorted. */
    void onChange(String how, TreeSet<String> names);

    /** podkey is sure of what it serves (FRESH), or it is not (STALE) and says why. */
    void onFreshness(Freshness freshness);

    /** The stream ended, and another is tried after the delay. What is held stays. */
    void onReconnect(Status ended, long delayMillis);
  }

  private final ManagedChannel channel;
  private final List<String> names;
  private final Listener listener;
  // By name: podkey serves one namespace here. Replaced whole, never written to.
  private volatile Map<String, Credential> held = Map.of();
  private Freshness freshness = Freshness.getDefaultInstance();
  private String token = "";
  private long backoffMillis = FIRST_BACKOFF_MILLIS;

  public LiveCredentials(ManagedChannel channel, List<String> names, Listener listener) {
    this.channel = channel;
    this.names = List.copyOf(names);
    this.listener = listener;
  }

  /**
   * Opens a channel to podkey: "unix:///run/podkey/podkey.sock" or "127.0.0.1:PORT". Nothing is connected before the first
   * call. The keepalive finds a podkey that hangs; a proxy that the environment names is for other hosts.
   */
  public static ManagedChannel dial(String endpoint) {
    return Grpc.newChannelBuilder(endpoint, InsecureChannelCredentials.create())
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .proxyDetector(address -> null)
        .overrideAuthority("localhost") // grpc-java would send the path of the socket, which HTTP/2 forbids
        .build();
  }

  /** The newest credential of this name, if there is one. Any thread may ask at any time. */
  public Optional<Credential> current(String name) { return Optional.ofNullable(held.get(name)); }

  /** How many are held. */
  public int size() { return held.size(); }

  /** Follows until the thread is interrupted, or podkey refuses the watch for good: then it throws that status. */
  public void run() throws InterruptedException {
    while (true) {
      Status ended = Status.OK;
      try {
        follow();
      } catch (StatusRuntimeException error) {
        switch (error.getStatus().getCode()) {
          case INVALID_ARGUMENT, UNAUTHENTICATED, PERMISSION_DENIED, UNIMPLEMENTED -> throw error;
          default -> ended = error.getStatus();
        }
      }
      if (Thread.interrupted()) throw new InterruptedException();
      long delayMillis = (long) (backoffMillis * (0.5 + Math.random() / 2)); // not all clients of a restarted podkey at once
      listener.onReconnect(ended, delayMillis);
      Thread.sleep(delayMillis);
      channel.resetConnectBackoff(); // podkey is next door: the channel's own backoff grows to two minutes
      backoffMillis = Math.min(2 * backoffMillis, MAX_BACKOFF_MILLIS);
    }
  }

  /** Reads one stream to its end. A reset counts at its synced and a change at its last part, never before. */
  private void follow() {
    WatchRequest request = WatchRequest.newBuilder().addAllNames(names).setResumeToken(token).build();
    var stream = CredentialServiceGrpc.newBlockingStub(channel).watch(request);
    Map<String, Credential> incoming = null;
    List<Change> parts = new ArrayList<>();
    while (stream.hasNext()) {
      WatchResponse message = stream.next();
      if (!message.getResumeToken().isEmpty()) token = message.getResumeToken();
      switch (message.getEventCase()) {
        case RESET -> { incoming = new HashMap<>(); parts.clear(); }
        case ITEM -> incoming.put(message.getItem().getName(), message.getItem());
        case SYNCED -> {
          backoffMillis = FIRST_BACKOFF_MILLIS;
          if (incoming == null) listener.onChange("resumed", new TreeSet<>());
          else swap("reset", incoming);
          incoming = null;
        }
        case CHANGE -> {
          parts.add(message.getChange());
          if (!message.getChange().getMore()) {
            swap("changed", applied(held, parts));
            parts.clear();
          }
        }
        default -> {} // a heartbeat, or an event that this program does not know
      }
      if (message.hasFreshness()) notice(message.getFreshness());
    }
  }

  private static Map<String, Credential> applied(Map<String, Credential> held, List<Change> parts) {
    Map<String, Credential> next = new HashMap<>(held);
    for (Change part : parts) {
      part.getRemovedList().forEach(removed -> next.remove(removed.getName()));
      part.getChangedList().forEach(changed -> next.put(changed.getName(), changed));
    }
    return next;
  }

  /** Makes {@code next} what is held, in one step, and tells what differs. */
  private void swap(String how, Map<String, Credential> next) {
    Map<String, Credential> before = held;
    held = next;
    TreeSet<String> differing = new TreeSet<>(before.keySet());
    differing.addAll(next.keySet());
    differing.removeIf(name -> before.containsKey(name) && next.containsKey(name)
        && before.get(name).getDataMap().equals(next.get(name).getDataMap()));
    listener.onChange(how, differing);
  }

  private void notice(Freshness now) {
    if (now.getState() == freshness.getState() && now.getReason().equals(freshness.getReason())) return;
    freshness = now;
    listener.onFreshness(now);
  }
}
