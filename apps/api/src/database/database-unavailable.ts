import { ProblemError } from '../http/problems/problem-error.js';

/** Errors of the socket below the connection. */
const socketCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
]);

/**
 * SQLSTATEs that say "not now" and nothing about the statement: connection exceptions (08), too many connections, a full disk and
 * other resources that are used up (53), a server that only reads, as a former primary does, shutting down, starting up, a
 * statement that ran out of time.
 */
const sqlStates = /^(08...|25006|53...|57P0[1-5]|57014|28...|3D000)$/;

/** What pg says without a code. */
const messages =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client has encountered a connection error/;

/** The database cannot be asked now. The same request may succeed later. */
export class DatabaseUnavailable extends ProblemError {
  override readonly name = 'DatabaseUnavailable';

  constructor(options?: ErrorOptions) {
    super('origin-unavailable', 'The database does not answer.', { ...options, headers: { 'retry-after': '5' } });
  }
}

/** Tells a database that is away from a statement that is wrong, by the error of the driver. */
export function isUnavailable(error: unknown): boolean {
  // Several addresses of one name, each refused.
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return socketCodes.has(code) || sqlStates.test(code) || messages.test(error.message);
}
