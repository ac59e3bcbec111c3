import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, isExecutable } from './find-on-path.js';

/** Where scripts/run/provision-redis.mjs unpacks it. */
const unpacked = join(import.meta.dirname, '../../../node_modules/.cache/nuthatch/redis');

export interface Program {
  readonly command: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function redisProgram(): Program {
  const { PATH, REDIS_SERVER_BIN } = process.env;
  if (REDIS_SERVER_BIN) {
    if (isExecutable(REDIS_SERVER_BIN)) return { command: REDIS_SERVER_BIN, env: { PATH } };
    throw new Error(`REDIS_SERVER_BIN names ${REDIS_SERVER_BIN}, which cannot be run.`);
  }
  const installed = findOnPath('redis-server') ?? findOnPath('valkey-server');
  if (installed) return { command: installed, env: { PATH } };

  const command = join(unpacked, 'usr/bin/redis-server');
  if (existsSync(command)) return { command, env: { PATH, LD_LIBRARY_PATH: unpackedLibraries() } };
  throw new Error(missing);
}

function unpackedLibraries(): string {
  return ['lib', 'usr/lib']
    .map((folder) => join(unpacked, folder))
    .filter(existsSync)
    .flatMap((folder) => readdirSync(folder).map((triplet) => join(folder, triplet)))
    .join(':');
}

const missing = `The tests need a real Redis, and none was found. Any one of these will do:
  - put redis-server on the PATH:   apt-get install redis-server   |   dnf install redis   |   brew install redis
  - let the tests fetch their own:  node scripts/run/provision-redis.mjs   (Debian and Ubuntu, no root needed)
  - name one yourself:              REDIS_SERVER_BIN=/path/to/redis-server npm test`;
