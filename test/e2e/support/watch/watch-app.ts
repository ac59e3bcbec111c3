import type { INestApplication } from '@nestjs/common';
import { InvalidationWatcher, watching } from '@nuthatch/cache/testing/kysely';
import { glob } from 'node:fs/promises';
import { join } from 'node:path';
import { Database } from '../../../../apps/api/src/database/database.js';
import { usersStats } from '../../../../apps/api/src/users/users.cache.js';

const sources = join(import.meta.dirname, '../../../../apps/api/src');

const watchers = new Set<InvalidationWatcher>();

/** Watches the statements of an application for invalidations that its writes have forgotten, until the watcher is closed. */
export async function watchApp(app: INestApplication): Promise<Pick<InvalidationWatcher, 'close' | 'take'>> {
  const watcher = new InvalidationWatcher({ caches: await exportsOfCaches(), expiring: [usersStats.name] });
  const database = app.get(Database);
  const [read, write] = [database.read.bind(database), database.write.bind(database)];
  const transaction = database.transaction.bind(database);
  database.read = (statement) => read((db) => statement(db.withPlugin(watching(watcher))));
  database.write = (statement) => write((db) => statement(db.withPlugin(watching(watcher))));
  database.transaction = (work) => transaction((trx) => work(trx.withPlugin(watching(watcher))));
  watchers.add(watcher);
  return {
    take: () => watcher.take(),
    close: () => {
      watchers.delete(watcher);
      watcher.close();
    },
  };
}

/** Throws for each invalidation that a write has forgotten since the last call, in any watched application. */
export function checkWatchedApps(): void {
  for (const watcher of watchers) watcher.check();
}

/** The policies of all modules, so that a new module is watched without a line here. */
async function exportsOfCaches(): Promise<Record<string, unknown>> {
  const modules: object[] = [];
  for await (const file of glob('*/*.cache.ts', { cwd: sources })) modules.push(await import(join(sources, file)));
  return Object.assign({}, ...modules);
}
