/**
 * Whether an error is an answer to the caller and no failure of the origin: it carries a status from 400 to 499, as Nest's
 * HTTP exceptions do. Such an error is thrown before anything is written, or after it was rolled back; nothing stale may hide it.
 */
export function isClientError(error: unknown): boolean {
  try {
    const status = statusOf(error);
    return typeof status === 'number' && status >= 400 && status < 500;
  } catch {
    // What an error's own code throws must not take the error's place.
    return false;
  }
}

function statusOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null) return undefined;
  const status: unknown = 'getStatus' in error && typeof error.getStatus === 'function' ? error.getStatus() : undefined;
  return status ?? ('status' in error ? error.status : undefined);
}
