import { createClient } from '@keyv/redis';
import type { Command } from '../consistency/processes/fleet/fleet.js';
import { Authority, type Certificate } from '../support/redis/certificates.js';
import { type RedisServer, startRedis } from '../support/redis-server.js';
import { AppInstance } from './app/app-instance.js';
import { createUsers } from './app/create-users.js';

const INSTANCES = 3;
const NAMES = { ip: ['127.0.0.1'] };

/** Three instances of the application on one server, over TLS with certificates on both sides. */
export class TlsFleet {
  private constructor(
    private readonly authority: Authority,
    private readonly redis: RedisServer,
    private readonly admin: Awaited<ReturnType<typeof connect>>,
    readonly instances: readonly AppInstance[],
  ) {}

  static async start(): Promise<TlsFleet> {
    const databaseUrl = await createUsers();
    const authority = await Authority.create();
    const { ca, caFile } = authority;
    const redis = await startRedis({ tls: { ...(await authority.issue('server', NAMES)), ca, caFile } });
    const { cert, key } = await authority.issue('client');
    const environment = {
      DATABASE_URL: databaseUrl,
      REDIS_URL: redis.url,
      REDIS_TLS_CA: ca,
      REDIS_TLS_CERT: cert,
      REDIS_TLS_KEY: key,
    };
    const instances = Array.from({ length: INSTANCES }, (_, instance) => new AppInstance({ instance, environment }));
    return new TlsFleet(authority, redis, await connect(redis, { ca, cert, key }), instances);
  }

  /** Gives the server another certificate, and closes all connections of the instances. @param days 0: it has expired */
  async replaceCertificate(name: string, days?: number): Promise<void> {
    const { certFile, keyFile } = await this.authority.issue(name, NAMES, days);
    await this.#command('CONFIG', 'SET', 'tls-cert-file', certFile, 'tls-key-file', keyFile);
    for (const type of ['normal', 'pubsub']) await this.#command('CLIENT', 'KILL', 'TYPE', type);
  }

  async end(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.kill()));
    this.admin.destroy();
    await this.redis.kill();
    await this.authority.remove();
  }

  readonly #command: Command = (...words) => this.admin.sendCommand(words);
}

/** Opens a connection that stays open while the server has no valid certificate. */
async function connect({ url }: RedisServer, tls: Pick<Certificate, 'cert' | 'key'> & { readonly ca: string }) {
  const client = createClient({ url, socket: { ...tls, tls: true } });
  client.on('error', () => {});
  await client.connect();
  return client;
}
