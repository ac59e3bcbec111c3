import { problems, type ProblemCode } from './problem.js';

/** One thing wrong with a request. `pointer` is an RFC 6901 pointer as a URI fragment, such as `#/email`. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
  readonly code: string;
}

export interface ProblemOptions extends ErrorOptions {
  readonly errors?: readonly Fault[];
  /** Headers that belong to the answer, such as `Allow` to a 405. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error that a client may see: `detail` is sent as it is, `cause` never.
 * Modules extend it for errors of their own; the status follows from the code.
 */
export class ProblemError extends Error {
  override readonly name: string = 'ProblemError';
  readonly errors: readonly Fault[] | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    options: ProblemOptions = {},
  ) {
    super(detail, options);
    this.errors = options.errors;
    this.headers = options.headers ?? {};
  }

  get status(): number {
    return problems[this.code].status;
  }
}

/** Where one problem happened. */
export interface Occurrence {
  /** Without the query, which may hold what must not be repeated. Absent when the request could not be read. */
  readonly path?: string;
  readonly requestId: string;
}

/** The body of a problem (RFC 9457 §3), the same wherever in the stack the request failed. */
export function problemBody(problem: ProblemError, { path, requestId }: Occurrence): string {
  const { code, status, detail, errors } = problem;
  const type = `/problems/${code}`;
  // A reference that begins with two slashes names another host (RFC 3986 §4.2).
  const instance = path?.startsWith('//') ? `/.${path}` : path;
  return JSON.stringify({ type, title: problems[code].title, status, detail, instance, code, requestId, errors });
}
