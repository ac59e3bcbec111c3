import { describe, expect, it } from 'vitest';
import { createDriverClient } from './driver.js';

const topology = { mode: 'single', url: 'redis://127.0.0.1:1' } as const;

describe(createDriverClient, () => {
  it('bounds the connect, the silence and the queue, and rejects commands while Redis is down', () => {
    expect(createDriverClient({ topology }).options).toMatchObject({
      RESP: 2,
      name: 'nuthatch',
      disableOfflineQueue: true,
      commandsQueueMaxLength: 10_000,
      socket: { connectTimeout: 2_000, socketTimeout: 1_000 },
    });
  });

  it('passes the name and the protocol on', () => {
    const client = createDriverClient({ topology, clientName: 'nuthatch-pushes', protocol: 3 });
    expect(client.options).toMatchObject({ RESP: 3, name: 'nuthatch-pushes' });
  });

  it('reconnects after at most one second, at any attempt', () => {
    const strategy = createDriverClient({ topology }).options?.socket?.reconnectStrategy;
    const pauses = [0, 5, 1_000].map((attempt) =>
      typeof strategy === 'function' ? strategy(attempt, new Error()) : 0,
    );
    expect(pauses).toEqual(pauses.map(() => expect.any(Number)));
    expect(Math.max(...pauses.map(Number))).toBeLessThanOrEqual(1_000);
    expect(Math.min(...pauses.map(Number))).toBeGreaterThanOrEqual(25);
  });
});
