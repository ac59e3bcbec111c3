/** Something that every hit in memory may pay for. */
export interface Feature {
  /** Its name for `--only`. */
  readonly name: 'metrics' | 'token' | 'nothing';
  /** Its name in the table. */
  readonly title: string;
  /** The most that it may cost, as a part of the requests per second. @default there is no bar */
  readonly bar?: number;
}

export const FEATURES: readonly Feature[] = [
  { name: 'metrics', title: 'metrics', bar: 0.01 },
  { name: 'token', title: '`Consistency-Token`, for requests without one', bar: 0.02 },
  // The error of the method.
  { name: 'nothing', title: 'nothing' },
];
