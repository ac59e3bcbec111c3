import { ChildWorker } from '../../support/child-worker.js';
import type { Commands, WorkerOptions } from './commands.js';

/** A process of the fleet, seen from the test. */
export class Instance extends ChildWorker<Commands, WorkerOptions> {}
