import { ProblemError } from '../http/problems/problem-error.js';

/** The write named a version that is not the current one. */
export class VersionMismatch extends ProblemError {
  override readonly name = 'VersionMismatch';

  /** `etag`: the current one, without quotes. */
  constructor(resource: string, etag: string) {
    super('precondition-failed', `The ${resource} has a version that If-Match or If-None-Match does not allow.`, {
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

/** RFC 9110 §13.1.2 wants a write refused that finds one of these versions; we only refuse one that finds any. */
export class VersionsExcluded extends ProblemError {
  override readonly name = 'VersionsExcluded';

  constructor() {
    super('malformed-request', 'If-None-Match of a write is "*". Name the versions that may be changed in If-Match.');
  }
}
