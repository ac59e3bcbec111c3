import type { ExplainedState, Explanation, JournalEntry, MissReason } from '@nuthatch/cache';
import { describe, expect, it } from 'vitest';
import type { Advice } from '../doctor/advice.js';
import { reportOf } from './report.js';

const AT = Date.UTC(2026, 0, 2, 3, 4, 5);

const entry: Explanation<unknown> = {
  cache: 'users.byId',
  key: '7',
  recordKey: 'shop:c:users.byId:s7',
  state: 'l1',
  tier: 'l1',
  negative: false,
  ttlMs: 29_500,
  ageMs: 500,
  invalidatedBy: [],
  tags: [],
  policy: {
    version: 1,
    freshMs: 30_000,
    swrMs: 30_000,
    expiryMs: 30_000,
    negativeMs: 0,
    errorBackOffMs: 0,
    strict: false,
  },
  lastMiss: undefined,
};
const lastMiss = { reason: 'expired', at: AT, invalidated: [], invalidatedAt: undefined, by: undefined } as const;
const write = {
  kind: 'write',
  who: 'request-7',
  recordKeys: [],
  tags: ['shop:t:susers'],
  names: 1,
  at: AT,
  durationMs: 1,
  appliedAt: AT,
  verifiedAt: AT,
  confirmedBy: [{ instance: 'api 0a1b2c3d', at: AT + 2_000 }],
} as const;

/** Returns the report of an answer, which reaches the command as JSON. */
const report = (command: Parameters<typeof reportOf>[0], answer: unknown) =>
  reportOf(command, JSON.parse(JSON.stringify(answer)));
const explained = (facts: Partial<Explanation<unknown>>): string => report('explain', { ...entry, ...facts }).text;

describe('the report of explain', () => {
  it('has a line for each fact, and none for an absent fact', () => {
    expect(explained({})).toBe(
      [
        'users.byId 7',
        '  state          l1: fresh, in the memory of this instance',
        '  record         shop:c:users.byId:s7',
        '  fresh for      29.5 s',
        '  age            0.5 s',
        '',
      ].join('\n'),
    );
  });

  it('shows a key that is no text as JSON, the route and the tags', () => {
    const tags = ['shop:t:susers', 'shop:t:steam'].map((recordKey) => ({
      recordKey,
      captured: 'a',
      current: undefined,
    }));
    const route = { handler: 'Users.find', hasVariants: false };
    const found = { ...entry, key: { id: 7 }, state: 'invalidated', tags, invalidatedBy: ['shop:t:steam'], route };
    const { text } = report('explain', found);
    expect(text).toContain('users.byId {"id":7}\n');
    expect(text).toContain('  state          invalidated: not served, because a tag was invalidated\n');
    expect(text).toContain('  route          Users.find\n');
    expect(text).toContain('  invalidated by shop:t:steam\n');
    expect(text).toContain('  tags           shop:t:susers, shop:t:steam\n');
  });

  it('names the time of a stale value, and of an entry without a value', () => {
    expect(explained({ state: 'stale', ttlMs: -1_500 })).toContain('  stale for      1.5 s\n');
    expect(explained({ state: 'loading', tier: undefined, ttlMs: 1_500 })).toContain('  ends in        1.5 s\n');
  });

  it('names a cached absence', () => {
    expect(explained({ negative: true })).toContain('  value          none: the entry caches its absence\n');
  });

  it('says when and why the last read missed', () => {
    const text = explained({ lastMiss });
    expect(text).toContain('  last miss      2026-01-02T03:04:05.000Z, expired: the time of the entry was over\n');
    expect(text).not.toContain('caused by');
  });

  it.each([
    ['a write of a request', write, 'a write of request-7'],
    ['a failed write', { ...write, kind: 'failed-write' } as const, 'a failed write of request-7'],
    [
      'an invalidation without an actor',
      { ...write, kind: 'invalidation', who: undefined } as const,
      'an invalidation of this instance',
    ],
    ['another instance', undefined, 'another instance'],
  ])('says of an invalidation what, when and by whom: %s', (_, by, whose) => {
    const invalidated = ['shop:t:susers'];
    const text = explained({
      lastMiss: { reason: 'tag-invalidated', at: AT + 1_000, invalidated, invalidatedAt: AT, by },
    });
    expect(text).toContain(
      '  last miss      2026-01-02T03:04:06.000Z, tag-invalidated: a tag of the entry was invalidated\n',
    );
    expect(text).toContain(`  caused by      shop:t:susers at 2026-01-02T03:04:05.000Z, by ${whose}\n`);
  });

  it('names the instances that have received a write, and when', () => {
    const missOf = (by: JournalEntry) => explained({ lastMiss: { ...lastMiss, reason: 'key-invalidated', by } });
    expect(missOf(write)).toContain(
      '  received by    this instance at 2026-01-02T03:04:05.000Z, api 0a1b2c3d at 2026-01-02T03:04:07.000Z\n',
    );
    expect(missOf({ ...write, verifiedAt: undefined, confirmedBy: [] })).toContain(
      '  received by    no instance so far\n',
    );
  });

  it('leaves out the time of an invalidation that did not arrive', () => {
    const invalidated = ['shop:c:users.byId:s7'];
    expect(explained({ lastMiss: { ...lastMiss, reason: 'key-invalidated', invalidated } })).toContain(
      '  caused by      shop:c:users.byId:s7, by another instance\n',
    );
  });

  it.each<[MissReason, string]>([
    ['never-stored', 'this instance had not seen the entry before'],
    ['key-invalidated', 'the entry was written or invalidated'],
    ['evicted', 'Redis dropped the entry before its time, or another program deleted it'],
    ['write-in-progress', 'the entry or one of its tags was being written'],
    ['redis-unavailable', 'Redis did not answer, or an invalidation waited for it'],
    ['principal', 'the request had credentials, and the key does not contain the requester'],
    ['too-large', 'the value is larger than maxPayloadBytes'],
    ['other-schema', 'another version of the policy stored the entry'],
    ['unreadable', 'the stored value is corrupt or foreign, or the schema of the policy rejects it'],
    ['load-in-progress', 'another instance loaded the entry, for longer than the read may wait'],
  ])('explains the reason %s', (reason, meaning) => {
    expect(explained({ lastMiss: { ...lastMiss, reason } })).toContain(`, ${reason}: ${meaning}\n`);
  });

  it.each<[ExplainedState, string]>([
    ['l2', 'fresh, in the store'],
    ['stale', 'served while it is refreshed'],
    ['stale-if-error', 'served only if the origin fails'],
    ['absent', 'there is no entry'],
    ['loading', 'a load is in progress'],
    ['writing', 'a write is in progress'],
    ['failed', 'the origin failed a moment ago, and loads are blocked'],
    ['older-schema', 'not served, because an older version of the policy stored it'],
    ['newer-schema', 'not served, because a newer version of the policy stored it'],
    ['other-schema', 'not served, because it was stored under another schema'],
    ['unreadable', 'not served, because it is corrupt or foreign, or the schema of the policy rejects it'],
    ['pending', 'not served, because an invalidation waits for Redis'],
    ['unavailable', 'Redis does not answer'],
  ])('explains the state %s', (state, meaning) => {
    expect(explained({ state })).toContain(`  state          ${state}: ${meaning}\n`);
  });
});

