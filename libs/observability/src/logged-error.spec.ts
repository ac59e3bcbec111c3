import { describe, expect, it } from 'vitest';
import { loggedError } from './logged-error.js';

describe(loggedError, () => {
  it('keeps type, message, stack and code, and nothing that a driver added', () => {
    const error = Object.assign(new TypeError('duplicate key'), {
      code: '23505',
      detail: 'Key (name)=(Ada)',
      parameters: ['Ada'],
    });
    expect(loggedError(error)).toEqual({
      type: 'TypeError',
      message: 'duplicate key',
      stack: error.stack,
      code: '23505',
    });
  });

  it('keeps the cause, treated the same way', () => {
    const cause = Object.assign(new Error('refused'), { code: 'ECONNREFUSED', address: '10.0.0.1' });
    expect(loggedError(new Error('away', { cause }))).toMatchObject({
      message: 'away',
      cause: { type: 'Error', message: 'refused', stack: cause.stack, code: 'ECONNREFUSED' },
    });
    expect(loggedError(new Error('away', { cause }))).not.toHaveProperty('cause.address');
  });

  it('ends, also where causes are a circle', () => {
    const [first, second] = [new Error('first'), new Error('second')];
    first.cause = second;
    second.cause = first;
    const logged = JSON.stringify(loggedError(first));
    expect(logged.match(/"message":"\w+"/g)).toEqual(
      Array.from({ length: 3 }, () => ['"message":"first"', '"message":"second"']).flat(),
    );
  });

  it('leaves what is not an error as it is', () => {
    expect(loggedError('text')).toBe('text');
  });
});
