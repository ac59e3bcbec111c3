/** What is answered from a cache, and fills it. */
const READING: ReadonlySet<string> = new Set(['GET', 'HEAD']);
/** What asks for no change (RFC 9110 §9.2.1, RFC 5323 §2, RFC 9110 §16.1.1). */
const SAFE: ReadonlySet<string> = new Set([...READING, 'OPTIONS', 'TRACE', 'PROPFIND', 'SEARCH', 'QUERY']);

export function isReading(method: string): boolean {
  return READING.has(method);
}

export function isSafe(method: string): boolean {
  return SAFE.has(method);
}
