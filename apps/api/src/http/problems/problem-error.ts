import { problems, type ProblemCode } from './problem-types.js';

/** One fault of a request. `pointer` is an RFC 6901 pointer as a URI fragment, such as `#/email`. */
export interface Fault {
  readonly pointer: string;
  readonly detail: string;
  readonly code: string;
}

export interface ProblemOptions extends ErrorOptions {
  readonly errors?: readonly Fault[];
  /** Headers of the answer, such as `Allow` of a 405. */
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error that is sent to the client. The answer has `detail`, and never `cause`.
 * The code determines the status. Extend it for the errors of a module.
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

/** The request that a problem belongs to. */
export interface Occurrence {
  /** Without the query, which may have personal data. Absent if the request was unreadable. */
  readonly path?: string;
  readonly requestId: string;
  /** Precedes the paths in the body. */
  readonly publicPath: string;
}

/** Returns the body of a problem (RFC 9457 §3). */
export function problemBody(problem: ProblemError, { path, requestId, publicPath }: Occurrence): string {
  const { code, status, detail, errors } = problem;
  const type = `${publicPath}/problems/${code}`;
  // A reference that begins with two slashes names another host (RFC 3986 §4.2).
  const instance = path === undefined ? undefined : `${publicPath}${path}`.replace(/^(?=\/\/)/, '/.');
  return JSON.stringify({ type, title: problems[code].title, status, detail, instance, code, requestId, errors });
}
