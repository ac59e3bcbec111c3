import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../app.config.js';
import { Database } from './database.js';
import { openEmbedded } from './embedded/embedded.js';
import { openPostgres } from './postgres/postgres.js';

/** Returns the database of this configuration. Its `onModuleInit` opens it. */
export function databaseOf({ databaseUrl, dataDir }: AppConfig): Database {
  return new Database(() => (databaseUrl === undefined ? openEmbedded(dataDir) : openPostgres(databaseUrl)));
}

/** Provides PostgreSQL at `DATABASE_URL`, or the embedded database without that setting. */
@Global()
@Module({
  providers: [{ provide: Database, useFactory: databaseOf, inject: [AppConfig] }],
  exports: [Database],
})
export class DatabaseModule {}
