const uniqueViolation = '23505';

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
