import { RedisConnection } from '@nuthatch/redis';
import { expect, it, onTestFinished } from 'vitest';
import { eventually } from '../support/eventually.js';
import { MASTER, order, startSentinelGroup } from '../support/redis/sentinel-group.js';

/** `FAILOVERS=100 npm run test:chaos` repeats more: ten seconds each, until the former master is a replica again. */
const FAILOVERS = Number(process.env['FAILOVERS'] ?? 3);

it(
  `the number of sockets and listeners is the same after ${FAILOVERS} failovers`,
  { timeout: FAILOVERS * 40_000 + 60_000 },
  async () => {
    const group = await startSentinelGroup();
    onTestFinished(() => group.stop());
    const sentinels = group.addresses;
    const redis = new RedisConnection({ topology: { mode: 'sentinel', master: MASTER, sentinels } });
    onTestFinished(() => redis.close());
    redis.open();
    const works = () => eventually(() => redis.run((client) => client.set('k', 'v')));
    await works();
    const inUse = async () => {
      const { port } = await group.settled();
      const clients = String(await order(port, 'CLIENT', 'LIST')).match(/ name=nuthatch /g) ?? [];
      const sockets = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap');
      const listeners = redis.client.eventNames().map((event) => redis.client.listenerCount(event));
      return { clients: clients.length, sockets: sockets.length, listeners };
    };
    const before = await inUse();
    expect(before.clients).toBe(1);
    // A busy machine may be too slow for a connection of the test.
    const isAsBefore = () => eventually(async () => expect(await inUse()).toEqual(before), { within: 20_000 });
    for (let failovers = 0; failovers < FAILOVERS; failovers += 1) {
      await group.failOver();
      await works();
      await isAsBefore();
    }
  },
);
