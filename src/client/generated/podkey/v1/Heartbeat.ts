// Original file: proto/podkey/v1/credential_service.proto


/**
 * A sign of life with the current freshness: after one interval without a message that carries freshness, and at once
 * when FRESH turns to STALE or back (at most once a second). Before the first sync it is all that a stream sends.
 */
export interface Heartbeat {
}

/**
 * A sign of life with the current freshness: after one interval without a message that carries freshness, and at once
 * when FRESH turns to STALE or back (at most once a second). Before the first sync it is all that a stream sends.
 */
export interface Heartbeat__Output {
}
