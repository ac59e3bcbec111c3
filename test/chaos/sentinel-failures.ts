import { setTimeout as pause } from 'node:timers/promises';
import { withCommands } from '../consistency/processes/fleet/fleet.js';
import type { Failure } from './failure.js';
import type { SentinelFleet } from './sentinel-fleet.js';

/** The instance that learns of a failover later than the others, and how much later. */
const HELD = 2;
const HELD_MS = 3_000;

/** The faults of a master with Sentinels, in the table of docs/operations/failure-modes.md. */
export const SENTINEL_FAILURES: readonly Failure<SentinelFleet>[] = [
  {
    fault: 'the master is killed',
    async cause({ group }) {
      const master = await group.master();
      await master.kill();
      await group.changedFrom(master);
    },
  },
  {
    fault: 'the master stops to answer for 5 s (SIGSTOP)',
    async cause({ group }) {
      const master = await group.master();
      master.freeze();
      await Promise.all([group.changedFrom(master), pause(5_000)]);
      master.thaw();
    },
  },
  {
    fault: 'a manual failover',
    async cause({ group }) {
      await group.failOver();
    },
  },
  {
    fault: 'the master is cut off from replicas and Sentinels, and applications still reach it',
    async cause({ group }) {
      const master = await group.master();
      await withCommands(master, async (command) => {
        // Connections of the application stay authenticated, and the others cannot return.
        await command('ACL', 'SETUSER', 'default', 'off');
        await command('CLIENT', 'KILL', 'TYPE', 'replica');
        const others = String(await command('CLIENT', 'LIST')).matchAll(/^id=(\d+) .* name=sentinel-/gm);
        for (const [, id = ''] of others) await command('CLIENT', 'KILL', 'ID', id);
        await group.changedFrom(master);
        await command('ACL', 'SETUSER', 'default', 'on');
      });
    },
  },
  {
    fault: 'a manual failover, which one instance learns of 3 s later',
    async cause(fleet) {
      const release = fleet.holdBack(HELD);
      await Promise.all([fleet.group.failOver(), pause(HELD_MS)]);
      release();
    },
  },
  {
    fault: 'all servers are restarted, one after the other',
    cause: ({ group }) => group.restartAll(),
  },
  {
    fault: 'all Sentinels are down for 3 s',
    async cause({ group }) {
      await Promise.all(group.sentinels.map((sentinel) => sentinel.kill()));
      await pause(3_000);
      await Promise.all(group.sentinels.map((sentinel) => sentinel.start()));
      await group.settled();
    },
  },
  {
    fault: 'all instances of the application are restarted, one after the other',
    async cause({ instances }) {
      for (const instance of instances) await instance.send('restart', undefined);
    },
  },
];
