import type { CacheStats, CacheSummary } from '../cache/cache-admin.service.js';
import type { RedisFacts } from './redis-facts.js';

/** One thing to change, with its reason and its fix. A `problem` breaks something now; a `warning` may do so some day. */
export interface Advice {
  readonly level: 'problem' | 'warning' | 'note';
  readonly about: string;
  readonly finding: string;
  readonly fix: string;
}

/** The state that the advice is derived from. */
export interface Examination {
  /** `undefined`: no Redis is configured, or it does not answer. */
  readonly redis: RedisFacts | undefined;
  readonly stats: Pick<CacheStats, 'scope' | 'channel' | 'refusal' | 'pending'>;
  readonly caches: readonly Pick<CacheSummary, 'name' | 'ttlMs'>[];
}

/** Scripts with flags came with Redis 7.0. */
const OLDEST_REDIS = 7;
const SLOW_MS = 5;
const SHORT_TTL_MS = 1_000;
const CLOCK_TOLERANCE_MS = 5_000;

/** Returns advice, the most urgent first. */
export function adviceFor(examination: Examination): readonly Advice[] {
  const { redis, stats, caches } = examination;
  const advice = [...stateAdvice(stats), ...(redis ? redisAdvice(redis) : []), ...caches.flatMap(ttlAdvice)];
  return mostUrgentFirst(advice);
}

export function mostUrgentFirst(advice: readonly Advice[]): readonly Advice[] {
  const levels: readonly Advice['level'][] = ['problem', 'warning', 'note'];
  return levels.flatMap((level) => advice.filter((each) => each.level === level));
}

function stateAdvice({ scope, channel, refusal, pending }: Examination['stats']): Advice[] {
  const advice: Advice[] = [];
  if (scope === 'this-instance') {
    advice.push({
      level: 'warning',
      about: 'Redis',
      finding: 'No Redis is configured: each process has entries of its own, and a write reaches no other process.',
      fix: 'Configure Redis before you run a second instance.',
    });
  } else if (!channel.connected) {
    advice.push({
      level: 'problem',
      about: 'Redis',
      finding:
        'The invalidation channel is not verified, so this instance does not read its memory and reads no entry from Redis.',
      fix: 'Restore the connection to Redis. The log and /health name the reason.',
    });
  }
  if (refusal !== null) {
    advice.push({
      level: 'problem',
      about: 'Redis',
      finding: `Redis refuses operations of the cache: ${refusal}.`,
      fix: 'Look the word up in docs/troubleshooting.md.',
    });
  }
  if (pending > 0) {
    advice.push({
      level: 'problem',
      about: 'Redis',
      finding: `${pending} invalidations wait for Redis. Other instances may serve the old values until then.`,
      fix: 'Restore the connection to Redis. This instance applies them by itself.',
    });
  }
  return advice;
}

function redisAdvice(redis: RedisFacts): Advice[] {
  const advice: Advice[] = [];
  const add = (level: Advice['level'], finding: string, fix: string): void =>
    void advice.push({ level, about: 'Redis', finding, fix });
  const major = redis.version === undefined ? undefined : Number.parseInt(redis.version, 10);
  if (redis.kind === 'redis' && major !== undefined && major < OLDEST_REDIS)
    add('problem', `Redis ${redis.version} is older than 7.0.`, 'Use Redis 7.0 or newer, or Valkey.');
  if (redis.maxMemoryBytes === 0)
    add('warning', 'Redis has no memory limit: the system ends it when memory runs out.', 'Set maxmemory.');
  if (redis.evictionPolicy === 'noeviction')
    add(
      'warning',
      'A full Redis refuses writes (maxmemory-policy noeviction), and the cache then stores nothing.',
      'Set maxmemory-policy to allkeys-lfu.',
    );
  if (redis.persists === true)
    add(
      'warning',
      'Redis keeps its data on disk. After a crash, entries may be older than the invalidations since the last save.',
      'Turn persistence off: save "" and appendonly no.',
    );
  if ((redis.evictedKeys ?? 0) > 0)
    add(
      'note',
      `Redis has evicted ${redis.evictedKeys} keys since it started.`,
      'Raise maxmemory if the hit ratio is low.',
    );
  if (redis.roundTripMs > SLOW_MS)
    add(
      'warning',
      `A round trip to Redis takes ${redis.roundTripMs.toFixed(1)} ms.`,
      'Run Redis in the same zone as the instances.',
    );
  if (redis.user === 'default')
    add(
      'note',
      'The cache uses the default user of Redis, which may run every command.',
      'Create a user that is limited to the namespace: docs/operations/README.md.',
    );
  if (Math.abs(redis.clockAheadMs ?? 0) > CLOCK_TOLERANCE_MS)
    add(
      'note',
      `The clock of Redis differs from this machine's by ${Math.round((redis.clockAheadMs ?? 0) / 1_000)} s. The cache compares no clocks; your logs do.`,
      'Synchronise both clocks.',
    );
  return advice;
}

function ttlAdvice({ name, ttlMs }: Pick<CacheSummary, 'name' | 'ttlMs'>): Advice[] {
  if (ttlMs >= SHORT_TTL_MS) return [];
  const finding = `Its entries are fresh for ${ttlMs} ms, so almost every read queries the origin.`;
  return [{ level: 'warning', about: name, finding, fix: `Check the unit of its ttl: '${ttlMs}s' is in seconds.` }];
}
