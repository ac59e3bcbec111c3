import { describe, expect, it } from 'vitest';
import { isUnavailable } from './unavailable.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe(isUnavailable, () => {
  const down =
    'ECONNREFUSED ENOTFOUND 08006 25006 25P03 28P01 3D000 40003 42501 53100 53300 55P03 57014 57P01 58030'.split(' ');
  it.each(down)('holds for %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(true);
  });

  it.each(['23505', '42601', '42P01', '22003', '40001', ''])('is false for %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(false);
  });

  it('is true for errors of pg without a code and for several refused addresses', () => {
    expect(isUnavailable(new Error('timeout exceeded when trying to connect'))).toBe(true);
    expect(isUnavailable(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isUnavailable(new Error('Client was closed and is not queryable'))).toBe(true);
    expect(isUnavailable(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]))).toBe(true);
    expect(isUnavailable('a string')).toBe(false);
  });
});
