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

/** Holds the newest credentials of podkey, also while podkey restarts or is away. Copy this file. */
public final class LiveCredentials {
  private static final long FIRST_BACKOFF_MILLIS = 100, MAX_BACKOFF_MILLIS = 5_000;

  /** Receives the events, from the thread of {@link #run}. */
  public interface Listener {
    /** {@code how} is "reset", "changed" or "resumed"; {@code names} are those whose data changed, sorted. */
    void onChange(String how, TreeSet<String> names);

    /** the data is verified (FRESH), or it is not (STALE, with the reason). */
    void onFreshness(Freshness freshness);

    /** The stream ended; the next attempt follows after the delay. The held credentials stay. */
    void onReconnect(Status ended, long delayMillis);
  }

  private final ManagedChannel channel;
  private final List<String> names;
  private final Listener listener;
  // By name: podkey serves one namespace here. Replaced as a whole, never modified.
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
   * call. The keepalive detects a podkey that hangs. A proxy from the environment is for other hosts.
   */
  public static ManagedChannel dial(String endpoint) {
    return Grpc.newChannelBuilder(endpoint, InsecureChannelCredentials.create())
        .keepAliveTime(30, TimeUnit.SECONDS)
        .keepAliveTimeout(10, TimeUnit.SECONDS)
        .keepAliveWithoutCalls(true)
        .proxyDetector(address -> null)
        .overrideAuthority("localhost") // grpc-java sends the path of the socket, which HTTP/2 forbids
        .build();
  }

  /** The newest credential of this name, if there is one. Can be called from any thread at any time. */
  public Optional<Credential> current(String name) { return Optional.ofNullable(held.get(name)); }

  /** The number of held credentials. */
  public int size() { return held.size(); }

  /** Runs until the thread is interrupted, or podkey refuses the watch permanently: then it throws that status. */
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
      long delayMillis = (long) (backoffMillis * (0.5 + Math.random() / 2)); // so that not all clients reconnect at the same moment
      listener.onReconnect(ended, delayMillis);
      Thread.sleep(delayMillis);
      channel.resetConnectBackoff(); // podkey is local; the channel's own backoff grows to two minutes
      backoffMillis = Math.min(2 * backoffMillis, MAX_BACKOFF_MILLIS);
    }
  }

  /** Reads one stream to its end. A reset takes effect at its synced, a change at its last part. */
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
        default -> {} // a heartbeat, or an unknown event
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

  /** Replaces the held credentials by {@code next} in one step, and reports the differences. */
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
