/**
 * Returns whether an error is an answer to the caller and no failure of the origin: its status is 400 to 499, as in Nest's HTTP
 * exceptions. Such an error is thrown before anything is written or after it was rolled back, and no stale value may hide it.
 */
export function isClientError(error: unknown): boolean {
  const status = statusOf(error);
  return status !== undefined && status >= 400 && status < 500;
}

/** Describes the resource or the origin, and so concerns every requester. */
const SHARED_CLIENT_ERRORS: readonly (number | undefined)[] = [404, 408, 409, 410, 423, 425, 429];

/** Returns whether an error refuses its own request only, as a 401, a 403 or a 400 does. */
export function isRefusal(error: unknown): boolean {
  return isClientError(error) && !SHARED_CLIENT_ERRORS.includes(statusOf(error));
}

function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  try {
    const status: unknown =
      'getStatus' in error && typeof error.getStatus === 'function' ? error.getStatus() : undefined;
    const declared = status ?? ('status' in error ? error.status : undefined);
    return typeof declared === 'number' ? declared : undefined;
  } catch {
    // An exception from the error's own code must not replace the error.
    return undefined;
  }
}
