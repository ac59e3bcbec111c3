import { describe, expect, it } from 'vitest';
import { isUnavailable } from './unavailable.js';

const withCode = (code: string) => Object.assign(new Error('x'), { code });

describe(isUnavailable, () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', '57P01', '57014', '08006', '53100', '53300', '25006', '28P01', '3D000'])(
    'holds for %s',
    (code) => {
      expect(isUnavailable(withCode(code))).toBe(true);
    },
  );

  it.each(['23505', '42601', '42P01', '22003', '40001', ''])('is false for %s', (code) => {
    expect(isUnavailable(withCode(code))).toBe(false);
  });

  it('is true for errors of pg without a code and for several refused addresses', () => {
    expect(isUnavailable(new Error('timeout exceeded when trying to connect'))).toBe(true);
    expect(isUnavailable(new Error('Connection terminated unexpectedly'))).toBe(true);
    expect(isUnavailable(new AggregateError([withCode('ECONNREFUSED'), withCode('ECONNREFUSED')]))).toBe(true);
    expect(isUnavailable('a string')).toBe(false);
  });
});
