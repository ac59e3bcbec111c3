/** Something that every hit in memory may pay for. */
export interface Feature {
  /** Its name for `--only`. */
  readonly name: 'metrics' | 'metrics-alone' | 'token' | 'nothing';
  /** The server that has it: the example API, or one with a cached route and nothing else. */
  readonly server: 'api' | 'route';
  /** Its name in the table. */
  readonly title: string;
  /** The most that it may cost, as a part of the requests per second. @default there is no bar */
  readonly bar?: number;
}

export const FEATURES: readonly Feature[] = [
  { name: 'metrics', server: 'api', title: 'metrics, in the example API', bar: 0.01 },
  { name: 'metrics-alone', server: 'route', title: 'metrics, in a server with nothing else' },
  { name: 'token', server: 'route', title: '`Consistency-Token`, for requests without one', bar: 0.02 },
  // The error of the method.
  { name: 'nothing', server: 'route', title: 'nothing' },
];
