import 'reflect-metadata';
import { loadAppConfig } from './app.config.js';
import { SettingsInvalid } from './config/read-settings.js';
import { openEngine } from './database/database.module.js';
import { FolderInUse } from './database/embedded/folder-lock.js';

/** Migrates the configured database and ends: `npm run migrate`. */
async function migrate(): Promise<string> {
  const config = loadAppConfig();
  if (config.databaseUrl === undefined && config.dataDir === 'memory')
    throw new SettingsInvalid(['DATA_DIR is "memory", which stores nothing. Write a folder, or set DATABASE_URL.']);
  const engine = await openEngine(config);
  try {
    const done = await engine.migrate();
    return done.length === 0
      ? `The schema of ${engine.name} is current.`
      : `Migrated ${engine.name}: ${done.join(', ')}.`;
  } finally {
    await engine.close();
  }
}

function reason(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(reason).join('; ');
  const expected = error instanceof SettingsInvalid || error instanceof FolderInUse;
  // An error of the database has a code: its message names the fault, and its stack does not help.
  if (error instanceof Error && (expected || 'code' in error)) return error.message;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

try {
  process.stdout.write(`${await migrate()}\n`);
} catch (error) {
  process.stderr.write(`The schema was not migrated. ${reason(error)}\n`);
  process.exitCode = 1;
}
