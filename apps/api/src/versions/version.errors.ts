import { ProblemError } from '../http/problem-error.js';

/** The write named a version that is not the current one. */
export class VersionMismatch extends ProblemError {
  override readonly name = 'VersionMismatch';

  /** `etag`: the current one, without quotes. */
  constructor(resource: string, etag: string) {
    super('precondition-failed', `The ${resource} was changed since the version that If-Match names.`, {
      headers: { etag: `"${etag}"` },
    });
  }
}

export class IfMatchRequired extends ProblemError {
  override readonly name = 'IfMatchRequired';

  constructor() {
    super('precondition-required', 'Send the ETag of the version you mean to change in If-Match.');
  }
}
