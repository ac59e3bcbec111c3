import { describe, expect, it } from 'vitest';
import { errorCode } from './error-code.js';

class SocketClosedUnexpectedlyError extends Error {}
class ConnectionTimeoutError extends Error {}
class SocketTimeoutError extends Error {}

describe(errorCode.name, () => {
  it('returns the code of the system', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), { code: 'ECONNREFUSED' });
    expect(errorCode(refused)).toBe('ECONNREFUSED');
  });

  it.each([
    ['WRONGPASS invalid username-password pair or user is disabled.', 'WRONGPASS'],
    ['NOAUTH Authentication required.', 'NOAUTH'],
    ["READONLY You can't write against a read only replica.", 'READONLY'],
    ['ERR max number of clients reached', 'ERR max number of clients reached'],
    ['ERR unknown command `HELLO`, with args beginning with: `3` `AUTH` `nuthatch` `secret`', 'ERR unknown command'],
  ])('shortens the error reply "%s" to %s', (message, code) => {
    expect(errorCode(new Error(message))).toBe(code);
  });

  it.each([
    [new SocketClosedUnexpectedlyError('Socket closed unexpectedly'), 'CONNECTION_CLOSED'],
    [new ConnectionTimeoutError('Connection timeout'), 'CONNECT_TIMEOUT'],
    [new SocketTimeoutError('Socket timeout'), 'REDIS_TIMEOUT'],
  ])('replaces the class name of the driver in %s by %s', (error, code) => {
    expect(errorCode(error)).toBe(code);
  });

  it.each([
    [new Error('no reply at all')],
    [new Error('the word WRONGPASS inside of a message')],
    [{ code: 7 }],
    [undefined],
  ])('returns UNKNOWN for %s', (error) => {
    expect(errorCode(error)).toBe('UNKNOWN');
  });
});
