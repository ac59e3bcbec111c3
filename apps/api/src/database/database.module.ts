import { Global, Module } from '@nestjs/common';
import { AppConfig } from '../app.config.js';
import { Database } from './database.js';
import { openEmbedded } from './embedded/embedded.js';
import type { Engine } from './engine.js';
import { openPostgres } from './postgres/postgres.js';

/** Opens PostgreSQL at `DATABASE_URL`, or the embedded database without that setting. @throws FolderInUse */
export async function openEngine({ databaseUrl, dataDir }: AppConfig): Promise<Engine> {
  return databaseUrl === undefined ? openEmbedded(dataDir) : openPostgres(databaseUrl);
}

/** Returns the database of this configuration. Its `onModuleInit` opens it. */
export function databaseOf(config: AppConfig): Database {
  return new Database(() => openEngine(config), { migrate: config.databaseMigrate });
}

/** Provides the database of the configuration. */
@Global()
@Module({
  providers: [{ provide: Database, useFactory: databaseOf, inject: [AppConfig] }],
  exports: [Database],
})
export class DatabaseModule {}
