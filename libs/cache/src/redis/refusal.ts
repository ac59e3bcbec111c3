/** Codes of the system and of this library, which come from the connection and not from a reply. */
const OF_THE_CONNECTION = /^E(?!RR\b)|_|^UNKNOWN$/;

/**
 * Returns the first word of an error reply (`MISCONF`, `NOPERM`, `ERR`): the server answers, and refuses. `undefined` for an error
 * of the connection.
 */
export function refusalOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || 'code' in error) return undefined;
  return refusalWord(error.message);
}

/** Returns the word of an error reply in a code that describes why there is no connection. */
export function refusalWord(code: string | undefined): string | undefined {
  const [word] = /^[A-Z_]{3,}\b/.exec(code ?? '') ?? [];
  return word === undefined || OF_THE_CONNECTION.test(word) ? undefined : word;
}
