import { run } from './run.js';

/** Installs exactly the lock file, without the network. */
export async function install(folder: string): Promise<void> {
  const quiet = ['--no-audit', '--no-fund', '--loglevel=error'];
  await run('npm', ['ci', '--offline', '--ignore-scripts', ...quiet], { cwd: folder }).catch((error: unknown) => {
    if (!String(error).includes('ENOTCACHED')) throw error;
    const fix = 'delete node_modules/.cache/nuthatch/npm-cache-filled, so that the next run fetches them';
    throw new Error(`npm's cache has lost packages: ${fix}`, { cause: error });
  });
}
