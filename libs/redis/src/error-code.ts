/** Our codes for the driver's errors that have none, by the name of their class. */
const CODES: Readonly<Record<string, string>> = {
  ConnectionTimeoutError: 'CONNECT_TIMEOUT',
  SocketClosedUnexpectedlyError: 'CONNECTION_CLOSED',
  SocketTimeoutError: 'REDIS_TIMEOUT',
};

/**
 * Returns a code for an error: the `code` of the system (`ECONNREFUSED`), the first word of an error reply (`WRONGPASS`), or a
 * code of this library.
 *
 * Of a reply that begins with `ERR`, the code contains the next words too, up to the first character that is neither a letter, a
 * digit nor a space. Such a reply may quote its command, and the command a password.
 */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'UNKNOWN';
  if ('code' in error && typeof error.code === 'string') return error.code;
  const known = CODES[error.constructor.name];
  if (known !== undefined) return known;
  return /^(?:ERR [\w ]*\w|[A-Z]+\b)/.exec(error.message)?.[0] ?? 'UNKNOWN';
}
