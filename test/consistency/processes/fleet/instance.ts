import { ChildWorker } from '../../../support/processes/child-worker.js';
import type { Commands, WorkerOptions } from '../worker/commands.js';

/** A process of the fleet, as the test controls it. */
export class Instance extends ChildWorker<Commands, WorkerOptions> {}
