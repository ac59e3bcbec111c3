/**
 * Whether an error is a reply to the client and no failure of the origin: it has a status from 400 to 499, as Nest's HTTP
 * exceptions do. Such an error is thrown before anything is written, or after a rollback. No stale value may replace it.
 */
export function isClientError(error: unknown): boolean {
  try {
    const status = statusOf(error);
    return typeof status === 'number' && status >= 400 && status < 500;
  } catch {
    // An exception from a getter of the error must not replace the error.
    return false;
  }
}

function statusOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  const status: unknown = 'getStatus' in error && typeof error.getStatus === 'function' ? error.getStatus() : undefined;
  return status ?? ('status' in error ? error.status : undefined);
}
