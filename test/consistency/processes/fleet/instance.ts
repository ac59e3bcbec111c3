import { ChildWorker } from '../../../support/processes/child-worker.js';
import type { Commands, TrafficCommands, WorkerOptions } from '../worker/commands.js';

/** A process under traffic, as the test controls it. */
export type TrafficInstance = Pick<ChildWorker<TrafficCommands, unknown>, 'send'>;

/** Processes under traffic. */
export interface TrafficFleet {
  readonly instances: readonly TrafficInstance[];
}

/** A process of the library, as the test controls it. */
export class Instance extends ChildWorker<Commands, WorkerOptions> {}
