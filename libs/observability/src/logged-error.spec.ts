import { describe, expect, it } from 'vitest';
import { loggedError } from './logged-error.js';

describe(loggedError, () => {
  it('keeps type, message, stack and code, and omits properties that a driver added', () => {
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

  it('keeps the cause, shortened in the same way', () => {
    const cause = Object.assign(new Error('connect failed'), { code: 'ECONNREFUSED', address: '10.0.0.1' });
    expect(loggedError(new Error('no database', { cause }))).toMatchObject({
      message: 'no database',
      cause: { type: 'Error', message: 'connect failed', stack: cause.stack, code: 'ECONNREFUSED' },
    });
    expect(loggedError(new Error('no database', { cause }))).not.toHaveProperty('cause.address');
  });

  it('omits a cause that is not an error', () => {
    const cause = { password: 's3cret' };
    expect(loggedError(new Error('no database', { cause }))).not.toHaveProperty('cause');
  });

  it('reports the name of the error, not of its class', () => {
    expect(loggedError(Object.assign(new Error('stopped'), { name: 'AbortError' }))).toMatchObject({
      type: 'AbortError',
    });
  });

  it('keeps at most five causes of a circular chain', () => {
    const [first, second] = [new Error('first'), new Error('second')];
    first.cause = second;
    second.cause = first;
    const logged = JSON.stringify(loggedError(first));
    expect(logged.match(/"message":"\w+"/g)).toEqual(
      Array.from({ length: 3 }, () => ['"message":"first"', '"message":"second"']).flat(),
    );
  });

  it('returns a value that is not an error unchanged', () => {
    expect(loggedError('text')).toBe('text');
  });
});
