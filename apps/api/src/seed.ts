import './config/require-node.js';
import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { loadAppConfig } from './app.config.js';
import { SettingsInvalid } from './config/read-settings.js';
import { databaseOf } from './database/database.module.js';
import { DatabaseUnavailable } from './database/unavailable.js';
import { FolderInUse } from './database/embedded/folder-lock.js';
import { SeedArgumentsInvalid, seedArguments } from './seed/seed-arguments.js';
import { insertUsers } from './seed/insert-users.js';

/** Fills the configured database with realistic users: `npm run seed -- --users 10000`. */
async function seed(): Promise<string> {
  const wanted = seedArguments(process.argv.slice(2));
  const config = loadAppConfig();
  if (config.databaseUrl === undefined && config.dataDir === 'memory')
    throw new SettingsInvalid(['DATA_DIR is "memory", which stores nothing. Write a folder, or set DATABASE_URL.']);
  const database = databaseOf(config);
  try {
    await database.onModuleInit();
    const began = performance.now();
    const added = await insertUsers(database, wanted);
    const seconds = ((performance.now() - began) / 1_000).toFixed(1);
    return `Added ${added} of ${wanted} users to ${database.name} in ${seconds} s. ${wanted - added} existed already.`;
  } finally {
    await database.onApplicationShutdown();
  }
}

function reason(error: unknown): string {
  if (error instanceof DatabaseUnavailable && error.cause instanceof Error)
    return `${error.message} ${error.cause.message}`;
  const expected = [SeedArgumentsInvalid, SettingsInvalid, FolderInUse, DatabaseUnavailable];
  if (expected.some((kind) => error instanceof kind) && error instanceof Error) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

Logger.overrideLogger(['warn', 'error']);
try {
  process.stdout.write(`${await seed()}\n`);
} catch (error) {
  process.stderr.write(`The seed stopped. ${reason(error)}\n`);
  process.exitCode = 1;
}
