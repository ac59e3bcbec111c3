import { RedisTimeoutError } from '@nuthatch/redis';
import { describe, expect, it } from 'vitest';
import { refusalOf, refusalWord } from './refusal.js';

describe(refusalOf, () => {
  it.each([
    ['MISCONF Redis is configured to save RDB snapshots', 'MISCONF'],
    ['NOPERM this user has no permissions', 'NOPERM'],
    ["ERR unknown command 'EVALSHA'", 'ERR'],
    ['Socket closed unexpectedly', undefined],
  ])('returns the first word of the reply "%s": %s', (message, word) => {
    expect(refusalOf(new Error(message))).toBe(word);
  });

  it('returns nothing for errors of the connection and for other values', () => {
    const refused = Object.assign(new Error('ECONNREFUSED'), { code: 'ECONNREFUSED' });
    for (const error of [new RedisTimeoutError(100), refused, 'READONLY']) expect(refusalOf(error)).toBeUndefined();
  });
});

describe(refusalWord, () => {
  it.each([
    ['READONLY', 'READONLY'],
    ['ERR invalid password', 'ERR'],
    ['ECONNREFUSED', undefined],
    ['REDIS_TIMEOUT', undefined],
    ['CONNECTION_CLOSED', undefined],
    [undefined, undefined],
  ])('returns for the code %s: %s', (code, word) => {
    expect(refusalWord(code)).toBe(word);
  });
});
