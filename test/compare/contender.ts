/** The value that all contenders cache: a row of the database, with unique and ordered versions. */
export interface Row {
  readonly version: number;
}

export type Load = () => Promise<Row>;

/** A cache as an application uses it, following the documentation of the library. */
export interface Contender {
  /** Reads from the cache, else from `load`, with the call that the library offers against stampedes. */
  readThrough(key: string, load: Load): Promise<Row>;
  /** Changes the row and then follows the library's documentation. Resolves when the write is acknowledged. */
  write(key: string, change: () => Promise<Row>): Promise<Row>;
  get(key: string): Promise<Row | undefined>;
  set(key: string, row: Row): Promise<void>;
  /** Returns the library's own answer. */
  delete(key: string): Promise<unknown>;
  /** Invalidates every entry, if entries carry a tag. */
  invalidateTag?(): Promise<unknown>;
}

export interface Where {
  readonly redisUrl: string;
  /** Whether each entry carries {@link TAG}. */
  readonly tagged: boolean;
}

export const TAG = 'everything';

/** Longer than any workload, so that a stale entry stays stale until a read detects it. */
export const TTL_MS = 60_000;

/** `healthy`: the freshest set-up of a library. `faulty`: with the options that its documentation offers for a failing Redis. */
export type Purpose = 'healthy' | 'faulty';

/** One way to set a library up. */
export interface SetUp {
  readonly library: string;
  /** The package whose version counts. */
  readonly packageName: string;
  readonly tiers: string;
  /** The options by their documented names, for the tables. */
  readonly options: string;
  readonly purposes: readonly Purpose[];
  /** Whether processes share a Redis. */
  readonly shared: boolean;
  /** Whether a process sends invalidations to the others. */
  readonly bus: boolean;
  readonly tags: boolean;
  readonly open: (where: Where) => Promise<Contender>;
}

export function nameOf({ library, tiers }: SetUp): string {
  return `${library}: ${tiers}`;
}
