export interface Where {
  readonly redisUrl: string;
  readonly port: number;
}

/**
 * Listens on 127.0.0.1 and answers `GET /users/:id`, and `PATCH` if its scenario writes, set up as the documentation of its parts
 * shows.
 */
export type Serve = (where: Where) => Promise<void>;

/** The requests that all contenders of a scenario answer. */
export interface Traffic {
  /** Hits and writes are for `users` in turn. Each miss is for a user that no request has asked for. */
  readonly requests: 'hits' | 'misses' | 'writes';
  readonly users: number;
  /** How many orders a user has. A user without orders has 200 bytes; a hundred orders are 20 kB. */
  readonly orders: number;
}

/** A contender of one scenario: a row of its table. */
export interface Row {
  /** Its name in the bars and for `--only`. */
  readonly id: string;
  /** Its name in the tables. */
  readonly name: string;
  readonly load: () => Promise<Serve>;
  /** The headers of each request. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** What its answers to a repeated `GET` must contain before it is measured. */
  readonly expects: Expectation;
}

export interface Contender extends Row {
  readonly traffic: Traffic;
}

export interface Expectation {
  /** @default 200 */
  readonly status?: number;
  /** For each of these headers, a part of its value. */
  readonly headers?: Readonly<Record<string, string>>;
}
