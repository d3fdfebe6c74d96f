/**
 * The longest path of a Unix socket, checked by the configuration, the listener and the client. A longer one is refused
 * with a sentence: Node before 24 cuts it silently and connects to another file.
 */

/** Bytes of a path: `sun_path` has 108, and clients in other languages need the closing NUL (unix(7)). */
export const SOCKET_PATH_LIMIT_BYTES = 107;
