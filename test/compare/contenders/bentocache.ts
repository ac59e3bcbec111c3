import { BentoCache, bentostore } from 'bentocache';
import { memoryDriver } from 'bentocache/drivers/memory';
import { redisBusDriver, redisDriver } from 'bentocache/drivers/redis';
import { type Contender, type SetUp, TAG, TTL_MS, type Where } from '../contender.js';

const library = { library: 'bentocache', packageName: 'bentocache', tags: true } as const;
const memory = () => memoryDriver({ maxSize: '10mb' });
type Store = ReturnType<typeof bentostore>;

interface Parts {
  /** @default bounded in bytes, for which it serializes values */
  readonly l1?: ReturnType<typeof memoryDriver>;
  /** The client's timeout of a command, in milliseconds. @default none */
  readonly commandTimeout?: number;
}

export function threeParts(redisUrl: string, { l1 = memory(), ...bounds }: Parts = {}): Store {
  const connection = { host: '127.0.0.1', port: Number(new URL(redisUrl).port), ...bounds };
  return bentostore()
    .useL1Layer(l1)
    .useL2Layer(redisDriver({ connection }))
    .useBus(redisBusDriver({ connection, retryQueue: { enabled: true } }));
}

export const BENTOCACHE: readonly SetUp[] = [
  {
    ...library,
    tiers: 'L1',
    options: "`useL1Layer(memoryDriver({ maxSize: '10mb' }))`; `getOrSet`, `delete`, `deleteByTag`",
    purposes: ['healthy'],
    shared: false,
    bus: false,
    open: async (where) => contender(bentostore().useL1Layer(memory()), where),
  },
  {
    ...library,
    tiers: 'L1 + Redis + bus',
    options: '`useL2Layer(redisDriver({ connection }))`, `useBus(redisBusDriver({ connection, retryQueue }))`',
    purposes: ['healthy', 'faulty'],
    shared: true,
    bus: true,
    open: async (where) => contender(threeParts(where.redisUrl), where),
  },
  {
    ...library,
    tiers: 'L1 + Redis + bus, bounded client',
    options: "ioredis `commandTimeout: 100` for both, `l2CircuitBreakerDuration: '1s'`",
    purposes: ['faulty'],
    shared: true,
    bus: true,
    open: async (where) =>
      contender(threeParts(where.redisUrl, { commandTimeout: 100 }), where, { l2CircuitBreakerDuration: '1s' }),
  },
];

function contender(
  store: Store,
  { tagged }: Where,
  options: { readonly l2CircuitBreakerDuration?: string } = {},
): Contender {
  const bento = new BentoCache({ default: 'rows', ttl: TTL_MS, ...options, stores: { rows: store } });
  const tags = tagged ? { tags: [TAG] } : {};
  return {
    readThrough: (key, factory) => bento.getOrSet({ key, factory, ...tags }),
    async write(key, change) {
      const row = await change();
      await bento.delete({ key });
      return row;
    },
    get: (key) => bento.get({ key }),
    async set(key, value) {
      await bento.set({ key, value, ...tags });
    },
    delete: (key) => bento.delete({ key }),
    invalidateTag: () => bento.deleteByTag({ tags: [TAG] }),
  };
}
