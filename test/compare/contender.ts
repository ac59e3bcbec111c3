/** What everybody caches: a row of the database, whose versions are unique and ordered. */
export interface Row {
  readonly version: number;
}

export type Load = () => Promise<Row>;

/** A cache as an application uses it, in the way its own documentation shows. */
export interface Contender {
  /** From the cache, else from `load`: the call that the library offers against stampedes. */
  readThrough(key: string, load: Load): Promise<Row>;
  /** Changes the row and then does what the library's documentation says to do. Acknowledged when it resolves. */
  write(key: string, change: () => Promise<Row>): Promise<Row>;
  get(key: string): Promise<Row | undefined>;
  set(key: string, row: Row): Promise<void>;
  /** Whatever the library answers. */
  delete(key: string): Promise<unknown>;
  /** Invalidates every entry. Only where entries were to carry a tag. */
  invalidateTag?(): Promise<unknown>;
}

export interface Where {
  readonly redisUrl: string;
  /** Whether each entry is to carry {@link TAG}. */
  readonly tagged: boolean;
}

export const TAG = 'everything';

/** Longer than any workload: an entry that is wrong stays wrong, and is seen. */
export const TTL_MS = 60_000;

/** `healthy`: what keeps a library freshest. `faulty`: also what its documentation offers against a Redis that fails. */
export type Purpose = 'healthy' | 'faulty';

/** One way to set a library up. */
export interface SetUp {
  readonly library: string;
  /** The package whose version counts. */
  readonly packageName: string;
  readonly tiers: string;
  /** The options by their documented names, for the reader of the tables. */
  readonly options: string;
  readonly purposes: readonly Purpose[];
  /** Whether processes share a Redis. */
  readonly shared: boolean;
  /** Whether a process tells the others what it wrote. */
  readonly bus: boolean;
  readonly tags: boolean;
  readonly open: (where: Where) => Promise<Contender>;
}

export function nameOf({ library, tiers }: SetUp): string {
  return `${library}: ${tiers}`;
}
