import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';
import type { Indicators } from './dependencies/indicator-options.js';

export const HEALTH_OPTIONS = Symbol('HEALTH_OPTIONS');

/**
 * Reports the state of the database to the probes. The application implements this port.
 *
 * @example
 * const probe: DatabaseProbe = { schemaReady: true, ping: async () => void (await pool.query('select 1')) };
 */
export interface DatabaseProbe {
  /** Whether the schema is the one that this release expects. Reading it does no I/O. */
  readonly schemaReady: boolean;
  /** Whether the database refused writes at the last ping. Reading it does no I/O. */
  readonly readOnly?: boolean;
  /**
   * Resolves when the database answered, rejects when the database is down. Connect and ask in the way of the requests, or the
   * probes are green while requests fail. The probes report the `code` of the error, or its message.
   *
   * The promise must settle some day, by the driver's own timeout. While a ping is in flight, no second ping is sent, so that
   * a frozen database cannot use up the pool. After 500 ms without an answer the database counts as down.
   */
  ping(): Promise<void>;
}

/** Configures {@link HealthModule}. */
export interface HealthOptions {
  /** Reports the state of the database to the probes. */
  readonly database: DatabaseProbe;
  /** Whether an instance without Redis answers `ready` with 503 (`true`) or with 200, `degraded` (`false`). */
  readonly cacheRequired: boolean;
  /**
   * How long the server continues to serve requests after SIGTERM, in milliseconds: the time that the load balancer needs to
   * see the 503 of `ready`. Ctrl-C and `app.close()` skip this delay.
   */
  readonly drainDelayMs: number;
  /**
   * How long requests in flight may take after `drainDelayMs`, in milliseconds. Then their connections are closed.
   *
   * @default 20_000
   */
  readonly drainTimeoutMs?: number;
}

/** What the module needs before its options are known. */
interface HealthModuleMetadata extends Pick<ModuleMetadata, 'imports'> {
  /** Indicators of the application. Each joins `/health`, and with `ready: true` also `/health/ready`. */
  readonly indicators?: Indicators;
}

/** Configures {@link HealthModule.forRoot}. */
export interface HealthModuleOptions extends HealthOptions, HealthModuleMetadata {}

/** Configures {@link HealthModule.forRootAsync}. `useFactory` receives the providers that `inject` lists, in the same order. */
export interface HealthModuleAsyncOptions extends HealthModuleMetadata {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => HealthOptions | Promise<HealthOptions>;
}
