import { describe, expect, it } from 'vitest';
import { LocalTags } from './tag-versions.js';

describe(LocalTags.name, () => {
  it('renews a tag for its first entry, for an entry with a longer life, and every minute', () => {
    const tags = new LocalTags();
    const due = (now: number, lifeMs: number): boolean => tags.renewalDue('t', now, lifeMs);
    expect([due(0, 1_000), due(0, 1_000), due(0, 1_001), due(59_999, 1_000)]).toEqual([true, false, true, false]);
    expect([due(60_000, 1_000), due(60_000, 1_001), due(119_999, 1_001)]).toEqual([true, false, false]);
    expect(due(120_000, 500)).toBe(true);
  });

  it('renews a tag again after a failed renewal, and ignores the failure for an unknown tag', () => {
    const tags = new LocalTags();
    tags.renewalFailed('unknown');
    tags.renewalDue('t', 0, 1_000);
    tags.renewalFailed('t');
    expect(tags.renewalDue('t', 0, 1_000)).toBe(true);
  });

  it('makes the entries of a forgotten tag unusable, and those of the next version usable', () => {
    const tags = new LocalTags();
    const tag = tags.learn('t', 'v1');
    tags.forget('t');
    tags.forget('unknown');
    expect([tag.version, tags.version('t')]).toEqual([undefined, undefined]);
    expect(tags.learn('t', 'v2')).toBe(tag);
    expect(tags.version('t')).toBe('v2');
  });

  it('forgets all versions and renewals when it is cleared', () => {
    const tags = new LocalTags();
    const tag = tags.learn('t', 'v1');
    tags.renewalDue('t', 0, 1_000);
    tags.clear();
    expect([tag.version, tags.version('t')]).toEqual([undefined, undefined]);
    expect(tags.renewalDue('t', 0, 1_000)).toBe(true);
  });

  it('clears all tags instead of holding more than 100,000', () => {
    const tags = new LocalTags();
    const first = tags.learn('0', 'v');
    for (let index = 1; index < 100_000; index += 1) tags.learn(`${index}`, 'v');
    expect([first.version, tags.version('99999')]).toEqual(['v', 'v']);
    tags.learn('one more', 'v');
    expect([first.version, tags.version('99999'), tags.version('one more')]).toEqual([undefined, undefined, 'v']);
  });
});
