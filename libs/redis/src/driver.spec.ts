import { describe, expect, it } from 'vitest';
import { createDriverClient } from './driver.js';

const topology = { mode: 'single', url: 'redis://127.0.0.1:1' } as const;

describe(createDriverClient, () => {
  it('bounds the connect and the queue, rejects commands while Redis is down, and does not reconnect', () => {
    expect(createDriverClient({ topology }).options).toMatchObject({
      RESP: 2,
      name: 'nuthatch',
      disableOfflineQueue: true,
      commandsQueueMaxLength: 10_000,
      socket: { connectTimeout: 2_000, reconnectStrategy: false },
    });
    expect(createDriverClient({ topology }).options?.socket).not.toHaveProperty('socketTimeout');
  });

  it('passes the name and the protocol on', () => {
    const client = createDriverClient({ topology, clientName: 'nuthatch-pushes', protocol: 3 });
    expect(client.options).toMatchObject({ RESP: 3, name: 'nuthatch-pushes' });
  });
});
