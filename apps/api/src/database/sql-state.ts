const uniqueViolation = '23505';

/**
 * The connection keeps a state of the server that may have changed: read-only (25006), the role and its permissions (28, 42501), the
 * process of the server (08, 57P). Only a new connection has the present state.
 */
const outdated = /^(08...|25006|28...|42501|57P0[1-5])$/;

/** Class 40 means that the server rolled the work back, except for 40003: it does not know whether it did. */
const rolledBack = /^40(?!003)...$/;

/** Returns the SQLSTATE of an error of either driver, or the code of the socket, or an empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
}

/** Returns whether the database refused a row because of this unique constraint. Both drivers have these members. */
export function violates(error: unknown, constraint: string): boolean {
  return (
    error instanceof Error &&
    codeOf(error) === uniqueViolation &&
    'constraint' in error &&
    error.constraint === constraint
  );
}

/** Returns whether the database rolled the work back because of concurrent transactions, so that it may run again. */
export function wasRolledBack(error: unknown): boolean {
  return rolledBack.test(codeOf(error));
}

/** Returns whether a new connection may succeed where this one failed. */
export function outdatesConnections(error: unknown): boolean {
  return outdated.test(codeOf(error));
}
