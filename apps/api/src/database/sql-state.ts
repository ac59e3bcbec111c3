const uniqueViolation = '23505';
const deadlockDetected = '40P01';

/** Whether the database refused a row because of this unique constraint. Both drivers tell in the same words. */
export function violates(error: unknown, constraint: string): boolean {
  return (
    error instanceof Error &&
    'code' in error &&
    error.code === uniqueViolation &&
    'constraint' in error &&
    error.constraint === constraint
  );
}

/** Whether the database ended a statement so that another one, which waited for it, could go on. Nothing of it was done. */
export function brokeDeadlock(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === deadlockDetected;
}
