import { inject } from 'vitest';
import { type FaultProxy, startFaultProxy } from '../../libs/cache/src/testing/fault-proxy.js';
import { OPERATION_TIMEOUT_MS } from '../consistency/processes/fleet/fleet.js';
import { Instance } from '../consistency/processes/fleet/instance.js';
import { createRows } from '../consistency/processes/worker/create-rows.js';
import { createDatabase } from '../support/postgres-server.js';
import { MASTER, type SentinelGroup, startSentinelGroup } from '../support/redis/sentinel-group.js';

const INSTANCES = 3;

/** Three processes on one master, two replicas and three Sentinels. Each reaches each Sentinel through a proxy of its own. */
export class SentinelFleet {
  private constructor(
    readonly group: SentinelGroup,
    readonly instances: readonly Instance[],
    private readonly proxies: readonly (readonly FaultProxy[])[],
  ) {}

  static async start(): Promise<SentinelFleet> {
    const databaseUrl = await createDatabase(inject('postgresUrl'));
    await createRows(databaseUrl);
    const group = await startSentinelGroup();
    const ports = group.sentinels.map(({ port }) => port);
    const proxies = await Promise.all(
      Array.from({ length: INSTANCES }, () => Promise.all(ports.map((port) => startFaultProxy({ port })))),
    );
    const instances = proxies.map((own, instance) => {
      const sentinels = own.map(({ port }) => ({ host: '127.0.0.1', port }));
      const topology = { mode: 'sentinel', master: MASTER, sentinels } as const;
      const options = { instance, topology, databaseUrl, operationTimeoutMs: OPERATION_TIMEOUT_MS };
      return new Instance(inject('workerProgram'), options);
    });
    return new SentinelFleet(group, instances, proxies);
  }

  /** Holds back what the Sentinels say to one process, until the returned function is called. */
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
