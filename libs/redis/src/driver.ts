import { createClient } from '@keyv/redis';
import { RedisError } from './redis-errors.js';
import type { RedisOptions } from './redis-options.js';

/** The client of the driver, which is the one of `@keyv/redis`. */
export type RedisClient = ReturnType<typeof createClient>;

const CONNECT_TIMEOUT_MS = 2_000;
const QUEUE_LENGTH = 10_000;

/**
 * Creates the driver's client, not connected yet. It does not reconnect by itself: a `Reconnector` does.
 *
 * @throws {RedisError} `REDIS_TOPOLOGY_UNSUPPORTED` for anything but a single server.
 */
export function createDriverClient({ topology, clientName = 'nuthatch', protocol = 2 }: RedisOptions): RedisClient {
  if (topology.mode !== 'single') {
    throw new RedisError(
      'REDIS_TOPOLOGY_UNSUPPORTED',
      `The topology "${topology.mode}" is not supported by this release. Use { mode: 'single', url }.`,
    );
  }
  return createClient({
    url: topology.url,
    RESP: protocol,
    name: clientName,
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LENGTH,
    socket: {
      connectTimeout: CONNECT_TIMEOUT_MS,
      // The driver has no `socketTimeout` either: after a pause of the event loop it ends the socket of a healthy server.
      reconnectStrategy: false,
    },
  });
}
