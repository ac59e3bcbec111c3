import type { RedisAccess, ServerAddress } from '../redis-options.js';

/** The parts of a `redis://` or `rediss://` URL. */
export interface ServerUrl {
  readonly address: ServerAddress;
  readonly access: RedisAccess;
  readonly database: number | undefined;
}

const DEFAULT_PORT = 6379;

/** Returns the parts of a URL. The user, the password and the database may be missing. @throws {TypeError} for another text */
export function parseServerUrl(text: string): ServerUrl {
  const { protocol, hostname, port, username, password, pathname } = new URL(text);
  const database = pathname.slice(1);
  if (!['redis:', 'rediss:'].includes(protocol) || !/^\d*$/.test(database))
    throw new TypeError('A Redis URL is redis://user:password@host:port/database, or rediss:// for TLS.');
  return {
    // The brackets of an IPv6 address belong to the URL.
    address: { host: hostname.replace(/^\[(.*)\]$/, '$1'), port: Number(port || DEFAULT_PORT) },
    access: {
      ...(username && { username: decodeURIComponent(username) }),
      ...(password && { password: decodeURIComponent(password) }),
      ...(protocol === 'rediss:' && { tls: {} }),
    },
    database: database === '' ? undefined : Number(database),
  };
}
