/**
 * Whether an error is an answer to the caller and no failure of the origin: it carries a status from 400 to 499, as Nest's
 * HTTP exceptions do. Such an error is thrown before anything is written, or after it was rolled back; nothing stale may hide it.
 */
export function isRefusal(error: unknown): boolean {
  if (typeof error !== 'object' || error === null) return false;
  const status: unknown = 'getStatus' in error && typeof error.getStatus === 'function' ? error.getStatus() : undefined;
  const known = status ?? ('status' in error ? error.status : undefined);
  return typeof known === 'number' && known >= 400 && known < 500;
}
