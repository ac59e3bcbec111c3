import { setTimeout as pause } from 'node:timers/promises';
import { slotOf } from '@nuthatch/redis';
import { order } from '../support/redis/sentinel-group.js';
import type { RedisServer } from '../support/redis-server.js';
import { KEYS } from './app/users.js';
import type { ClusterFleet } from './cluster-fleet.js';
import type { Failure } from './failure.js';

/** Every entry has this tag: all entries need its master. */
const { namespaceTag } = KEYS;
/** The instance that learns of a failover later than the others, and how much later. */
const HELD = 2;
const HELD_MS = 3_000;

const mainMaster = ({ group }: ClusterFleet): Promise<RedisServer> => group.masterOf(namespaceTag);

/** The faults of a cluster, in the table of docs/operations/failure-modes.md. */
export const CLUSTER_FAILURES: readonly Failure<ClusterFleet>[] = [
  {
    fault: 'a master of a cluster is killed',
    async cause(fleet) {
      const master = await mainMaster(fleet);
      await master.kill();
      await fleet.group.changedFrom(master);
    },
  },
  {
    fault: 'a master of a cluster stops to answer for 5 s (SIGSTOP)',
    async cause(fleet) {
      const master = await mainMaster(fleet);
      master.freeze();
      await Promise.all([fleet.group.changedFrom(master), pause(5_000)]);
      master.thaw();
      await fleet.group.agreed();
    },
  },
  {
    fault: 'a manual failover in a cluster',
    async cause(fleet) {
      await fleet.group.failOver(await mainMaster(fleet));
    },
  },
  {
    fault: 'a manual failover in a cluster, while one instance reaches only the former master for 3 s',
    // After so long, the instance waits for up to 1.25 s before it connects again.
    writesWithinMs: 1_750,
    async cause(fleet) {
      const master = await mainMaster(fleet);
      const release = fleet.holdOn(HELD, master);
      await Promise.all([fleet.group.failOver(master), pause(HELD_MS)]);
      release();
    },
  },
  {
    fault: 'all nodes of a cluster are restarted, one after the other',
    cause: ({ group }) => group.restartAll(),
  },
  {
    fault: 'FLUSHALL on one master of a cluster',
    async cause(fleet) {
      const { port } = await mainMaster(fleet);
      await order(port, 'FLUSHALL');
    },
  },
  {
    fault: 'the hash slots of all entries move to one master of a cluster',
    async cause(fleet) {
      const master = await mainMaster(fleet);
      const masters = await fleet.group.masters();
      const found = await Promise.all(masters.map(({ port }) => order(port, 'KEYS', `${KEYS.recordPrefix('*')}*`)));
      const slots = new Set(found.flat().map((key) => slotOf(String(key))));
      await fleet.group.moveSlots([...slots], master);
      const other = masters.find(({ port }) => port !== master.port) ?? master;
      await fleet.group.moveSlots([slotOf(namespaceTag)], other);
    },
  },
  {
    fault: 'a master of a cluster and its replica are lost for good, and others get their slots 3 s later',
    async cause(fleet) {
      const master = await mainMaster(fleet);
      await fleet.group.loseShard(master, 3_000);
    },
  },
];
