/**
 * The authority of a TCP call must be a loopback name: a web page that was rebound to 127.0.0.1 (DNS rebinding) still
 * sends its own name. On a Unix socket the authority means nothing and is not looked at.
 */
const LOOPBACK = /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])(:\d{1,5})?$/i;

/** Whether `:authority` is localhost, 127.0.0.0/8 or [::1], with any port. */
export function isLoopbackAuthority(authority: string): boolean {
  return LOOPBACK.test(authority);
}
