import {
  type DynamicModule,
  type FactoryProvider,
  Inject,
  Injectable,
  Module,
  type ModuleMetadata,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
  type OnModuleInit,
} from '@nestjs/common';
import { CacheRegistry } from '../core/cache-registry.js';
import { CACHE_RUNTIME, type CacheRuntime } from '../core/cache-runtime.js';
import { ChangeNames } from './relay/change-names.js';
import { OutboxRelay } from './relay/outbox-relay.js';
import { OutboxTable } from './relay/outbox-table.js';
import { LEAST_RETENTION_MS, Retention } from './relay/retention.js';
import type { SqlClient } from './sql-client.js';

/** Configures {@link OutboxModule}. */
export interface OutboxOptions {
  /** Reaches the primary of the database. The application opens it before this module starts, and closes it later. */
  readonly client: SqlClient;
  /** The schema of the outbox. @default 'public' */
  readonly schema?: string;
  /** Whether to apply the changes. If not, old changes are still deleted. @default true */
  readonly relay?: boolean;
}

/** Configures {@link OutboxModule.forRootAsync}. `useFactory` receives the providers that `inject` lists, in the same order. */
export interface OutboxModuleAsyncOptions extends Pick<ModuleMetadata, 'imports'> {
  readonly inject?: NonNullable<FactoryProvider['inject']>;
  readonly useFactory: (...injected: never[]) => OutboxOptions | Promise<OutboxOptions>;
}

const OPTIONS = Symbol('OUTBOX_OPTIONS');

/** An entry may live a tenth longer than its policy says, and a checkpoint may be a second old. */
const MARGIN = 1.2;
/** How long the start of the application waits for the first poll, in milliseconds. */
const BOOT_MS = 1_000;

@Injectable()
class OutboxService implements OnModuleInit, OnApplicationBootstrap, OnApplicationShutdown {
  readonly #relay: OutboxRelay | undefined;
  readonly #retention: Retention;

  constructor(
    @Inject(CACHE_RUNTIME) private readonly runtime: CacheRuntime,
    registry: CacheRegistry,
    @Inject(OPTIONS) { client, schema = 'public', relay = true }: OutboxOptions,
  ) {
    const table = new OutboxTable(client, schema);
    const names = new ChangeNames(registry, runtime.keys, runtime.warn);
    const retentionMs = (): number => Math.max(LEAST_RETENTION_MS, MARGIN * longestLifeMs(registry));
    this.#relay = relay ? new OutboxRelay(runtime, table, names, retentionMs) : undefined;
    this.#retention = new Retention(table, runtime.clock, retentionMs);
  }

  onModuleInit(): void {
    this.#relay?.restrictReads();
  }

  /** Waits for the first poll, so that the first request finds a cache that may be read. */
  async onApplicationBootstrap(): Promise<void> {
    this.#retention.start();
    if (this.#relay) await Promise.race([this.#relay.start(), this.runtime.clock.sleep(BOOT_MS)]);
  }

  async onApplicationShutdown(): Promise<void> {
    this.#retention.stop();
    await this.#relay?.stop();
  }
}

function longestLifeMs({ caches }: CacheRegistry): number {
  return Math.max(0, ...[...caches.values()].map(({ definition }) => definition.lifetimes.expiryMs));
}

/**
 * Applies the changes of the database to the caches, whatever program made them. Import it once, next to `CacheModule.forRoot`, in each
 * instance. The migration of `npx -p @nuthatch/admin nuthatch outbox migration` creates the table and the triggers.
 *
 * A change is applied within 200 ms and the time of one query. Writes through the caches are applied at once, as without it.
 *
 * @example
 * imports: [CacheModule.forRoot({ redis, caches: [userById] }), OutboxModule.forRoot({ client: pool })]
 */
@Module({})
export class OutboxModule {
  /** Applies the changes of this database. */
  static forRoot(options: OutboxOptions): DynamicModule {
    return this.forRootAsync({ useFactory: () => options });
  }

  /** Applies the changes of a database that another provider opens. */
  static forRootAsync({ imports = [], inject = [], useFactory }: OutboxModuleAsyncOptions): DynamicModule {
    return { module: OutboxModule, imports, providers: [{ provide: OPTIONS, inject, useFactory }, OutboxService] };
  }
}
