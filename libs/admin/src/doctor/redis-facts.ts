import type { RedisConnection } from '@nuthatch/redis';

/** The parts of a Redis server that decide whether it suits a cache. `undefined`: the server does not tell. */
export interface RedisFacts {
  readonly kind: 'redis' | 'valkey';
  readonly version: string | undefined;
  /** 0: no limit. */
  readonly maxMemoryBytes: number | undefined;
  readonly evictionPolicy: string | undefined;
  readonly evictedKeys: number | undefined;
  /** Whether the server writes its data to disk, and reads it at a start. */
  readonly persists: boolean | undefined;
  readonly user: string | undefined;
  /** The shortest of several round trips. */
  readonly roundTripMs: number;
  /** How far the server's clock is ahead of the clock of this process. */
  readonly clockAheadMs: number | undefined;
}

const ROUND_TRIPS = 5;

/** Asks the server. A user may lack the permission for each of these commands but PING. */
export async function redisFacts(redis: Pick<RedisConnection, 'run'>): Promise<RedisFacts> {
  // The error stays within the operation: `run` would count it as a refusal of what the caches need, and health would be degraded.
  const ifPermitted = (...words: string[]): Promise<unknown> =>
    redis.run((client) => client.sendCommand<unknown>(words).catch(() => undefined)).catch(() => undefined);
  let roundTripMs = Number.POSITIVE_INFINITY;
  for (let count = 0; count < ROUND_TRIPS; count += 1) {
    const sentAt = performance.now();
    await redis.run((client) => client.ping());
    roundTripMs = Math.min(roundTripMs, performance.now() - sentAt);
  }
  const [info, user, time] = await Promise.all([
    ifPermitted('INFO'),
    ifPermitted('ACL', 'WHOAMI'),
    ifPermitted('TIME'),
  ]);
  return {
    ...factsOfInfo(typeof info === 'string' ? info : ''),
    user: typeof user === 'string' ? user : undefined,
    roundTripMs,
    clockAheadMs: Array.isArray(time) ? Number(time[0]) * 1_000 + Number(time[1]) / 1_000 - Date.now() : undefined,
  };
}

/** Reads the answer to INFO. */
export function factsOfInfo(info: string): Omit<RedisFacts, 'user' | 'roundTripMs' | 'clockAheadMs'> {
  const fields = new Map(
    info.split(/\r?\n/).map((line) => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1)]),
  );
  const number = (name: string): number | undefined => (fields.has(name) ? Number(fields.get(name)) : undefined);
  const valkey = fields.get('valkey_version');
  const saves = number('rdb_last_bgsave_time_sec');
  const appends = number('aof_enabled');
  return {
    kind: valkey === undefined ? 'redis' : 'valkey',
    version: valkey ?? fields.get('redis_version'),
    maxMemoryBytes: number('maxmemory'),
    evictionPolicy: fields.get('maxmemory_policy'),
    evictedKeys: number('evicted_keys'),
    // -1: it has never saved. Whether it would, only CONFIG tells, which managed services forbid.
    persists: appends === undefined ? undefined : appends === 1 || (saves ?? -1) >= 0,
  };
}
