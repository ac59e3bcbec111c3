import type { RedisConnection } from '@nuthatch/redis';
import type { User } from './users.js';

/** The Redis of a scenario, empty at its beginning. */
export interface Where {
  readonly redisUrl: string;
  readonly connection: RedisConnection;
}

export type Answer = User | undefined | readonly (User | undefined)[];

/** One operation of one library. */
export interface Row {
  /** Its name in the tables. */
  readonly name: string;
  /** Whether it is our library, a peer, or the limit, which no library reaches. */
  readonly kind: 'limit' | 'ours' | 'peer';
  /** Returns what it read or wrote. */
  readonly run: () => Promise<Answer>;
}

export interface OpenScenario {
  readonly rows: readonly Row[];
  close(): Promise<void>;
}

/** The same operation in all libraries: a table. */
export interface Scenario {
  /** Its name for `--only`. */
  readonly name: string;
  readonly title: string;
  /** How many callers await one operation after the other. */
  readonly callers: number;
  /** How many operations a caller runs before it looks at the clock, which takes as long as a hit in memory. */
  readonly batch: number;
  /** How many values an operation returns. */
  readonly keys: number;
  /** Whether the origin loads these values, or none. */
  readonly loads: boolean;
  /** How many times faster than the fastest peer each row of ours must be. @default there is no bar */
  readonly atLeast?: number;
  readonly open: (where: Where) => Promise<OpenScenario>;
}
