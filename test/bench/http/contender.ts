export interface Where {
  readonly redisUrl: string;
  readonly port: number;
}

/** Listens on 127.0.0.1 and answers `GET /users/:id`, as the documentation of what it is made of shows. */
export type Serve = (where: Where) => Promise<void>;

export interface Contender {
  /** How the bars and `--only` name it. */
  readonly id: string;
  /** Its row in the tables. */
  readonly name: string;
  readonly load: () => Promise<Serve>;
  /** Of each request. @default none */
  readonly headers?: Readonly<Record<string, string>>;
  /** How many users are asked for in turn. @default 1, the same all the time */
  readonly users?: number;
  /** What its answers are to say before it is measured. */
  readonly expects: Expectation;
}

export interface Expectation {
  /** @default 200 */
  readonly status?: number;
  /** A part of the value of each of these headers. */
  readonly headers?: Readonly<Record<string, string>>;
}
