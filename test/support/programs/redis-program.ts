import { findOnPath, isExecutable } from './find-on-path.js';
import { type Program, unpackedProgram } from './unpacked-program.js';

export function redisProgram(): Program {
  const { PATH, REDIS_SERVER_BIN, REDIS_SERVER } = process.env;
  if (REDIS_SERVER_BIN) {
    if (isExecutable(REDIS_SERVER_BIN)) return { command: REDIS_SERVER_BIN, env: { PATH } };
    throw new Error(`REDIS_SERVER_BIN is ${REDIS_SERVER_BIN}, which is not executable.`);
  }
  if (REDIS_SERVER === 'valkey') return program('valkey', 'valkey-server');
  if (REDIS_SERVER && REDIS_SERVER !== 'redis')
    throw new Error(`REDIS_SERVER is ${REDIS_SERVER}. Write redis or valkey.`);
  return program('redis', 'redis-server', 'valkey-server');
}

function program(folder: string, name: string, ...others: readonly string[]): Program {
  const installed = [name, ...others].map((other) => findOnPath(other)).find((path) => path !== undefined);
  if (installed) return { command: installed, env: { PATH: process.env['PATH'] } };
  const unpacked = unpackedProgram(name, folder);
  if (unpacked) return unpacked;
  throw new Error(missing);
}

const missing = `The tests need a Redis, and found none. Do one of these:
  - put redis-server on the PATH:   apt-get install redis-server   |   dnf install redis   |   brew install redis
  - unpack one for the tests:       node scripts/run/provision-redis.mjs   (Debian and Ubuntu, no root needed)
  - name its program:               REDIS_SERVER_BIN=/path/to/redis-server npm test
REDIS_SERVER=valkey needs valkey-server: on the PATH, or unpacked by the same script on Debian 12.`;
