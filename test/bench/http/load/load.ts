/** Requests without pipelining: each connection stays open and always has one request in flight. */
export interface Load {
  readonly port: number;
  /** Requested in turn. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** A whole number of at least 1. */
  readonly seconds: number;
}

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
