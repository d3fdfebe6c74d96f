/**
 * Order of resourceVersions. They are comparable integers per resource since Kubernetes 1.35 (KEP-5504), and with etcd also
 * before. A source without etcd may use any text; then only the order of arrival is known.
 */

/** Negative, zero or positive if `a` is older, equal or newer; undefined if the two cannot be compared. */
export function compareVersions(a: string, b: string): number | undefined {
  if (!isNumeric(a) || !isNumeric(b)) return a === b ? 0 : undefined;
  const left = trimZeros(a);
  const right = trimZeros(b);
  // By length, then by digits: exact for any size, without a BigInt for each event.
  if (left.length !== right.length) return left.length - right.length;
  return left === right ? 0 : left < right ? -1 : 1;
}

/** Whether `a` is certainly newer than `b`. */
export function isNewer(a: string, b: string): boolean {
  const order = compareVersions(a, b);
  return order !== undefined && order > 0;
}

function isNumeric(version: string): boolean {
  if (version.length === 0) return false;
  for (let at = 0; at < version.length; at += 1) {
    const code = version.charCodeAt(at);
    if (code < 48 || code > 57) return false;
  }
  return true;
}

function trimZeros(version: string): string {
  let at = 0;
  while (at < version.length - 1 && version.charCodeAt(at) === 48) at += 1;
  return at === 0 ? version : version.slice(at);
}
