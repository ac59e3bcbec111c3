import { Logger } from '@nestjs/common';
import { type Cache, defineCache } from '@nuthatch/cache';
import { RedisConnection } from '@nuthatch/redis';
import { checkOptions } from '../../../libs/cache/src/cache.options.js';
import { CacheRegistry } from '../../../libs/cache/src/core/cache-registry.js';
import { RuntimeProvider } from '../../../libs/cache/src/runtime-provider.js';
import { eventually } from '../../support/eventually.js';
import { type Contender, type Row, type SetUp, TAG, type Where } from '../contender.js';

const library = { library: 'nuthatch', packageName: '@nuthatch/cache', tags: true } as const;

/** The default. */
export const DEADLINE_MS = 100;
/** Long enough that no operation of the healthy workloads times out on a busy machine. Peers have no timeout there either. */
const PATIENT_MS = 2_000;

export const NUTHATCH: readonly SetUp[] = [
  {
    ...library,
    tiers: 'L1',
    options:
      "`CacheModule` without Redis, `defineCache('rows', { ttl: '60s' })`; `readThrough`, `writeThrough`, `invalidate`",
    purposes: ['healthy'],
    shared: false,
    bus: false,
    open: async (where) => contender(new RuntimeProvider(null, checkOptions({})), where),
  },
  {
    ...library,
    tiers: 'L1 + Redis',
    options: `the same with \`redis\`; \`operationTimeoutMs: ${PATIENT_MS}\``,
    purposes: ['healthy'],
    shared: true,
    bus: true,
    open: (where) => overRedis(where, PATIENT_MS),
  },
  {
    ...library,
    tiers: 'L1 + Redis, defaults',
    options: `the same; \`operationTimeoutMs\` is ${DEADLINE_MS}`,
    purposes: ['faulty'],
    shared: true,
    bus: true,
    open: (where) => overRedis(where, DEADLINE_MS),
  },
];

async function overRedis(where: Where, operationTimeoutMs: number): Promise<Contender> {
  const redis = new RedisConnection({ topology: { mode: 'single', url: where.redisUrl }, operationTimeoutMs });
  const open = new RuntimeProvider(redis, checkOptions({}));
  redis.open();
  await eventually(() => {
    if (!open.runtime.coherence.fresh) throw new Error('The invalidation channel is not verified yet.');
  });
  return contender(open, where);
}

function contender({ runtime }: RuntimeProvider, { tagged }: Where): Contender {
  Logger.overrideLogger(false);
  const policy = { ttl: '60s' } as const;
  const definition = defineCache<Row>('rows', tagged ? { ...policy, tags: () => [TAG] } : policy);
  const cache: Cache<string, Row> = new CacheRegistry(runtime).create(definition);
  return {
    readThrough: (key, load) => cache.readThrough(key, load),
    write: (key, change) => cache.writeThrough(key, change),
    get: (key) => cache.get(key),
    set: async (key, row) => void (await cache.set(key, row)),
    delete: (key) => cache.invalidate(key),
    invalidateTag: () => cache.invalidateTags([TAG]),
  };
}
