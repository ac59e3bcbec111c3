import { ProblemError } from '../http/problem-error.js';
import { entityTag } from './user.js';

export class UserNotFound extends ProblemError {
  override readonly name = 'UserNotFound';

  constructor(readonly id: string) {
    super('user-not-found', `There is no user with the id ${id}.`);
  }
}

export class EmailTaken extends ProblemError {
  override readonly name = 'EmailTaken';

  constructor(options?: ErrorOptions) {
    super('email-taken', 'Another user has this e-mail address.', {
      ...options,
      errors: [{ pointer: '#/email', detail: 'Another user has this address.', code: 'taken' }],
    });
  }
}

/** The write named a version that is not the current one. */
export class VersionMismatch extends ProblemError {
  override readonly name = 'VersionMismatch';

  constructor(readonly currentVersion: number) {
    super('precondition-failed', 'The user was changed since the version that If-Match names.', {
      headers: { etag: `"${entityTag(currentVersion)}"` },
    });
  }
}

export class IfMatchRequired extends ProblemError {
  override readonly name = 'IfMatchRequired';

  constructor() {
    super('precondition-required', 'Send the ETag of the version you mean to change in If-Match.');
  }
}
