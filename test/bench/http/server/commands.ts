import type { Where } from '../contender.js';

/** The argument with which the benchmark starts a server. */
export interface WorkerOptions extends Where {
  readonly contender: string;
  /** The core on which it runs. @default any */
  readonly core: string | undefined;
}

export interface Usage {
  /** Its processor time since it started, in microseconds. */
  readonly cpuMicros: number;
  /** How often the cache called the origin. */
  readonly loads: number;
  /** How often a request changed the origin. */
  readonly writes: number;
}

/** The commands that the benchmark sends to a server. */
export interface Commands {
  /** Resolves once the server listens. */
  serve(): Promise<void>;
  usage(): Usage;
}
