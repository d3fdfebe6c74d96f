/**
 * The limits and timeouts of the Kubernetes source, each with its unit and reason. Passed down as `deps.parameters`, so
 * that tests can shrink them. Values are client-go's where it has one.
 */

/** The defaults. */
export const KUBE_PARAMETERS = {
  /** TCP connect, in ms; a CONNECT through a proxy counts as part of it. */
  connectTimeoutMs: 10_000,
  /** TLS handshake, in ms. */
  tlsTimeoutMs: 10_000,
  /** A request that receives no byte for this long fails, in ms; for an open watch the reflector has its own limits. */
  requestSilenceMs: 10_000,
  /**
   * The same for a watch with the short timeout, and for each step of a connection that is made for it, in ms. With the longest early
   * delay of the reflector (4 s) it keeps the promise of 7 s after a fault of up to 5 s.
   */
  shortTimeoutMs: 2_500,
  /** A whole page of a list, or any other short request, in ms. */
  callTimeoutMs: 60_000,
  /** HTTP/2: silence after which a PING is sent, in ms (client-go: HTTP2_READ_IDLE_TIMEOUT_SECONDS). */
  readIdleMs: 30_000,
  /** HTTP/2: how long the PING's acknowledgement may take, in ms (client-go: HTTP2_PING_TIMEOUT_SECONDS). */
  pingTimeoutMs: 15_000,
  /** TCP keep-alive probe, in ms. It detects a dead host, not a peer that is stuck but still acknowledges. */
  tcpKeepAliveMs: 15_000,
  /** HTTP/1.1: an idle connection is not used again after this long, in ms; kube-apiserver closes at 90 s. */
  http1IdleMs: 30_000,
  /** Watches on one HTTP/2 connection; kube-apiserver allows 100 streams, and lists need some of them. */
  watchesPerConnection: 90,
  /** HTTP/2 window of a stream, in bytes; Node's 64 KiB makes a list wait for a round trip every 64 KiB. */
  streamWindowBytes: 1024 * 1024,
  /** HTTP/2 window of a connection, in bytes. */
  sessionWindowBytes: 4 * 1024 * 1024,
  /** Memory of one HTTP/2 connection, in MB; Node's default of 10 refuses streams while many large lines are buffered. */
  sessionMemoryMegabytes: 64,
  /** Longest line or list item, in bytes; a Secret has at most 1.4 MB on the wire. */
  maxLineBytes: 8 * 1024 * 1024,
  /** How much of an error response is read, in bytes. */
  maxErrorBodyBytes: 64 * 1024,
  /** Bearer tokens are read again after this long, in ms; the kubelet renews them at 80 % of their life. */
  tokenMaxAgeMs: 60_000,
  /** CA bundles and client certificates are read again after this long, in ms (client-go 1.36: ClientsAllowCARotation). */
  tlsMaterialMaxAgeMs: 300_000,
  /** A scope receives at most one contact in this time, in ms. */
  contactIntervalMs: 1_000,
} as const;

/** The defaults, or other values in tests. */
export type KubeParameters = { readonly [name in keyof typeof KUBE_PARAMETERS]: number };
