const uniqueViolation = '23505';
const deadlockDetected = '40P01';

/** Returns whether the database refused a row because of this unique constraint. Both drivers have these members. */
export function violates(error: unknown, constraint: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === uniqueViolation &&
    'constraint' in error &&
    error.constraint === constraint
  );
}

/** Returns whether the database rolled back a statement to break a deadlock. */
export function brokeDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === deadlockDetected;
}
