import { createClient } from '@keyv/redis';
import type { RedisAccess, ServerAddress } from '../redis-options.js';

/** The client of the driver, which is the one of `@keyv/redis`. */
export type RedisClient = ReturnType<typeof createClient>;

/** One connection: where it leads, as whom, and how it is named there. */
export interface ConnectionTarget extends ServerAddress, RedisAccess {
  readonly database?: number | undefined;
  readonly clientName: string;
  readonly protocol: 2 | 3;
}

const CONNECT_TIMEOUT_MS = 2_000;
const QUEUE_LENGTH = 10_000;

/** A client of each protocol, which never connects. */
const templates = new Map<ConnectionTarget['protocol'], RedisClient>();

/**
 * The driver's `createClient` makes a class with all commands of Redis for each client, which blocks the event loop for 10 ms and more.
 * A duplicate has the class of its template.
 */
function templateOf(protocol: ConnectionTarget['protocol']): RedisClient {
  const known = templates.get(protocol);
  if (known) return known;
  const template: RedisClient = createClient({ RESP: protocol });
  templates.set(protocol, template);
  return template;
}

/** Creates the driver's client, not connected yet. It connects once: a `Reconnector` creates the next one. */
export function createDriverClient(target: ConnectionTarget): RedisClient {
  const { host, port, username, password, tls, database, clientName, protocol } = target;
  const socket = {
    host,
    port,
    connectTimeout: CONNECT_TIMEOUT_MS,
    // The driver has no `socketTimeout` either: after a pause of the event loop it ends the socket of a healthy server.
    reconnectStrategy: false,
  } as const;
  return templateOf(protocol).duplicate({
    name: clientName,
    disableOfflineQueue: true,
    commandsQueueMaxLength: QUEUE_LENGTH,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(database !== undefined && { database }),
    socket: tls ? { ...socket, ...tls, tls: true } : { ...socket, tls: false },
  });
}
