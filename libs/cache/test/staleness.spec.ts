import { describe, expect, it } from 'vitest';
import { eventually } from '../../../test/support/eventually.js';
import type { CacheRegistry } from '../src/core/cache-registry.js';
import { L1Entry } from '../src/core/store/entry.js';
import { givenInstance, givenRedis } from './given-instance.js';

const SAMPLING = { stalenessSamples: 1 };
const RECORD = 'app:c:numbers:sk';

/** Two instances on one server, of which the first has the value 1 in memory. */
async function given() {
  const { server, command } = await givenRedis();
  const [here, there] = [await givenInstance(server, 'app', SAMPLING), await givenInstance(server, 'app', SAMPLING)];
  await eventually(async () => expect(await command('PUBSUB', 'NUMSUB', 'app:samples')).toEqual(['app:samples', 2]));
  return { server, command, here, there };
}

const afterASecond = ({ staleness }: CacheRegistry) => staleness?.written['1s'];

describe('the samples of writes on a real Redis', () => {
  it('reach the other instance, whose answers are current', async () => {
    const { here, there } = await given();
    await here.cache.readThrough('k', async () => 1);
    await there.cache.writeThrough('k', async () => 2);
    const current = { compared: 1, stale: 0, unknown: 0 };
    await eventually(() => expect(afterASecond(there.registry)).toEqual(current));
    await eventually(() => expect(afterASecond(here.registry)).toEqual(current));
  });

  it('find a value that is older than a write in the memory of another instance', async () => {
    const { here, there } = await given();
    const load = async () => 1;
    await here.cache.readThrough('k', load);
    await here.cache.readThrough('k', load);
    const { local } = here.runtime.coherence;
    const old = local.get(RECORD, performance.now());
    if (!old) throw new Error('The value is not in memory.');
    await there.cache.writeThrough('k', async () => 2);
    await eventually(() => expect(here.registry.invalidations.channel.key).toBe(1));
    // As if the message had been lost. The load is older than the write by more than the tolerance.
    const { freshUntil, expiresAt, tags } = old;
    const life = { loadedAt: old.loadedAt - 1_000, freshUntil, expiresAt, tags };
    local.hold(new L1Entry({ cache: 'numbers', key: RECORD }, old.entry, life, local));
    await eventually(() => expect(afterASecond(here.registry)).toEqual({ compared: 1, stale: 1, unknown: 0 }));
    await eventually(() => expect(afterASecond(there.registry)).toEqual({ compared: 1, stale: 0, unknown: 0 }));
  });

  it('stay within the instance whose user of Redis lacks the channel, and are no refusal', async () => {
    const { server, command } = await givenRedis();
    const rules = ['~app:*', '&app:writes', '+@all'];
    await command('ACL', 'SETUSER', 'limited', 'on', '>secret', ...rules);
    const url = server.url.replace('redis://', 'redis://limited:secret@');
    const [here, there] = [
      await givenInstance({ url }, 'app', SAMPLING),
      await givenInstance({ url }, 'app', SAMPLING),
    ];
    await here.cache.writeThrough('k', async () => 1);
    await eventually(() => expect(afterASecond(here.registry)).toEqual({ compared: 1, stale: 0, unknown: 0 }));
    expect(afterASecond(there.registry)).toEqual({ compared: 0, stale: 0, unknown: 0 });
    for (const { registry, redis } of [here, there])
      expect([registry.refusal, redis.state.lastError]).toEqual([undefined, undefined]);
  });
});
