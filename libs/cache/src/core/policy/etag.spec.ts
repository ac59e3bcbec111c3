import { describe, expect, it, vi } from 'vitest';
import { isOpaqueTag, opaqueTagOf, weakEtag } from './etag.js';

describe(isOpaqueTag.name, () => {
  it.each(['', '!', '#', '~', '\x80', '\xff', 'v1-2'])('accepts %j', (tag) => {
    expect(isOpaqueTag(tag)).toBe(true);
  });

  it.each(['"', ' ', 'a b', '\n', '\x7f', '\u0100', 'ok"', undefined, 1])('rejects %j', (tag) => {
    expect(isOpaqueTag(tag)).toBe(false);
  });
});

describe(opaqueTagOf.name, () => {
  it('returns no tag for a policy without one, and does not warn', () => {
    const warn = vi.fn();
    expect(opaqueTagOf({}, 1, warn)).toBeUndefined();
    expect(warn).not.toHaveBeenCalled();
  });

  it('returns the tag of the policy, and warns instead of returning an invalid one', () => {
    const warn = vi.fn();
    expect(opaqueTagOf({ etag: (value: number) => `v${value}` }, 1, warn)).toBe('v1');
    expect(warn).not.toHaveBeenCalled();
    expect(opaqueTagOf({ etag: () => 'a "quote"' }, 1, warn)).toBeUndefined();
    expect(warn).toHaveBeenCalledOnce();
  });
});

describe(weakEtag.name, () => {
  it('returns a quoted weak tag of 22 characters that depends on the text only', () => {
    expect(weakEtag('{"n":1}')).toMatch(/^W\/"[\w-]{22}"$/);
    expect(weakEtag('{"n":1}')).toBe(weakEtag('{"n":1}'));
    expect(weakEtag('{"n":1}')).not.toBe(weakEtag('{"n":2}'));
  });
});
