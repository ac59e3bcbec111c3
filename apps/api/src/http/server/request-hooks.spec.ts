import { describe, expect, it } from 'vitest';
import { requestId } from './request-hooks.js';

describe(requestId, () => {
  it.each(['12345678', 'a.b_c-D9', 'x'.repeat(128)])('keeps %s', (given) => {
    expect(requestId({ headers: { 'x-request-id': given } })).toBe(given);
  });

  it.each(['1234567', 'x'.repeat(129), '12345678\n', 'späterer', ''])('replaces %j', (given) => {
    expect(requestId({ headers: { 'x-request-id': given } })).toMatch(/^[0-9a-f-]{36}$/);
  });
});
