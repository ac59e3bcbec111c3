import { findOnPath, isExecutable } from './find-on-path.js';
import { type Program, unpackedProgram } from './unpacked-program.js';

export function redisProgram(): Program {
  const { PATH, REDIS_SERVER_BIN } = process.env;
  if (REDIS_SERVER_BIN) {
    if (isExecutable(REDIS_SERVER_BIN)) return { command: REDIS_SERVER_BIN, env: { PATH } };
    throw new Error(`REDIS_SERVER_BIN is ${REDIS_SERVER_BIN}, which is not executable.`);
  }
  const installed = findOnPath('redis-server') ?? findOnPath('valkey-server');
  if (installed) return { command: installed, env: { PATH } };

  const unpacked = unpackedProgram('redis-server', 'redis');
  if (unpacked) return unpacked;
  throw new Error(missing);
}

const missing = `The tests need a Redis, and found none. Do one of these:
  - put redis-server on the PATH:   apt-get install redis-server   |   dnf install redis   |   brew install redis
  - unpack one for the tests:       node scripts/run/provision-redis.mjs   (Debian and Ubuntu, no root needed)
  - name its program:               REDIS_SERVER_BIN=/path/to/redis-server npm test`;
