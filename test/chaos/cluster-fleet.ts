import { inject } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../libs/cache/src/testing/fault-proxy.js';
import { OPERATION_TIMEOUT_MS } from '../consistency/processes/fleet/fleet.js';
import { Instance } from '../consistency/processes/fleet/instance.js';
import { createRows } from '../consistency/processes/worker/create-rows.js';
import { createDatabase } from '../support/postgres-server.js';
import { type ClusterGroup, startClusterGroup } from '../support/redis/cluster-group.js';
import type { RedisServer } from '../support/redis-server.js';

const INSTANCES = 3;

/** Three processes on a cluster of three masters and three replicas. Each reaches each node through a proxy of its own. */
export class ClusterFleet {
  private constructor(
    readonly group: ClusterGroup,
    readonly instances: readonly Instance[],
    /** By instance, and by the port of the node. */
    private readonly proxies: readonly ReadonlyMap<number, FaultProxy>[],
  ) {}

  static async start(): Promise<ClusterFleet> {
    const databaseUrl = await createDatabase(inject('postgresUrl'));
    await createRows(databaseUrl);
    const group = await startClusterGroup();
    const proxies = await Promise.all(Array.from({ length: INSTANCES }, () => proxiesOf(group)));
    const instances = proxies.map((own, instance) => {
      const ports = [...own].map(([announced, { port }]) => [announced, port] as const);
      const nodes = ports.map(([, port]) => ({ host: '127.0.0.1', port }));
      return new Instance(inject('workerProgram'), {
        instance,
        topology: { mode: 'cluster', nodes },
        proxies: Object.fromEntries(ports),
        databaseUrl,
        operationTimeoutMs: OPERATION_TIMEOUT_MS,
      });
    });
    return new ClusterFleet(group, instances, proxies);
  }

  /** Cuts one process off from all nodes but one, until the returned function is called. */
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
