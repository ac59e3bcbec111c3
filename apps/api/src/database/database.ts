import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import { brokeDeadlock } from './sql-state.js';
import { DatabaseUnavailable, isUnavailable } from './unavailable.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';

/** The time that the boot waits for the schema. After it the boot continues, and the app answers 503 until the schema is ready. */
const bootMs = 3_000;
const closeMs = 2_000;
/** Less than half of the life of an intent, because the commit may take as long again. Without its intent it is not announced. */
const commitMs = 4_000;
const tooLong = `A transaction took more than ${commitMs} ms and was rolled back.`;
const retryMs = { first: 250, most: 5_000 };

/**
 * Runs every statement of the API, so that a database that is down is one error.
 * The process starts without the database: migrations are retried in the background until they succeed.
 */
export class Database implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Database.name);
  private readonly closing = new AbortController();
  private ready = false;
  private preparing: Promise<void> = Promise.resolve();
  private engine: Engine | undefined;
  /** The error of the last attempt to migrate. */
  private failure: Error | undefined;

  constructor(private readonly open: () => Engine | Promise<Engine>) {}

  /** The kind of the database, for logs. */
  get name(): string {
    return this.engine?.name ?? 'PostgreSQL';
  }

  /** Whether the database has had the schema of this release. Stays true from then on. */
  get schemaReady(): boolean {
    return this.ready;
  }

  /**
   * Runs a statement or a transaction, and runs it again once if the database ended it to break a deadlock. Every other error of
   * the database passes unchanged.
   *
   * @throws DatabaseUnavailable at once while the schema is not ready, and when the connection fails.
   */
  async run<T>(statement: (db: Kysely<Schema>) => Promise<T>): Promise<T> {
    if (!this.engine || !this.ready) throw new DatabaseUnavailable({ cause: this.failure });
    const { db } = this.engine;
    try {
      return await statement(db).catch((error: unknown) => {
        if (!brokeDeadlock(error)) throw error;
        return statement(db);
      });
    } catch (error) {
      throw isUnavailable(error) ? new DatabaseUnavailable({ cause: error }) : error;
    }
  }

  /**
   * Runs statements as one transaction and rolls back when `work` throws. Use no other connection in `work`: the embedded database
   * has only one.
   *
   * @throws DatabaseUnavailable like {@link run}, and for a transaction so long that the intent of its write may have expired.
   */
  transaction<T>(work: (trx: Transaction<Schema>) => Promise<T>): Promise<T> {
    const began = performance.now();
    return this.run((db) =>
      db.transaction().execute(async (trx) => {
        const result = await work(trx);
        if (performance.now() - began > commitMs) throw new DatabaseUnavailable({ cause: new Error(tooLong) });
        return result;
      }),
    );
  }

  /** Resolves when the database answers, with any schema. Rejects when it is down. */
  async ping(): Promise<void> {
    if (!this.engine) throw new DatabaseUnavailable();
    await this.engine.ping();
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

  private async prepare(engine: Engine): Promise<void> {
    const { signal } = this.closing;
    for (let wait = retryMs.first; !signal.aborted; wait = Math.min(wait * 2, retryMs.most)) {
      try {
        await engine.migrate();
        this.ready = true;
        this.logger.log(`${engine.name} is ready.`);
        return;
      } catch (error) {
        this.failure = new Error(reason(error), { cause: error });
        this.logger.warn(`${engine.name} is not ready; next try in ${wait} ms. ${this.failure.message}`);
        await pause(wait, undefined, { signal }).catch(() => undefined);
      }
    }
  }
}

function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join('; ');
  return error instanceof Error ? error.message : String(error);
}
