/** Requests without pipelining: each connection stays open and always has one request in flight. */
export interface Load {
  readonly port: number;
  readonly method: 'GET' | 'PATCH';
  readonly paths: Paths;
  readonly headers: Readonly<Record<string, string>>;
  /** @default none */
  readonly body?: string;
  readonly connections: number;
  /** A whole number of at least 1. */
  readonly seconds: number;
}

/** Some paths in turn, or for each request another one: a beginning and a number of eight digits. */
export type Paths = { readonly inTurn: readonly string[] } | { readonly numbered: string };

export interface LoadReport {
  readonly requests: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface LoadGenerator {
  readonly name: string;
  /** @throws when a request failed or got an error response. */
  readonly run: (load: Load) => Promise<LoadReport>;
}
