import { bentocacheOfThreeParts, cacheManagerInRedis, nuthatch } from './libraries.js';
import type { Answer, OpenScenario, Row, Scenario, Where } from './scenario.js';
import { newId, origin, TTL_MS } from './users.js';

const OVER_REDIS = { callers: 64, batch: 1, keys: 1 } as const;

/** Each loads another user and stores it in memory and in Redis; cache-manager stores it in Redis only. */
export const MISS: Scenario = {
  ...OVER_REDIS,
  name: 'miss',
  title: 'a miss, each of another key',
  loads: true,
  open: (where) =>
    open(where, ({ ours, bento, manager }) => {
      const missOf = (read: (id: string) => Promise<Answer>) => () => read(newId());
      return [
        {
          name: 'nuthatch readThrough',
          kind: 'ours',
          run: missOf((id) => ours.readThrough(id, () => origin.find(id))),
        },
        {
          name: 'bentocache getOrSet',
          kind: 'peer',
          run: missOf((key) => bento.getOrSet({ key, factory: () => origin.find(key) })),
        },
        {
          name: 'cache-manager wrap',
          kind: 'peer',
          run: missOf((id) => manager.wrap(id, () => origin.find(id), TTL_MS)),
        },
      ];
    }),
};

/** Each changes one of 256 users. The peers remove the old value afterwards. */
export const WRITE: Scenario = {
  ...OVER_REDIS,
  name: 'write',
  title: 'a write of one of 256 keys',
  loads: false,
  open: (where) =>
    open(where, ({ ours, bento, manager }) => {
      const ids = Array.from({ length: 256 }, newId);
      let next = 0;
      const writeOf = (write: (id: string) => Promise<Answer>) => () => write(ids[next++ % ids.length] ?? '');
      return [
        {
          name: 'nuthatch writeThrough',
          kind: 'ours',
          run: writeOf((id) => ours.writeThrough(id, () => origin.change(id))),
        },
        {
          name: 'nuthatch writeInvalidate',
          kind: 'ours',
          run: writeOf((id) => ours.writeInvalidate(id, () => origin.change(id))),
        },
        {
          name: 'bentocache delete',
          kind: 'peer',
          run: writeOf(async (key) => {
            const user = await origin.change(key);
            await bento.delete({ key });
            return user;
          }),
        },
        {
          name: 'cache-manager del',
          kind: 'peer',
          run: writeOf(async (id) => {
            const user = await origin.change(id);
            await manager.del(id);
            return user;
          }),
        },
      ];
    }),
};

interface Libraries {
  readonly ours: Awaited<ReturnType<typeof nuthatch>>['cache'];
  readonly bento: ReturnType<typeof bentocacheOfThreeParts>;
  readonly manager: ReturnType<typeof cacheManagerInRedis>;
}

async function open(
  { redisUrl, connection }: Where,
  rowsOf: (libraries: Libraries) => readonly Row[],
): Promise<OpenScenario> {
  const { cache: ours, close } = await nuthatch(connection);
  const bento = bentocacheOfThreeParts(redisUrl);
  const manager = cacheManagerInRedis(redisUrl);
  return {
    rows: rowsOf({ ours, bento, manager }),
    async close() {
      await Promise.all([close(), bento.disconnectAll(), manager.disconnect()]);
    },
  };
}
