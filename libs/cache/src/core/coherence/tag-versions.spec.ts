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

  it('has a version until it may no longer be used, and for longer when it is read again', () => {
    const tags = new LocalTags();
    tags.learn('t', 'v1', 10);
    expect([tags.version('t', 9), tags.version('t', 10)]).toEqual(['v1', undefined]);
    tags.learn('t', 'v1', 20);
    tags.learn('t', 'v1', 5);
    expect([tags.version('t', 19), tags.version('t', 20)]).toEqual(['v1', undefined]);
    tags.learn('t', 'v2', 15);
    expect([tags.version('t', 14), tags.version('t', 15)]).toEqual(['v2', undefined]);
  });

  it('forgets all versions and renewals when it is cleared', () => {
    const tags = new LocalTags();
    const tag = tags.learn('t', 'v1');
    tags.renewalDue('t', 0, 1_000);
    tags.clear();
    expect([tag.version, tags.version('t')]).toEqual([undefined, undefined]);
    expect(tags.renewalDue('t', 0, 1_000)).toBe(true);
  });

  it('drops the tags that were not used lately, and keeps within its memory', () => {
    const tags = new LocalTags(100_000);
    const [kept, dropped] = [tags.learn('kept', 'v'), tags.learn('dropped', 'v')];
    for (let index = 0; index < 1_000; index += 1) {
      tags.learn(`${index}`, 'v');
      tags.version('kept');
      expect(tags.usage.bytes).toBeLessThanOrEqual(100_000);
    }
    expect([kept.version, tags.version('kept'), tags.version('999')]).toEqual(['v', 'v', 'v']);
    expect([dropped.version, tags.version('dropped'), tags.version('0')]).toEqual([undefined, undefined, undefined]);
    expect(tags.usage.entries).toBeGreaterThan(150);
    tags.clear();
    expect([kept.version, tags.usage]).toEqual([undefined, { entries: 0, bytes: 0 }]);
  });

  it('holds the tags of a few hundred entries, however little memory there is', () => {
    const tags = new LocalTags(0);
    for (let index = 0; index < 200; index += 1) tags.learn(`${index}`, 'v');
    expect(tags.version('0')).toBe('v');
  });
});
