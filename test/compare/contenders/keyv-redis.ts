import KeyvRedis, { createClient, createKeyvNonBlocking, defaultReconnectStrategy } from '@keyv/redis';
import { Keyv } from 'keyv';

/** Three connections to Redis that @keyv/redis or its client documents. */
export const REDIS_BY_KEYV = {
  defaults: {
    options: '`new KeyvRedis(url)`',
    open: (url: string): Keyv => listening(new Keyv({ store: new KeyvRedis(url), useKeyPrefix: false })),
  },
  nonBlocking: {
    options: '`createKeyvNonBlocking(url)`',
    open: (url: string): Keyv => listening(createKeyvNonBlocking(url)),
  },
  bounded: {
    options:
      '`createClient({ disableOfflineQueue: true, commandOptions: { timeout: 100 }, socket: { connectTimeout: 500, socketTimeout: 1000, reconnectStrategy } })`, `throwOnConnectError: false`, `connectionTimeout: 500`',
    open: (url: string): Keyv => {
      const client = createClient({
        url,
        disableOfflineQueue: true,
        commandOptions: { timeout: 100 },
        socket: { connectTimeout: 500, socketTimeout: 1_000, reconnectStrategy: defaultReconnectStrategy },
      });
      const store = new KeyvRedis(client, { throwOnConnectError: false, connectionTimeout: 500 });
      return listening(new Keyv({ store, useKeyPrefix: false }));
    },
  },
};

/** Adds the listener that the README asks for: without it, an error of the connection ends the process. */
function listening(keyv: Keyv): Keyv {
  return keyv.on('error', () => {});
}
