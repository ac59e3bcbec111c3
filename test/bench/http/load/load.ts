/** Requests without pipelining: each connection stays open and has one on its way, always. */
export interface Load {
  readonly port: number;
  /** Asked for in turn. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  /** A whole number from 1. */
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
  /** @throws when a request failed, or was answered with an error. */
  readonly run: (load: Load) => Promise<LoadReport>;
}
