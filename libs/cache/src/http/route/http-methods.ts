/** Methods that are answered from a cache and fill it. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** Safe methods (RFC 9110 §9.2.1, RFC 5323 §2, RFC 9110 §16.1.1). */
const SAFE: ReadonlySet<string> = new Set([...READING, 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'QUERY']);

/** Returns whether a cache may answer the method. */
export function isReading(method: string): boolean {
  return READING.has(method);
}

/** Returns whether the method is safe: it requests no change, so its answer reports no invalidation. */
export function isSafe(method: string): boolean {
  return SAFE.has(method);
}
