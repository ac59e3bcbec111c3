import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { copyOfTree, root } from '../support/changed-tree.js';
import { eventually } from '../../support/eventually.js';
import { removeFolder } from '../../support/temporary-folder.js';
import { userTag } from '../support/entity-tags.js';
import { cacheEnvironment, newDatabase, type RunningApi, send, startListening } from '../support/running-api.js';

/** Enough for the build of a second bundle, and for a process more, on a busy machine. */
const BUILD_MS = 240_000;

/** A release of the next day: users have a phone, and there is the worker of the recipe. */
describe('a release with a changed schema', () => {
  let tree: string;
  let environment: Readonly<Record<string, string>>;
  let before: RunningApi;
  let after: AppProcess;

  beforeAll(async () => {
    tree = await copyOfTree();
    await addWorker(tree);
    await run(tree, 'scripts/module/generate.mjs', ['field', 'users', 'phone:string?']);
    environment = { ...(await newDatabase()), ...cacheEnvironment() };
    before = await startListening(environment);
    after = await startApp(environment, join(tree, 'dist/apps/api/main.js'));
  }, BUILD_MS);
  afterAll(async () => {
    await Promise.all([before.stop(), after.stop()]);
    await removeFolder(tree);
  });

  const create = async (email: string) =>
    (await before.send('POST', '/users', { body: { name: 'Ada Lovelace', email } })).body;
  const find = async (id: string, headers = {}) => {
    const answer = await send('GET', `${after.url}/users/${id}`, { headers });
    return { status: answer.status, cache: answer.headers.get('x-cache'), etag: answer.headers.get('etag') };
  };

  it('replaces an entry of the former release, and answers a former entity tag with 200', async () => {
    const { id } = await create('first@example.org');
    expect((await before.send('GET', `/users/${id}`)).headers.get('x-cache')).toBe('HIT');
    const former = { 'if-none-match': userTag(1) };
    const found = await find(id, former);
    expect(found).toEqual({ status: 200, cache: 'MISS', etag: expect.stringMatching(/^"1-[0-9a-f]{8}"$/) });
    expect(found.etag).not.toBe(userTag(1));
    expect(await find(id, { 'if-none-match': found.etag })).toMatchObject({ status: 304, cache: 'HIT' });
    expect((await before.send('GET', `/users/${id}`, { headers: former })).status).toBe(304);
  });

  it('shows a write of the new member, and the former release the write of a former one', async () => {
    const { id } = await create('second@example.org');
    const path = `${after.url}/users/${id}`;
    expect((await send('PATCH', path, { body: { phone: '+44 20' } })).body).toMatchObject({ phone: '+44 20' });
    const { body } = await before.send('PATCH', `/users/${id}`, { body: { name: 'Ada King' } });
    expect(body).not.toHaveProperty('phone');
    await eventually(async () =>
      expect((await send('GET', path)).body).toMatchObject({ name: 'Ada King', phone: '+44 20', version: 3 }),
    );
    expect((await send('PATCH', path, { body: { phone: null } })).body).not.toHaveProperty('phone');
    const put = { name: 'Ada King', email: 'second@example.org', phone: '1' };
    expect((await send('PUT', path, { body: put })).body).toMatchObject({ phone: '1' });
    expect((await send('PUT', path, { body: { ...put, phone: undefined } })).body).not.toHaveProperty('phone');
  });

  it(
    'has a worker whose writes the server shows',
    async () => {
      const { id } = await create('third@example.org');
      const name = async () => (await before.send('GET', `/users/${id}`)).body.name;
      expect(await name()).toBe('Ada Lovelace');
      const job = JSON.stringify({ id, change: { name: 'Grace Hopper' } });
      await run(tree, 'dist/apps/api/worker.js', [], {
        env: { ...environment, LOG_LEVEL: 'error' },
        input: `${job}\n`,
      });
      await eventually(async () => expect(await name()).toBe('Grace Hopper'));
    },
    BUILD_MS,
  );
});

/** Does what docs/recipes/add-a-worker.md says. */
async function addWorker(tree: string): Promise<void> {
  const recipe = await readFile(join(root, 'docs/recipes/add-a-worker.md'), 'utf8');
  const [, code = ''] = /^```ts\n([^]*?)^```$/m.exec(recipe) ?? [];
  const [, old = '', changed = ''] = /^-(const programs.*)\n\+(const programs.*)$/m.exec(recipe) ?? [];
  const config = await readFile(join(tree, 'rspack.config.js'), 'utf8');
  expect(config).toContain(`\n${old}\n`);
  await writeFile(join(tree, 'rspack.config.js'), config.replace(old, changed));
  await writeFile(join(tree, 'apps/api/src/worker.ts'), code);
}

/** Runs a program in the tree. Rejects with its output when it fails. */
async function run(
  tree: string,
  program: string,
  args: readonly string[],
  { env = {}, input = '' }: { env?: object; input?: string } = {},
): Promise<void> {
  const { PATH, HOME } = process.env;
  const child = spawn(process.execPath, [join(tree, program), ...args], { cwd: tree, env: { PATH, HOME, ...env } });
  child.stdin.end(input);
  const [out, error, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(`${program} ended with ${code}:\n${out}${error}`);
}
