import { EventEmitter } from 'node:events';
import type { RedisClient } from '../src/connection/driver.js';

/** Returns a client that connects at once, and has the commands of a fake server. */
export function fakeClient(commands: object): RedisClient {
  const client = Object.assign(new EventEmitter(), {
    isReady: false,
    isOpen: true,
    destroy: () => {},
    async connect() {
      client.isReady = true;
      client.emit('connect');
      client.emit('ready');
    },
    ...commands,
  });
  return client as unknown as RedisClient;
}
