import { settled } from '../consistency/processes/fleet/fleet.js';
import type { TrafficFleet } from '../consistency/processes/fleet/instance.js';
import type { Workload } from '../consistency/processes/worker/commands.js';
import { FAULTY, LOAD } from '../consistency/processes/scenarios/traffic.js';
import { type FaultFigures, underFault } from '../consistency/processes/scenarios/under-fault.js';

const SETTLED_WITHIN_MS = 30_000;
const WARM_UP_MS = 2_000;
/**
 * A request over HTTP costs more than an operation of the library, and a write invalidates four names. At the load of the library, two
 * cores would be busy all the time.
 */
const APP_LOAD: Workload = { ...LOAD, readers: 2, burst: 8, writePauseMs: 100 };

/** Instances of the application on several servers. */
export interface ChaosFleet extends TrafficFleet {
  end(): Promise<void>;
}

export interface Failure<F extends ChaosFleet> {
  /** The fault, as docs/operations/failure-modes.md names it. */
  readonly fault: string;
  /** Causes the fault, and resolves when the servers agree again and every process can reach them. */
  readonly cause: (fleet: F) => Promise<void>;
  /** Until every process has an invalidation applied again, in milliseconds. @default 500 */
  readonly writesWithinMs?: number;
}

/** Runs traffic before, during and after a fault, and checks its history. */
export async function runFailure<F extends ChaosFleet>(
  { fault, cause }: Failure<F>,
  start: () => Promise<F>,
): Promise<FaultFigures> {
  const fleet = await start();
  try {
    await settled(fleet.instances, SETTLED_WITHIN_MS);
    return await underFault(fleet, {
      name: fault,
      cause: () => cause(fleet),
      load: APP_LOAD,
      warmUpMs: WARM_UP_MS,
      bounds: { during: FAULTY, after: FAULTY },
    });
  } finally {
    await fleet.end();
  }
}
