import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AdminSessions, SESSION_SECONDS } from './admin-sessions.js';

const secret = 'operator-secret-0123456789';
const operator = { name: 'ops', scopes: ['read', 'values', 'invalidate'], secret } as const;

describe(AdminSessions, () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const sessions = new AdminSessions({ tokens: [operator] });

  it('has the permitted scopes of its token, in every instance with that token', () => {
    const value = sessions.create(operator, ['read', 'invalidate']);
    const found = new AdminSessions({ tokens: [operator] }).find(value);
    expect(found).toMatchObject({ name: 'ops', scopes: ['read', 'invalidate'] });
  });

  it('ends after twelve hours', () => {
    const value = sessions.create(operator, ['read']);
    vi.advanceTimersByTime(SESSION_SECONDS * 1_000 - 1_000);
    expect(sessions.find(value)).toBeDefined();
    vi.advanceTimersByTime(1_000);
    expect(sessions.find(value)).toBeUndefined();
  });

  it('ends when the secret of its token changes', () => {
    const value = sessions.create(operator, ['read']);
    const rotated = new AdminSessions({ tokens: [{ ...operator, secret: 'another-secret-0123456789' }] });
    expect(rotated.find(value)).toBeUndefined();
  });

  it.each([
    ['more scopes', (value: string) => value.replace(':read:', ':read+invalidate:')],
    ['a later end', (value: string) => value.replace(/\d{10}/, (end) => String(Number(end) + 1))],
    ['another name', (value: string) => value.replace(/^ops/, 'dev')],
    ['no signature', (value: string) => value.replace(/:[^:]*$/, '')],
    [
      'another signature of the same length',
      (value: string) => value.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')),
    ],
    ['nothing', () => ''],
  ])('is refused with %s', (_, forge) => {
    const value = sessions.create(operator, ['read']);
    expect(sessions.find(forge(value))).toBeUndefined();
  });
});
