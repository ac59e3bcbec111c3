import { setTimeout as pause } from 'node:timers/promises';
import { RedisConnection } from '@nuthatch/redis';
import { afterAll, describe, expect, inject, it } from 'vitest';
import type { ChannelListener } from '../src/core/store/store.js';
import { MemoryStore } from '../src/memory/memory-store.js';
import { RedisStore } from '../src/redis/redis-store.js';
import { ManualClock } from '../src/testing/manual-clock.js';
import { RedisSimulator } from '../src/testing/redis-simulator.js';
import { storeContract } from '../src/testing/store-contract.js';
import { eventually } from '../../../test/support/eventually.js';

class Published implements ChannelListener {
  readonly messages: string[] = [];

  onInvalidation(kind: 'intent' | 'done', recordKey: string): void {
    this.messages.push(`${kind} ${recordKey}`);
  }

  onChannelLost(): void {}
  onHeartbeat(): void {}
}

function givenTime() {
  const clock = new ManualClock();
  const published = new Published();
  const rest = { published: async () => published.messages, pass: async (ms: number) => clock.advance(ms) };
  return { clock, published, rest };
}

describe(MemoryStore.name, () => {
  storeContract(async () => {
    const { clock, published, rest } = givenTime();
    return { ...rest, store: new MemoryStore(clock, { maxBytes: 1_000_000, maxEntries: 1_000 }, published) };
  });
});

describe(RedisSimulator.name, () => {
  storeContract(async () => {
    const { clock, published, rest } = givenTime();
    return { ...rest, store: new RedisSimulator(clock).connect(published) };
  });
});

describe(RedisStore.name, () => {
  const open: RedisConnection[] = [];
  let opening: Promise<readonly RedisConnection[]> | undefined;
  afterAll(async () => {
    await Promise.all(open.map((connection) => connection.close()));
  });

  async function connect(): Promise<readonly RedisConnection[]> {
    open.push(
      ...[1, 2].map(
        () => new RedisConnection({ topology: { mode: 'single', url: inject('redisUrl') }, operationTimeoutMs: 5_000 }),
      ),
    );
    for (const connection of open) connection.open();
    await eventually(() => {
      if (!open.every(({ state }) => state.connected)) throw new Error('Redis is not connected yet.');
    });
    return open;
  }

  let channels = 0;
  storeContract(async () => {
    const [commands, pushes] = await (opening ??= connect());
    if (!commands || !pushes) throw new Error('There is no connection.');
    channels += 1;
    const channel = `contract:channel:${channels}`;
    const published: string[] = [];
    const receive = (message: string): unknown =>
      published.push(`${message.startsWith('i') ? 'intent' : 'done'} ${message.slice(1)}`);
    await pushes.client.subscribe(channel, receive);
    // A timer of this process may be a little ahead of the clock of the server.
    return {
      store: new RedisStore(commands, { channel }),
      published: async () => published,
      pass: (ms) => pause(ms + 10),
    };
  });

  it('reads a record that expires with a life, also in its last millisecond', async () => {
    const [commands] = await (opening ??= connect());
    if (!commands) throw new Error('There is no connection.');
    const store = new RedisStore(commands, { channel: 'contract:lives' });
    for (let record = 0; record < 10; record += 1) {
      const recordKey = `contract:lives:${record}`;
      const lease = { token: 'token', leaseMs: 10, replaces: undefined };
      expect((await store.read([recordKey], [], { lease })).records).toMatchObject([{ acquired: true }]);
      let held = true;
      while (held) {
        const [found] = (await store.read([recordKey], [])).records;
        held = found?.text === 'L|token|';
        // A life of 0 would say that the record never expires.
        if (held) expect(found?.ttlMs).toBeGreaterThan(0);
      }
    }
  });
});
