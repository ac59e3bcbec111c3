import type { FactoryProvider, ModuleMetadata } from '@nestjs/common';

export const HEALTH_OPTIONS = Symbol('HEALTH_OPTIONS');

/**
 * What the probes ask the database.
 *
 * @example
 * const probe: DatabaseProbe = { schemaReady: true, ping: async () => void (await pool.query('select 1')) };
 */
export interface DatabaseProbe {
  /** Whether the schema is the one this release expects. Reading it does no I/O. */
  readonly schemaReady: boolean;
  /**
   * Resolves when the database answered, rejects when it is away. It has to settle in the end, by the driver's own timeout:
   * while one ping is out the database counts as away, and no second one is sent, so that a frozen database cannot eat the pool.
   */
  ping(): Promise<void>;
}

/** What the application tells {@link HealthModule}. */
export interface HealthOptions {
  /** What the probes ask the database. */
  readonly database: DatabaseProbe;
  /** Whether an instance that cannot reach Redis is taken out of rotation. */
  readonly cacheRequired: boolean;
  /**
   * How long the server goes on serving after SIGTERM, in milliseconds: the time the load balancer needs to see that `ready`
   * is 503. Other ways to shut down (Ctrl-C, `app.close()`) do not wait.
   */
  readonly drainDelayMs: number;
  /**
   * How long requests in flight may take after that before their connections are cut, in milliseconds.
   *
   * @default 20_000
   */
  readonly drainTimeoutMs?: number;
}

/** How {@link HealthModule.forRootAsync} gets its options; `useFactory` receives what `inject` names, in that order. */
export interface HealthModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => HealthOptions | Promise<HealthOptions>;
}
