import type { RedisAccess, RedisOptions, RedisTls } from '@nuthatch/redis';
import type { Environment } from './environment.js';
import { settingReader } from './read-settings.js';
import type { Settings } from './settings.js';

/**
 * Returns the options of the connection; `null` without Redis. Passwords and certificates are read again at each reconnect, so that
 * a file with a new one needs no restart.
 */
export function redisOptions(settings: Settings, environment: Environment): RedisOptions | null {
  const { REDIS_URL: url, REDIS_SENTINELS: sentinels, REDIS_MASTER: master = '' } = settings;
  const { REDIS_CLUSTER_NODES: nodes } = settings;
  const bounds = { operationTimeoutMs: settings.CACHE_OPERATION_TIMEOUT, heartbeatMs: settings.CACHE_HEARTBEAT };
  const { access, sentinelAccess } = accessFrom(settings, environment);
  if (sentinels) return { topology: { mode: 'sentinel', master, sentinels, sentinelAccess }, access, ...bounds };
  if (nodes) return { topology: { mode: 'cluster', nodes }, access, ...bounds };
  return url === undefined ? null : { topology: { mode: 'single', url }, access, ...bounds };
}

function accessFrom(
  settings: Settings,
  environment: Environment,
): Record<'access' | 'sentinelAccess', () => RedisAccess> {
  const read = {
    url: settingReader('REDIS_URL', environment),
    username: settingReader('REDIS_USERNAME', environment),
    password: settingReader('REDIS_PASSWORD', environment),
    sentinelUsername: settingReader('REDIS_SENTINEL_USERNAME', environment),
    sentinelPassword: settingReader('REDIS_SENTINEL_PASSWORD', environment),
    ca: settingReader('REDIS_TLS_CA', environment),
    cert: settingReader('REDIS_TLS_CERT', environment),
    key: settingReader('REDIS_TLS_KEY', environment),
    servername: settingReader('REDIS_TLS_SERVER_NAME', environment),
  };
  const tls = (): RedisTls | undefined => {
    const parts = { ca: read.ca(), cert: read.cert(), key: read.key(), servername: read.servername() };
    const given = Object.entries(parts).filter(([, text]) => text !== undefined);
    const implied = given.length > 0 || settings.REDIS_URL?.startsWith('rediss:');
    return implied || settings.REDIS_TLS ? Object.fromEntries(given) : undefined;
  };
  return {
    access: () => {
      const url = URL.parse(read.url() ?? '');
      return {
        username: read.username() ?? decoded(url?.username),
        password: read.password() ?? decoded(url?.password),
        tls: tls(),
      };
    },
    sentinelAccess: () => ({ username: read.sentinelUsername(), password: read.sentinelPassword(), tls: tls() }),
  };
}

function decoded(part = ''): string | undefined {
  return part === '' ? undefined : decodeURIComponent(part);
}
