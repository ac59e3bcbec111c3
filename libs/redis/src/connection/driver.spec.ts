import { describe, expect, it } from 'vitest';
import { createDriverClient } from './driver.js';

const target = { host: '127.0.0.1', port: 1, clientName: 'nuthatch', protocol: 2 } as const;

describe(createDriverClient, () => {
  it('bounds the connect and the queue, rejects commands while Redis is down, and does not reconnect', () => {
    expect(createDriverClient(target).options).toMatchObject({
      RESP: 2,
      name: 'nuthatch',
      disableOfflineQueue: true,
      commandsQueueMaxLength: 10_000,
      socket: { host: '127.0.0.1', port: 1, tls: false, connectTimeout: 2_000, reconnectStrategy: false },
    });
    expect(createDriverClient(target).options?.socket).not.toHaveProperty('socketTimeout');
  });

  it('gives all clients of a protocol one class, because the driver needs many milliseconds to make one', () => {
    const one = createDriverClient(target);
    createDriverClient({ ...target, protocol: 3 });
    const other = createDriverClient({ ...target, port: 2 });
    expect(Object.getPrototypeOf(one)).toBe(Object.getPrototypeOf(other));
    expect(one.options?.socket).toMatchObject({ port: 1 });
  });

  it('passes the name, the protocol, the database and the certificates on', () => {
    const tls = { ca: 'ca', cert: 'cert', key: 'key', servername: 'redis.internal' };
    const client = createDriverClient({ ...target, clientName: 'pushes', protocol: 3, database: 4, tls });
    expect(client.options).toMatchObject({ RESP: 3, name: 'pushes', database: 4, socket: { ...tls, tls: true } });
  });
});
