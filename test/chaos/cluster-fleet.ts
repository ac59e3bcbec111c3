import { type FaultProxy, startFaultProxy } from '../../libs/cache/src/testing/fault-proxy.js';
import { type ClusterGroup, startClusterGroup } from '../support/redis/cluster-group.js';
import type { RedisServer } from '../support/redis-server.js';
import { AppInstance } from './app/app-instance.js';
import { createUsers } from './app/create-users.js';

const INSTANCES = 3;

/**
 * Three instances of the application on a cluster of three masters and three replicas. Each reaches each node through a proxy of its
 * own.
 */
export class ClusterFleet {
  private constructor(
    readonly group: ClusterGroup,
    readonly instances: readonly AppInstance[],
    /** By instance, and by the port of the node. */
    private readonly proxies: readonly ReadonlyMap<number, FaultProxy>[],
  ) {}

  static async start(): Promise<ClusterFleet> {
    const databaseUrl = await createUsers();
    const group = await startClusterGroup();
    const proxies = await Promise.all(Array.from({ length: INSTANCES }, () => proxiesOf(group)));
    const instances = proxies.map((own, instance) => {
      const ports = [...own].map(([announced, { port }]) => [announced, port] as const);
      const nodes = ports.map(([, port]) => `127.0.0.1:${port}`).join();
      const environment = { DATABASE_URL: databaseUrl, REDIS_CLUSTER_NODES: nodes };
      return new AppInstance({ instance, environment, proxies: Object.fromEntries(ports) });
    });
    return new ClusterFleet(group, instances, proxies);
  }

  /** Cuts one instance off from all nodes but one, until the returned function is called. */
  holdOn(instance: number, { port }: RedisServer): () => void {
    const others = [...(this.proxies[instance] ?? [])].flatMap(([node, proxy]) => (node === port ? [] : [proxy]));
    for (const proxy of others) proxy.freeze('both');
    return () => others.forEach((proxy) => proxy.thaw());
  }

  async end(): Promise<void> {
    await Promise.all(this.instances.map((instance) => instance.kill()));
    await Promise.all(this.proxies.flatMap((own) => [...own.values()].map((proxy) => proxy.close())));
    await this.group.stop();
  }
}

async function proxiesOf({ servers }: ClusterGroup): Promise<ReadonlyMap<number, FaultProxy>> {
  return new Map(await Promise.all(servers.map(async ({ port }) => [port, await startFaultProxy({ port })] as const)));
}
