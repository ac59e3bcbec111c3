/** Describes the logged part of an error. Other properties are omitted: drivers put rows, values and addresses into them. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string | undefined;
  readonly code?: unknown;
  readonly cause?: unknown;
}

/** Limits the depth, because a chain of causes may be circular. */
const MOST_CAUSES = 5;

/** Returns the loggable part of an error and of at most five causes. Returns any other value unchanged. */
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
