import { Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import type { Kysely, Transaction } from 'kysely';
import { setTimeout as pause } from 'node:timers/promises';
import { brokeDeadlock } from './sql-state.js';
import { DatabaseUnavailable, isUnavailable } from './database-unavailable.js';
import type { Engine } from './engine.js';
import type { Schema } from './schema.js';

/** How long the boot waits for the schema before it goes on without; the app then answers 503 until it is there. */
const bootMs = 3_000;
const closeMs = 2_000;
/** Less than half of an intent's life, as the commit may be on its way for as long: later, nothing announces it any more. */
const commitMs = 4_000;
const tooLong = `A transaction took more than ${commitMs} ms and was rolled back.`;
const retryMs = { first: 250, most: 5_000 };

/**
 * The one door to the database. Every statement goes through `run`, so that "the database is away" is one error.
 * It never keeps the process from starting: the schema is brought up to date in the background until that worked.
 */
export class Database implements OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger(Database.name);
  private readonly closing = new AbortController();
  private ready = false;
  private preparing: Promise<void> = Promise.resolve();
  private engine: Engine | undefined;
  /** Why the last attempt to bring the schema up to date failed. */
  private failure: Error | undefined;

  constructor(private readonly open: () => Engine | Promise<Engine>) {}

  /** What kind of database it is, fit for a log. */
  get name(): string {
    return this.engine?.name ?? 'PostgreSQL';
  }

  /** Whether the database has answered with the schema that this release needs. Stays true once it is. */
  get schemaReady(): boolean {
    return this.ready;
  }

  /**
   * Runs a statement, or a transaction, and once more when the database ended it to break a deadlock. Every other error but
   * "away" passes unchanged.
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
   * Runs statements as one transaction, which is rolled back when `work` throws. Use no other connection in there: the embedded
   * database has one only.
   *
   * @throws DatabaseUnavailable as {@link run}, and when it took so long that the cache may believe its writer dead.
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

  /** Resolves when the database answers, with whatever schema; rejects when it cannot be asked. */
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

  /** In this hook, as in the earlier ones requests are still being answered. */
  async onApplicationShutdown(): Promise<void> {
    this.closing.abort();
    // A migration that waits for a frozen server must not keep the process.
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
