// Original file: proto/podkey/v1/credential_service.proto


/**
 * A message with the current freshness. Sent after one interval without a message that carries freshness, and immediately
 * when FRESH changes to STALE or back (at most once per second). Before the first sync a stream sends heartbeats only.
 */
export interface Heartbeat {
}

/**
 * A message with the current freshness. Sent after one interval without a message that carries freshness, and immediately
 * when FRESH changes to STALE or back (at most once per second). Before the first sync a stream sends heartbeats only.
 */
export interface Heartbeat__Output {
}
