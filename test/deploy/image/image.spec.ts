import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { eventually } from '../../support/eventually.js';
import { freePort } from '../../support/free-port.js';
import type { ServerProcess } from '../../support/server-process.js';
import { removeFolder, temporaryFolder } from '../../support/temporary-folder.js';
import { environmentOf } from '../manifests/container-settings.js';
import { containersOf, type Manifest, ofKind } from '../manifests/manifest.js';
import { render } from '../manifests/render.js';
import { makeBaseImages } from './base-image.js';
import { Buildah, type ImageConfig } from './buildah.js';
import { startContainer } from './container.js';
import { createRoles } from './roles.js';

const project = join(import.meta.dirname, '../../..');

describe('the image of docker/Dockerfile', () => {
  let folder: string;
  let buildah: Buildah;
  let root: string;
  let baseRoot: string;
  let config: ImageConfig;
  const manifests = render('overlays/production');
  const running: ServerProcess[] = [];

  beforeAll(async () => {
    folder = await temporaryFolder('image');
    buildah = await Buildah.in(folder);
    await makeBaseImages(buildah, folder);
    const network = ['--pull-never', '--network=host', '--format=docker'];
    await buildah.run('bud', ...network, '--file=docker/Dockerfile', '--tag=nuthatch', project);
    config = await buildah.configOf('nuthatch');
    root = await buildah.mount('nuthatch');
    baseRoot = await buildah.mount('docker.io/library/node:24-slim');
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((server) => server.end('SIGKILL')));
  });
  afterAll(async () => {
    await buildah.end();
    await removeFolder(folder);
  });

  async function start(command?: readonly string[], environment: Readonly<Record<string, string>> = {}, secrets = {}) {
    const server = await startContainer({ root, config, env: environment, secrets, ...(command && { command }) });
    running.push(server);
    return server;
  }

  async function output(...command: readonly string[]): Promise<string> {
    const server = await start(command);
    await server.exited;
    return server.lines.join('\n');
  }

  it('adds at most 80 MB to its base', () => {
    const [image, base] = [root, baseRoot].map(bytesOf);
    const megabytes = ((image ?? Infinity) - (base ?? 0)) / 1_000_000;
    process.stdout.write(`The layers on top of the base have ${megabytes.toFixed(1)} MB.\n`);
    expect(megabytes).toBeLessThanOrEqual(80);
  });

  it('runs as a user without privileges, on a file system that it cannot write to', async () => {
    expect(await output('id', '-u')).toBe('1000');
    expect(await output('touch', '/app/file')).toContain('Read-only file system');
    expect(await output('sh', '-c', 'grep CapEff /proc/self/status')).toMatch(/0000000000000000$/);
  });

  it('migrates as the Job of the manifests does, serves as the Deployment does, and ends in order on SIGTERM', async () => {
    const roles = await createRoles(inject('postgresUrl'));
    const redisUrl = inject('redisUrl');
    const port = await freePort();

    const [job] = ofKind(manifests, 'Job').flatMap(containersOf);
    const migration = await start(job?.command, settingsOf(job, manifests), {
      '/run/secrets/nuthatch-migration/database-url': roles.owner,
    });
    expect([await migration.exited, migration.lines]).toEqual([
      { code: 0, signal: null },
      [expect.stringMatching(/^Migrated PostgreSQL: 0001-users/)],
    ]);

    const [api] = ofKind(manifests, 'Deployment').flatMap(containersOf);
    const settings = { ...settingsOf(api, manifests), HOST: '127.0.0.1', PORT: `${port}` };
    const server = await start(undefined, settings, {
      '/run/secrets/nuthatch/database-url': roles.instances,
      '/run/secrets/nuthatch/redis-url': redisUrl,
    });
    const url = `http://127.0.0.1:${port}`;
    for (const probe of [api?.startupProbe, api?.livenessProbe, api?.readinessProbe]) {
      await eventually(async () => expect((await fetch(`${url}${probe?.httpGet?.path}`)).status).toBe(200), {
        within: 20_000,
      });
    }
    const health = await (await fetch(`${url}/health`)).json();
    expect(health).toMatchObject({ status: 'ok', details: { redis: { connected: true } } });

    const body = JSON.stringify({ name: 'Ada', email: 'ada@example.org' });
    const headers = { 'content-type': 'application/json' };
    expect((await fetch(`${url}/users`, { method: 'POST', headers, body })).status).toBe(201);

    const [, ...healthcheck] = config.Healthcheck.Test;
    const probe = await start(healthcheck, { PORT: `${port}` });
    expect(await probe.exited).toEqual({ code: 0, signal: null });

    const stopped = server.end(config.StopSignal as NodeJS.Signals);
    await eventually(async () => expect((await fetch(`${url}/health/ready`)).status).toBe(503));
    expect((await fetch(`${url}/users`)).status).toBe(200);
    expect(await stopped).toEqual({ code: 0, signal: null });
    expect(server.lines.filter((line) => /"level":"(error|fatal)"/.test(line))).toEqual([]);
  });

  it('has no package that only builds and tests need, and no file of a test', () => {
    expect(entriesOf(root, '-name', '*.spec.*', '-not', '-path', '*/node_modules/*')).toBe('');
    expect(entriesOf(root, '-path', '*/node_modules/typescript')).toBe('');
  });
});

function settingsOf(container: ReturnType<typeof containersOf>[number] | undefined, manifests: readonly Manifest[]) {
  return container ? environmentOf(container, manifests) : {};
}

function bytesOf(folder: string): number {
  return Number.parseInt(execFileSync('du', ['--summarize', '--bytes', folder], { encoding: 'utf8' }), 10);
}

function entriesOf(root: string, ...conditions: readonly string[]): string {
  return execFileSync('find', [join(root, 'app'), ...conditions], { encoding: 'utf8' });
}
