import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../app.config.js';
import { Database } from './database.js';
import { openEmbedded } from './embedded/embedded.js';
import { openPostgres } from './postgres/postgres.js';

/** The database of this configuration; not opened before its `onModuleInit`. */
export function databaseOf({ databaseUrl, dataDir }: AppConfig): Database {
  return new Database(() => (databaseUrl === undefined ? openEmbedded(dataDir) : openPostgres(databaseUrl)));
}

/** PostgreSQL at DATABASE_URL, or embedded when that is unset. */
@Global()
@Module({
  providers: [{ provide: Database, useFactory: databaseOf, inject: [AppConfig] }],
  exports: [Database],
})
export class DatabaseModule {}
