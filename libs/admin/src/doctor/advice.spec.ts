import { describe, expect, it } from 'vitest';
import { adviceFor, type Examination } from './advice.js';
import { factsOfInfo, type RedisFacts } from './redis-facts.js';

const redis: RedisFacts = {
  kind: 'redis',
  version: '7.0.15',
  maxMemoryBytes: 1_000_000,
  evictionPolicy: 'allkeys-lfu',
  evictedKeys: 0,
  persists: false,
  user: 'nuthatch',
  roundTripMs: 0.3,
  clockAheadMs: 10,
};
const stats: Examination['stats'] = {
  scope: 'all-instances',
  channel: { connected: true, heartbeatAgeMs: 100, flushes: 0 },
  refusal: null,
  pending: 0,
};
const caches = [{ name: 'users.byId', ttlMs: 30_000 }];
const well: Examination = { redis, stats, caches };

describe(adviceFor, () => {
  it('finds nothing to change in the recommended set-up', () => {
    expect(adviceFor(well)).toEqual([]);
  });

  it.each<[string, Partial<RedisFacts>, string, string]>([
    ['an old release', { version: '6.2.14' }, 'problem', 'older than 7.0'],
    ['no memory limit', { maxMemoryBytes: 0 }, 'warning', 'no memory limit'],
    ['a policy without evictions', { evictionPolicy: 'noeviction' }, 'warning', 'noeviction'],
    ['persistence', { persists: true }, 'warning', 'on disk'],
    ['a long round trip', { roundTripMs: 5.1 }, 'warning', '5.1 ms'],
    ['evicted keys', { evictedKeys: 7 }, 'note', 'evicted 7 keys'],
    ['the default user', { user: 'default' }, 'note', 'default user'],
    ['another clock', { clockAheadMs: -6_000 }, 'note', '-6 s'],
  ])('advises against %s', (_, changed, level, finding) => {
    expect(adviceFor({ ...well, redis: { ...redis, ...changed } })).toEqual([
      expect.objectContaining({ level, about: 'Redis', finding: expect.stringContaining(finding) }),
    ]);
  });

  it.each<[string, Partial<Examination['stats']>, string]>([
    ['no Redis', { scope: 'this-instance' }, 'warning'],
    ['an unverified channel', { channel: { connected: false, heartbeatAgeMs: undefined, flushes: 0 } }, 'problem'],
    ['a refusal', { refusal: 'MISCONF' }, 'problem'],
    ['pending invalidations', { pending: 3 }, 'problem'],
  ])('reports %s', (_, changed, level) => {
    expect(adviceFor({ ...well, redis: undefined, stats: { ...stats, ...changed } })).toEqual([
      expect.objectContaining({ level }),
    ]);
  });

  it('asks whether a TTL below a second has the right unit', () => {
    expect(adviceFor({ ...well, caches: [{ name: 'users.byId', ttlMs: 30 }] })).toEqual([
      expect.objectContaining({
        level: 'warning',
        about: 'users.byId',
        fix: "Check the unit of its ttl: '30s' is in seconds.",
      }),
    ]);
  });

  it('lists problems before warnings and notes', () => {
    const advice = adviceFor({
      redis: { ...redis, user: 'default', maxMemoryBytes: 0, version: '6.0.0' },
      stats: { ...stats, pending: 1 },
      caches,
    });
    expect(advice.map(({ level }) => level)).toEqual(['problem', 'problem', 'warning', 'note']);
  });
});

describe(factsOfInfo, () => {
  it('reads the answer of Redis, of Valkey and of a server that hides its fields', () => {
    const info = [
      'redis_version:7.0.15',
      'maxmemory:0',
      'maxmemory_policy:noeviction',
      'evicted_keys:2',
      'aof_enabled:0',
    ];
    expect(factsOfInfo(info.join('\r\n'))).toEqual({
      kind: 'redis',
      version: '7.0.15',
      maxMemoryBytes: 0,
      evictionPolicy: 'noeviction',
      evictedKeys: 2,
      persists: false,
    });
    expect(factsOfInfo(`${info.join('\r\n')}\r\nvalkey_version:8.0.1\r\nrdb_last_bgsave_time_sec:0`)).toMatchObject({
      kind: 'valkey',
      version: '8.0.1',
      persists: true,
    });
    expect(factsOfInfo('')).toMatchObject({ kind: 'redis', version: undefined, persists: undefined });
  });
});
