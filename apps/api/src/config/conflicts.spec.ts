import { describe, expect, it } from 'vitest';
import { conflicts } from './conflicts.js';
import { readSettings } from './read-settings.js';

describe(conflicts, () => {
  it.each([
    [{ REDIS_URL: 'redis://h', REDIS_SENTINELS: 'a:1', REDIS_MASTER: 'm' }, /REDIS_SENTINELS and REDIS_URL are set/],
    [{ REDIS_URL: 'redis://h', REDIS_CLUSTER_NODES: 'a:1' }, /REDIS_CLUSTER_NODES and REDIS_URL are set/],
    [{ REDIS_SENTINELS: 'a:1' }, /without REDIS_MASTER/],
    [{ REDIS_MASTER: 'm' }, /without REDIS_SENTINELS/],
    [{ REDIS_URL: 'rediss://h', REDIS_TLS_CERT: '-----BEGIN CERTIFICATE-----' }, /belong together/],
    [{ CACHE_L1_MAX_STALENESS: '999ms' }, /Write at least 1000ms, or a shorter CACHE_HEARTBEAT\./],
    [{ PORT: '3012', METRICS_PORT: '3012' }, /PORT and METRICS_PORT are both 3012/],
    [{ CACHE_HEARTBEAT: '1s' }, /Write at least 4000ms/],
    [{ NODE_ENV: 'production', DASHBOARD: 'full' }, /DASHBOARD is full without ADMIN_TOKENS/],
    [{ NODE_ENV: 'production', DASHBOARD: 'readonly' }, /DASHBOARD is readonly without ADMIN_TOKENS/],
    [{ NODE_ENV: 'production', DASHBOARD: 'full', ADMIN_TOKENS: ' ' }, /DASHBOARD is full without ADMIN_TOKENS/],
    [{ NODE_ENV: 'test', DASHBOARD: 'full' }, /DASHBOARD is full without ADMIN_TOKENS/],
  ])('stops the boot with %j', (environment, complaint) => {
    expect(() => readSettings(environment)).toThrow(
      expect.objectContaining({ message: expect.stringMatching(new RegExp(complaint.source, 'm')) }),
    );
  });

  it.each([
    { CACHE_HEARTBEAT: '1s', CACHE_L1_MAX_STALENESS: '4s' },
    { NODE_ENV: 'production', DASHBOARD: 'full', ADMIN_TOKENS: 'ops:read:operator-secret-0123456789' },
    { NODE_ENV: 'production', DASHBOARD: 'off' },
    { DASHBOARD: 'full' },
    { PORT: '0', METRICS_PORT: '0' },
  ])('accepts %j', (environment) => {
    expect(conflicts(readSettings(environment))).toEqual([]);
  });
});
