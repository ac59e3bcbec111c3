/** What is logged of an error. Its other properties stay out: drivers put rows, values and addresses into them. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** Causes can be a circle. */
const MOST_CAUSES = 5;

export function loggedError(error: unknown, causes = MOST_CAUSES): unknown {
  if (!(error instanceof Error)) return error;
  const logged: LoggedError = {
    type: error.name,
    message: error.message,
    stack: error.stack,
    ...('code' in error && { code: error.code }),
    ...(causes > 0 && error.cause instanceof Error && { cause: loggedError(error.cause, causes - 1) }),
  };
  return logged;
}
