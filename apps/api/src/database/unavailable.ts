import { ProblemError } from '../http/problems/problem-error.js';
import { codeOf } from './sql-state.js';

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
 * SQLSTATEs of a database that is temporarily unavailable: connection exceptions (08), exhausted resources such as connections and
 * the disk (53), errors of its machine (58), a server that is read-only (a former primary), that shuts down or starts, a role without
 * its permissions (28, 42501), a statement, a lock or a transaction that timed out, and a commit with an unknown result (40003).
 */
const sqlStates = /^(08...|25006|25P0[34]|28...|3D000|40003|42501|53...|55P03|57014|57P0[1-5]|58...)$/;

/** Messages of pg for errors without a code. */
const messages =
  /timeout exceeded when trying to connect|Connection terminated|Query read timeout|Client (has encountered a connection error|was closed)/;

/** The database is down. The same request may succeed later. */
export class DatabaseUnavailable extends ProblemError {
  override readonly name = 'DatabaseUnavailable';

  constructor(options?: ErrorOptions) {
    super('origin-unavailable', 'The database does not answer.', { ...options, headers: { 'retry-after': '5' } });
  }
}

/** Returns whether the error of the driver means that the database is down, and not that the statement is wrong. */
export function isUnavailable(error: unknown): boolean {
  // Node throws an AggregateError when every address of a host refuses the connection.
  if (error instanceof AggregateError) return error.errors.some(isUnavailable);
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return socketCodes.has(code) || sqlStates.test(code) || messages.test(error.message);
}
