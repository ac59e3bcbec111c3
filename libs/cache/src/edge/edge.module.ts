import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { CacheRegistry } from '../core/cache-registry.js';
import { CACHE_RUNTIME, type CacheRuntime } from '../core/cache-runtime.js';
import { CacheError } from '../core/errors.js';
import { type Duration, durationMs } from '../core/policy/duration.js';
import { EdgeHeaders } from '../http/headers/edge-headers.js';
import { ChangeNames } from '../outbox/relay/change-names.js';
import { OutboxTable } from '../outbox/relay/outbox-table.js';
import type { SqlClient } from '../outbox/sql-client.js';
import type { Cdn } from './cdn/cdn.js';
import { EdgeCursor } from './edge-cursor.js';
import { edgeNames } from './edge-names.js';
import { EdgePurger } from './edge-purger.js';

/** Configures {@link EdgeModule}. */
export interface EdgeOptions {
  /** The CDN: `fastly(…)`, `cloudflare(…)`, `varnish(…)`, `souin(…)` or another {@link Cdn}. */
  readonly cdn: Cdn;
  /** Reaches the primary of the database, as the client of `OutboxModule` does. */
  readonly client: SqlClient;
  /** The schema of the outbox and of `cache_edge`. @default 'public' */
  readonly schema?: string;
  /** Makes the names of records and tags for the CDN digests. All instances need the same. @default none: the names are readable */
  readonly secret?: string;
  /** The shortest time between two purges, for a CDN that limits requests. Changes wait for it. @default none: up to 20 purges per second */
  readonly interval?: Duration;
}

/** Configures {@link EdgeModule.forRootAsync}. `useFactory` receives the providers that `inject` lists, in the same order. */
export interface EdgeModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => EdgeOptions | Promise<EdgeOptions>;
}

const OPTIONS = Symbol('EDGE_OPTIONS');

@Injectable()
class EdgeService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #purger: EdgePurger;

  constructor(
    @Inject(CACHE_RUNTIME) private readonly runtime: CacheRuntime,
    registry: CacheRegistry,
    headers: EdgeHeaders,
    @Inject(OPTIONS) { cdn, client, schema = 'public', secret, interval }: EdgeOptions,
  ) {
    const intervalMs = interval === undefined ? 0 : durationMs(interval);
    if (intervalMs === undefined) throw invalid(`interval "${interval}": write a duration, such as '1s'`);
    if (secret === '') throw invalid('secret is empty: set it, or leave it out for readable names');
    const { clock, keys, warn } = runtime;
    const nameOf = edgeNames(secret);
    headers.enable({ headersOf: (recordKeys, seconds) => cdn.headersOf(recordKeys.map(nameOf), seconds) });
    this.#purger = new EdgePurger(runtime, {
      table: new OutboxTable(client, schema),
      cursor: new EdgeCursor(client, schema, keys.namespace, clock.id()),
      changes: new ChangeNames(registry, keys, warn),
      cdn,
      nameOf,
      intervalMs,
    });
  }

  onApplicationBootstrap(): void {
    if (this.runtime.outbox.status.appliedAt === undefined)
      throw invalid('it needs OutboxModule with its relay in the same application: import OutboxModule.forRoot(…)');
    this.#purger.start();
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#purger.stop();
  }
}

function invalid(problem: string): CacheError {
  return new CacheError('CACHE_OPTIONS_INVALID', `EdgeModule: ${problem}.`);
}

/**
 * Lets a CDN keep the answers of routes with `cacheControl.edgeMaxAge`, and purges it when a row changes, whatever program changed it.
 * Import it once, next to `OutboxModule`, in each instance: one of them purges. The statements of `edgeMigration` create its table.
 *
 * The trap: a CDN is purged of what the outbox names. `Cache.invalidate` without a change of the database does not reach it.
 *
 * @example
 * imports: [
 *   CacheModule.forRoot({ redis, caches: [userById] }),
 *   OutboxModule.forRoot({ client: pool }),
 *   EdgeModule.forRoot({ client: pool, cdn: varnish({ urls: ['http://varnish:6081'] }) }),
 * ]
 */
@Module({})
export class EdgeModule {
  /** Purges this CDN. @throws {CacheError} `CACHE_OPTIONS_INVALID` at boot, for an invalid option or without `OutboxModule`. */
  static forRoot(options: EdgeOptions): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  /** Purges a CDN that the options of another provider name. @throws as {@link forRoot}. */
  static forRootAsync({ imports = [], inject = [], useFactory }: EdgeModuleAsyncOptions): DynamicModule {
    return { module: EdgeModule, imports, providers: [{ provide: OPTIONS, inject, useFactory }, EdgeService] };
  }
}
