import { type FaultProxy, startFaultProxy } from '../../libs/cache/src/testing/fault-proxy.js';
import { MASTER, type SentinelGroup, startSentinelGroup } from '../support/redis/sentinel-group.js';
import { AppInstance } from './app/app-instance.js';
import { createUsers } from './app/create-users.js';

const INSTANCES = 3;

/**
 * Three instances of the application on one master, two replicas and three Sentinels. Each reaches each Sentinel through a proxy of
 * its own.
 */
export class SentinelFleet {
  private constructor(
    readonly group: SentinelGroup,
    readonly instances: readonly AppInstance[],
    private readonly proxies: readonly (readonly FaultProxy[])[],
  ) {}

  static async start(): Promise<SentinelFleet> {
    const databaseUrl = await createUsers();
    const group = await startSentinelGroup();
    const ports = group.sentinels.map(({ port }) => port);
    const proxies = await Promise.all(
      Array.from({ length: INSTANCES }, () => Promise.all(ports.map((port) => startFaultProxy({ port })))),
    );
    const instances = proxies.map((own, instance) => {
      const sentinels = own.map(({ port }) => `127.0.0.1:${port}`).join();
      const environment = { DATABASE_URL: databaseUrl, REDIS_SENTINELS: sentinels, REDIS_MASTER: MASTER };
      return new AppInstance({ instance, environment });
    });
    return new SentinelFleet(group, instances, proxies);
  }

  /** Holds back what the Sentinels say to one instance, until the returned function is called. */
  holdBack(instance: number): () => void {
    const own = this.proxies[instance] ?? [];
    for (const proxy of own) proxy.freeze('both');
    return () => own.forEach((proxy) => proxy.thaw());
  }

  async end(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.kill()));
    await Promise.all(this.proxies.flat().map((proxy) => proxy.close()));
    await this.group.stop();
  }
}
