import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { SqlClient } from '@nuthatch/cache/outbox';
import { CompiledQuery, type Kysely, type Transaction } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectionCounts, Engine } from './engine.js';
import { SchemaOutdated } from './migrations/schema-outdated.js';
import type { Schema } from './schema.js';
import { outdatesConnections, wasRolledBack } from './sql-state.js';
import { TransactionConflict } from './transaction-conflict.js';
import { DatabaseUnavailable, isUnavailable } from './unavailable.js';
import { WriteTokenPlugin } from './write-token-plugin.js';

/** The time that the boot waits for the schema. After it the boot continues, and the app answers 503 until the schema is ready. */
const bootMs = 3_000;
const closeMs = 2_000;
/** Less than half of the life of an intent, because the commit may take as long again. Without its intent it is not announced. */
const commitMs = 4_000;
const tooLong = `A transaction took more than ${commitMs} ms and was rolled back.`;
/** The last repetition begins early enough that its statement ends within the life of an intent. */
const repeatMs = 2_000;
const mostAttempts = 10;
const retryMs = { first: 250, most: 5_000 };

const writeTokens = new WriteTokenPlugin();

/** The database, for statements that read. */
export type Reading = Pick<Kysely<Schema>, 'selectFrom' | 'with' | 'getExecutor' | 'executeQuery' | 'withPlugin'>;

export interface DatabaseOptions {
  /** Whether to migrate the schema at the start, instead of waiting until another process did. */
  readonly migrate: boolean;
}

/**
 * Runs every statement of the API, so that a database that is down is one error.
 * The process starts without the database: migrations are retried in the background until they succeed.
 */
export class Database implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Database.name);
  private readonly closing = new AbortController();
  private ready = false;
  private refusesWrites = false;
  private preparing: Promise<void> = Promise.resolve();
  private engine: Engine | undefined;
  /** The error of the last attempt to prepare the schema. */
  private failure: Error | undefined;
  private logged = '';

  constructor(
    private readonly open: () => Engine | Promise<Engine>,
    private readonly options: DatabaseOptions,
  ) {}

  /** Runs statements as {@link write} does, for the outbox of the caches. */
  readonly sqlClient: SqlClient = {
    query: (text, params) => this.write((db) => db.executeQuery(CompiledQuery.raw(text, params))),
  };

  /** The kind of the database, for logs. */
  get name(): string {
    return this.engine?.name ?? 'PostgreSQL';
  }

  /** The connections for requests at this moment; `undefined` for the embedded database. */
  get connections(): ConnectionCounts | undefined {
    return this.engine?.connections?.();
  }

  /** Whether the database has had the schema of this release. Stays true from then on. */
  get schemaReady(): boolean {
    return this.ready;
  }

  /** Whether the database refused writes at the last ping. */
  get readOnly(): boolean {
    return this.refusesWrites;
  }

  /**
   * Runs a statement that reads. It runs again, up to ten times within two seconds, if the database rolled it back because of
   * concurrent transactions. Other errors of the database pass unchanged.
   *
   * @throws DatabaseUnavailable at once while the schema is not ready, and when the connection fails.
   * @throws TransactionConflict when each repetition was rolled back too.
   */
  read<T>(statement: (db: Reading) => Promise<T>): Promise<T> {
    return this.repeat((engine) => engine.run(statement));
  }

  /**
   * Runs a statement that writes, and repeats it as {@link read} does. Use {@link transaction} if there are several. Its `returning`
   * passes the token of the present cache write to the outbox.
   *
   * @throws DatabaseUnavailable like {@link read}, and behind a pooler like {@link transaction}.
   * @throws TransactionConflict like {@link read}.
   */
  write<T>(statement: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    return this.repeat((engine, began) =>
      engine.run(async (db) => {
        const result = await statement(db.withPlugin(writeTokens));
        return db.isTransaction ? inTime(result, began) : result;
      }),
    );
  }

  /**
   * Runs statements as one transaction and rolls back when `work` throws. Use no other connection in `work`: the embedded database
   * has only one. `work` may run several times, like the statement of {@link write}.
   *
   * @throws DatabaseUnavailable like {@link read}, and for a transaction so long that the intent of its write may have expired.
   * @throws TransactionConflict like {@link read}.
   */
  transaction<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
    return this.repeat((engine, began) =>
      engine.transaction(async (trx) => inTime(await work(trx.withPlugin(writeTokens)), began)),
    );
  }

  /** Resolves when the database answers, with any schema. Rejects when it is down. */
  async ping(): Promise<void> {
    if (!this.engine) throw new DatabaseUnavailable();
    try {
      this.refusesWrites = (await this.engine.ping()).readOnly;
      if (this.ready) this.log(this.refusesWrites ? 'refuses writes' : 'is ready');
    } catch (error) {
      if (this.ready) this.log('is down', error);
      throw error;
    }
  }

  /** @throws FolderInUse */
  async onModuleInit(): Promise<void> {
    this.engine = await this.open();
    this.preparing = this.prepare(this.engine);
    await Promise.race([this.preparing, pause(bootMs, undefined, { ref: false })]);
  }

  /** Closes the database in this hook, because requests are still in flight in the earlier ones. */
  async onApplicationShutdown(): Promise<void> {
    this.closing.abort();
    // A migration that waits for a frozen server must not block the exit.
    await Promise.race([this.preparing, pause(closeMs, undefined, { ref: false })]);
    await this.engine?.close();
  }

  private async repeat<T>(work: (engine: Engine, began: number) => Promise<T>): Promise<T> {
    if (!this.engine || !this.ready) throw new DatabaseUnavailable({ cause: this.failure });
    const began = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await work(this.engine, began);
      } catch (error) {
        if (outdatesConnections(error)) this.engine.renewConnections();
        if (isUnavailable(error)) throw new DatabaseUnavailable({ cause: error });
        if (!wasRolledBack(error)) throw error;
        if (attempt === mostAttempts || performance.now() - began > repeatMs)
          throw new TransactionConflict({ cause: error });
      }
    }
  }

  private async prepare(engine: Engine): Promise<void> {
    const { signal } = this.closing;
    for (let wait = retryMs.first; !signal.aborted; wait = Math.min(wait * 2, retryMs.most)) {
      try {
        await (this.options.migrate ? engine.migrate() : assertCurrent(engine));
        await engine.ping();
        this.ready = true;
        this.log('is ready');
        return;
      } catch (error) {
        this.failure = new Error(reason(error), { cause: error });
        this.log('is not ready; trying again', error);
        await pause(wait, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  /** Logs a state once, until it changes. */
  private log(state: string, error?: unknown): void {
    const line = `${this.name} ${state}.${error === undefined ? '' : ` ${reason(error)}`}`;
    if (line === this.logged || this.closing.signal.aborted) return;
    this.logged = line;
    if (state === 'is ready') this.logger.log(line);
    else this.logger.warn(line);
  }
}

/**
 * Returns the result of the statements of a transaction, before it commits them.
 *
 * @throws DatabaseUnavailable when the commit may come after the intent of its write has expired.
 */
function inTime<T>(result: T, began: number): T {
  if (performance.now() - began <= commitMs) return result;
  throw new DatabaseUnavailable({ cause: new Error(tooLong) });
}

async function assertCurrent(engine: Engine): Promise<void> {
  const missing = await engine.missingMigrations();
  if (missing.length > 0) throw new SchemaOutdated(missing);
}

function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join('; ');
  return error instanceof Error ? error.message : String(error);
}
