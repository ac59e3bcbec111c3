import { ProblemError } from '../http/problems/problem-error.js';

export class UserNotFound extends ProblemError {
  override readonly name = 'UserNotFound';

  /** `id`: absent when the request named an e-mail address, which no answer repeats. */
  constructor(id?: string) {
    super('user-not-found', `There is no user with ${id === undefined ? 'this e-mail address' : `the id ${id}`}.`);
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
    super('too-many-ids', `Send at most ${most} ids in one request.`, {
      errors: [{ pointer: '#/ids', detail: `There are ${count} ids.`, code: 'too-many-ids' }],
    });
  }
}

/** Another write changed the address of the user after this write read it: the service reads it again and retries. */
export class EmailChanged extends Error {
  override readonly name = 'EmailChanged';
  /** A client error tells the cache that nothing was written. */
  readonly status = 409;

  constructor() {
    super('Another write has changed the address of the user.');
  }
}
