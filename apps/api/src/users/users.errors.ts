import { ProblemError } from '../http/problems/problem-error.js';

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

export class TooManyIds extends ProblemError {
  override readonly name = 'TooManyIds';

  constructor(count: number, most: number) {
    super('too-many-ids', `Ask for ${most} users at once at most.`, {
      errors: [{ pointer: '#/ids', detail: `There are ${count} ids.`, code: 'too-many-ids' }],
    });
  }
}

/** The write expected its user to have an address that another write has changed meanwhile: it is tried again. */
export class EmailChanged extends Error {
  override readonly name = 'EmailChanged';
  /** By which the cache knows that nothing was written. */
  readonly status = 409;
}
