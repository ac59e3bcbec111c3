/**
 * Unpacks redis-server for the tests when the machine has none. Where it cannot, the message of
 * test/support/programs/redis-program.ts lists what to do.
 */
import { isInstalled, unpackDebian } from './unpack-debian.mjs';

if (!process.env.REDIS_SERVER_BIN && !isInstalled('redis-server', 'valkey-server')) {
  unpackDebian('redis', ['redis-server']);
}
