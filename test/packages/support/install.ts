import { join } from 'node:path';
import { addToNpmCache } from './npm-cache.js';
import { run } from './run.js';

/** Installs exactly the lock file, without the network. npm's cache gets the packages first if it lacks one. */
export async function install(folder: string): Promise<void> {
  const installOffline = () =>
    run('npm', ['ci', '--offline', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: folder });
  await installOffline().catch(async (error: unknown) => {
    if (!String(error).includes('ENOTCACHED')) throw error;
    await addToNpmCache(join(folder, 'package-lock.json'));
    await installOffline();
  });
}
