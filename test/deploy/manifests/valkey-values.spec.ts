import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createClient } from '@keyv/redis';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { startRedis } from '../../support/redis-server.js';
import { ofKind } from './manifest.js';
import { render } from './render.js';

const root = join(import.meta.dirname, '../../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');
const standalone = parse(read('deploy/valkey/standalone.yaml'));
const sentinel = parse(read('deploy/valkey/sentinel.yaml'));
/** Helm removes a value that a later file sets to null. */
const both = { ...standalone, ...sentinel };

describe('the values of the chart of Valkey', () => {
  it.each<[string, string]>([
    ['one server', standalone.valkeyConfig],
    ['Sentinels', sentinel.extraConfig],
  ])('configure a server that starts, for %s', async (_, config) => {
    const lines = config.trim().split('\n');
    const settings = lines.filter((line) => !line.startsWith('#')).map((line) => line.split(' '));
    const redis = await startRedis({
      args: settings.flatMap(([name, value = '']) => [`--${name}`, value.replaceAll('"', '')]),
    });
    const client = createClient({ url: redis.url });
    await client.connect();
    expect(await client.configGet(['maxmemory', 'maxmemory-policy', 'save', 'appendonly'])).toEqual({
      maxmemory: `${750 * 1024 * 1024}`,
      'maxmemory-policy': 'allkeys-lfu',
      save: '',
      appendonly: 'no',
    });
    await client.close();
    await redis.stop();
  });

  it('give the user of the cache the documented permissions, which a server accepts', async () => {
    const [, documented = ''] = /ACL SETUSER nuthatch on >secret (.*)/.exec(read('docs/operations/README.md')) ?? [];
    // From Redis 7.2 on.
    const [permissions = '', rest] = standalone.auth.aclUsers.nuthatch.permissions.split(' +client|setinfo');
    expect([permissions, rest]).toEqual([documented, '']);
    const redis = await startRedis();
    const client = createClient({ url: redis.url });
    await client.connect();
    expect(await client.aclSetUser('nuthatch', ['on', '>secret', ...permissions.split(' ')])).toBe('OK');
    await client.close();
    await redis.stop();
  });

  it('extend one configuration for Sentinels, whose addresses the overlay has', () => {
    const own = standalone.valkeyConfig.trim();
    expect(sentinel.extraConfig).toContain(own);
    const { data } = ofKind(render('overlays/sentinel'), 'ConfigMap')[0] ?? {};
    const addresses = Array.from(
      { length: sentinel.sentinel.replicas },
      (_, index) => `valkey-sentinel-${index}.valkey-sentinel-hl:26379`,
    );
    expect(data?.['REDIS_SENTINELS']?.split(',')).toEqual(addresses);
  });

  it('for Sentinels have no name that chart 1.0 refuses, and what it requires', () => {
    const refused = ['valkeyConfig', 'dataStorage', 'env', 'extraValkeyConfigs', 'extraValkeySecrets'];
    expect(refused.filter((name) => both[name] !== undefined && both[name] !== null)).toEqual([]);
    expect(both.persistence).toEqual({ enabled: true, size: '1Gi' });
    expect(both.sentinel.existingSecret).toBe('valkey-sentinel');
    // The chart counts the master: "min-replicas-to-write 1" then accepts writes while one of two replicas is away.
    expect(both.replica).toEqual({ enabled: true, replicas: 3 });
  });
});

describe('the cluster of the operator of Valkey', () => {
  const { metadata, spec } = parse(read('deploy/valkey/cluster.yaml'));
  const permissionsOf = (name: string) =>
    String(spec.users.find((user: { readonly name: string }) => user.name === name)?.permissions);

  it('has nodes that start, and a user with the documented permissions', async () => {
    const settings = Object.entries({ ...spec.config, 'cluster-enabled': 'yes' }).flatMap(([name, value]) => [
      `--${name}`,
      String(value).replaceAll('"', ''),
    ]);
    const redis = await startRedis({ args: settings });
    const client = createClient({ url: redis.url });
    await client.connect();
    expect(await client.configGet(['maxmemory', 'maxmemory-policy', 'save', 'cluster-require-full-coverage'])).toEqual({
      maxmemory: `${750 * 1024 * 1024}`,
      'maxmemory-policy': 'allkeys-lfu',
      save: '',
      'cluster-require-full-coverage': 'no',
    });
    const topologies = read('docs/operations/redis-topologies.md');
    const [, commands = '', channels = ''] = /`(\+cluster\|.+)` and the channels `(.+)`/.exec(topologies) ?? [];
    const permissions = permissionsOf('nuthatch');
    expect(permissions).toBe(`${standalone.auth.aclUsers.nuthatch.permissions} ${commands} ${channels}`);
    // Redis 7.0 does not know the command of the driver.
    const known = permissions.replace(' +client|setinfo', '').split(' ');
    expect(await client.aclSetUser('nuthatch', ['on', '>secret', ...known])).toBe('OK');
    await client.close();
    await redis.stop();
  });

  it('is the one to which the overlay points the instances', () => {
    const { data } = ofKind(render('overlays/cluster'), 'ConfigMap')[0] ?? {};
    expect(data).toMatchObject({ REDIS_CLUSTER_NODES: `valkey-${metadata.name}:6379`, REDIS_USERNAME: 'nuthatch' });
    expect(data?.['REDIS_URL']).toBeUndefined();
  });

  it('has pods that the namespace of the overlay admits', () => {
    for (const { securityContext } of [...spec.containers, spec.exporter])
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
      });
  });
});