describe('the report of invalidate', () => {
  it('has the result and the instances that it reaches', () => {
    const done = { scope: 'all-instances', applied: 'pending', tags: [], found: [] };
    expect(report('invalidate', done)).toEqual({ text: 'pending, in all-instances\n', failed: false });
  });

  it('says of a dry run that nothing was invalidated, and explains each entry', () => {
    const found = [entry, { ...entry, key: '8', state: 'absent' }];
    const { text, failed } = report('invalidate', { scope: 'all-instances', applied: null, tags: [], found });
    expect(text).toMatch(
      /^dry run: nothing was invalidated\nusers\.byId 7\n {2}state {10}l1: .*\n[^]*users\.byId 8\n {2}state {10}absent: /,
    );
    expect(failed).toBe(false);
  });
});

describe('the report of stats', () => {
  const counters = { gets: 1_000, hitRatio: 0.875, misses: 125, loads: 120, errors: 5 };
  const stats = {
    scope: 'all-instances',
    pending: 2,
    channel: { connected: true },
    caches: { 'users.byId': counters },
  };

  it('has a row per cache and the state of the channel', () => {
    expect(report('stats', stats)).toEqual({
      text: [
        'cache       gets  hit ratio  misses  loads  errors',
        'users.byId  1000     87.5 %     125    120       5',
        'writes reach all-instances, channel verified, 2 invalidations pending',
        '',
      ].join('\n'),
      failed: false,
    });
  });

  it('says that the channel is not verified', () => {
    expect(report('stats', { ...stats, channel: { connected: false } }).text).toContain('channel NOT verified');
  });
});

describe('the report of doctor', () => {
  const advice = (level: Advice['level']): Advice => ({
    level,
    about: 'Redis',
    finding: 'It is full.',
    fix: 'Add memory.',
  });

  it('fails for a problem, so that the exit code is 1', () => {
    expect(report('doctor', [advice('warning'), advice('problem')])).toEqual({
      text: 'warning: Redis: It is full.\n  Add memory.\nproblem: Redis: It is full.\n  Add memory.\n',
      failed: true,
    });
  });

  it('does not fail for a warning, and says so if there is nothing to change', () => {
    expect(report('doctor', [advice('warning')]).failed).toBe(false);
    expect(report('doctor', [])).toEqual({ text: 'Nothing to change.\n', failed: false });
  });
});

describe(reportOf, () => {
  it.each([
    ['stats', { scope: 'all-instances' }],
    ['explain', { ...entry, state: 'frozen' }],
    ['explain', { ...entry, lastMiss: { ...lastMiss, reason: 'moonlight' } }],
  ] as const)('rejects an answer of another release to %s, and says what to do', (command, answer) => {
    expect(() => report(command, answer)).toThrow(
      `The answer to "${command}" is of another release of @nuthatch/admin. Run the command of that release.`,
    );
  });
});
