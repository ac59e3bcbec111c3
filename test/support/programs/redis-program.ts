import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { findOnPath, isExecutable } from './find-on-path.js';

/** The folder into which scripts/run/provision-redis.mjs unpacks Redis. */
const unpacked = join(import.meta.dirname, '../../../node_modules/.cache/nuthatch/redis');

export interface Program {
  readonly command: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export function redisProgram(): Program {
  const { PATH, REDIS_SERVER_BIN } = process.env;
  if (REDIS_SERVER_BIN) {
    if (isExecutable(REDIS_SERVER_BIN)) return { command: REDIS_SERVER_BIN, env: { PATH } };
    throw new Error(`REDIS_SERVER_BIN is ${REDIS_SERVER_BIN}, which is not executable.`);
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

const missing = `The tests need a Redis, and found none. Do one of these:
  - put redis-server on the PATH:   apt-get install redis-server   |   dnf install redis   |   brew install redis
  - unpack one for the tests:       node scripts/run/provision-redis.mjs   (Debian and Ubuntu, no root needed)
  - name its program:               REDIS_SERVER_BIN=/path/to/redis-server npm test`;
