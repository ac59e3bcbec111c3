export interface Where {
  readonly redisUrl: string;
  readonly port: number;
}

/** Listens on 127.0.0.1 and answers `GET /users/:id`, set up as the documentation of its parts shows. */
export type Serve = (where: Where) => Promise<void>;

export interface Contender {
  /** Its name in the bars and for `--only`. */
  readonly id: string;
  /** Its row in the tables. */
  readonly name: string;
  readonly load: () => Promise<Serve>;
  /** The headers of each request. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many users the requests ask for in turn. @default 1 */
  readonly users?: number;
  /** What its answers must contain before it is measured. */
  readonly expects: Expectation;
}

export interface Expectation {
  /** @default 200 */
  readonly status?: number;
  /** For each of these headers, a part of its value. */
  readonly headers?: Readonly<Record<string, string>>;
}
