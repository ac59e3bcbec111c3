import type { TrafficCommands } from '../../consistency/processes/worker/commands.js';

/** The argument with which a test starts an instance of the application. */
export interface AppOptions {
  readonly instance: number;
  /** The settings of the application. */
  readonly environment: Readonly<Record<string, string>>;
  /** The port of a proxy to each node of a cluster, by the port that the node announces. @default none */
  readonly proxies?: Readonly<Record<number, number>>;
}

/** The commands that a test sends to an instance of the application. */
export interface AppCommands extends TrafficCommands {
  /** Stops the application, and starts it again without its memory. Its clients continue. */
  restart(): Promise<void>;
}
