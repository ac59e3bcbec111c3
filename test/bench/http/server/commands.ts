import type { Where } from '../contender.js';

/** What a server is told when it starts. */
export interface WorkerOptions extends Where {
  readonly contender: string;
  /** Where it is to run. @default anywhere */
  readonly core: string | undefined;
}

export interface Usage {
  /** What its processor time was since it started, in microseconds. */
  readonly cpuMicros: number;
  /** How often a cache asked what stands behind it. */
  readonly loads: number;
}

/** What the benchmark may ask of a server. */
export interface Commands {
  /** Answers once it listens. */
  serve(): Promise<void>;
  usage(): Usage;
}
