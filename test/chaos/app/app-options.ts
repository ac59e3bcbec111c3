/** The argument with which a test starts an instance of the application. */
export interface AppOptions {
  readonly instance: number;
  /** The settings of the application. */
  readonly environment: Readonly<Record<string, string>>;
  /** The port of a proxy to each node of a cluster, by the port that the node announces. @default none */
  readonly proxies?: Readonly<Record<number, number>>;
}
