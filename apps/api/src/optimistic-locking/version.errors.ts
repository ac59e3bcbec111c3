import { ProblemError } from '../http/problems/problem-error.js';

/** The preconditions of the write exclude the current version. */
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
    super('precondition-required', 'Send the ETag of the version that you want to change in If-Match.');
  }
}

/** RFC 9110 §13.1.2 allows entity tags in the If-None-Match of a write. The API supports only `*`. */
export class VersionsExcluded extends ProblemError {
  override readonly name = 'VersionsExcluded';

  constructor() {
    super(
      'malformed-request',
      'The only If-None-Match of a write is "*". Name the versions that the write may change in If-Match.',
    );
  }
}
