import { article } from '../article.mjs';

/** The tests write the first field, and create resources with all fields. */
export const e2eSpec = ({ one, plural, singular, words, word, fields }) => {
  const [{ name, examples, invalid }] = fields;
  const optional = fields.find((field) => field.optional);
  const details = fields.map((field) => `${field.name}: ${field.examples[0]}`).join(', ');
  return `
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { ${one}Etags } from '../../../apps/api/src/${plural}/${singular}.js';
import { eventually } from '../../support/eventually.js';
import {
  cacheEnvironment,
  databases,
  newDatabase,
  type RunningApi,
  send,
  startListening,
} from '../support/running-api.js';

const details = { ${details} };
const first = \`"\${${one}Etags.of(1)}"\`;

describe.each(databases)('the ${words} API on $database', ({ environment }) => {
  let api: RunningApi;
  const create = async () => (await api.send('POST', '/${plural}', { body: details })).body;
  const list = async () => {
    const { headers, body } = await api.send('GET', '/${plural}?limit=100');
    return { cache: headers.get('x-cache'), ids: body.data.map(({ id }: { id: string }) => id) };
  };

  beforeAll(async () => {
    api = await startListening({ ...(await environment()), ...cacheEnvironment() });
  });
  afterAll(() => api.stop());

  it('creates ${article(word)}, returns its Location and answers it from the cache', async () => {
    const { status, headers, body } = await api.send('POST', '/${plural}', { body: details });
    const { id, createdAt } = body;
    expect(status).toBe(201);
    expect(body).toEqual({ id, ...details, version: 1, createdAt, updatedAt: createdAt });
    expect([headers.get('location'), headers.get('etag')]).toEqual([\`/${plural}/\${id}\`, first]);
    const found = await api.send('GET', \`/${plural}/\${id}\`);
    expect(found).toMatchObject({ status: 200, body });
    expect([found.headers.get('x-cache'), found.headers.get('etag')]).toEqual(['HIT', first]);
  });

  it('shows every write in the list of ${words}', async () => {
    const { ids: before } = await list();
    const { id } = await create();
    expect(await list()).toEqual({ cache: 'MISS', ids: [...before, id] });
    expect(await list()).toEqual({ cache: 'HIT', ids: [...before, id] });
    await api.send('PATCH', \`/${plural}/\${id}\`, { body: { ${name}: ${examples[1]} } });
    expect(await list()).toEqual({ cache: 'MISS', ids: [...before, id] });
    await api.send('DELETE', \`/${plural}/\${id}\`);
    expect(await list()).toEqual({ cache: 'MISS', ids: before });
  });

  it('returns ${words} page by page, the oldest first, by the links of the pages', async () => {
    const [one, two] = [await create(), await create()];
    const ids = [];
    for (let next: string | undefined = '/${plural}?limit=1'; next !== undefined; ) {
      const { headers, body } = await api.send('GET', next);
      ids.push(body.data[0].id);
      next = /<([^>]+)>; rel="next"/.exec(headers.get('link') ?? '')?.[1];
    }
    expect(ids.slice(-2)).toEqual([one.id, two.id]);
    expect(ids).toEqual((await list()).ids);
  });

  it('lets one of two concurrent writers with the same If-Match change the ${word}', async () => {
    const { id } = await create();
    const headers = { 'if-match': first };
    const patch = (body: object) => api.send('PATCH', \`/${plural}/\${id}\`, { body, headers });
    const [won, lost] = (await Promise.all([patch({ ${name}: ${examples[0]} }), patch({ ${name}: ${examples[1]} })])).toSorted((a, b) => a.status - b.status);
    expect(won).toMatchObject({ status: 200, body: { version: 2 } });
    expect(lost).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect((await api.send('GET', \`/${plural}/\${id}\`)).body).toEqual(won?.body);
  });

${optional ? removal(plural, word, optional) : ''}  it('deletes ${article(word)} once and caches its 404', async () => {
    const { id } = await create();
    expect(await api.send('DELETE', \`/${plural}/\${id}\`)).toMatchObject({ status: 204 });
    for (const method of ['DELETE', 'GET']) {
      const answer = await api.send(method, \`/${plural}/\${id}\`);
      expect(answer).toMatchObject({ status: 404, body: { code: '${singular}-not-found' } });
    }
    const { headers } = await api.send('GET', \`/${plural}/\${id}\`);
    expect(headers.get('cache-status')).toMatch(/detail=negative$/);
  });

  it('refuses an invalid request and points at each problem', async () => {
    const answer = await api.send('POST', '/${plural}', { body: { ...details, ${name}: ${invalid}, admin: true } });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ pointer: '#/${name}' }, { pointer: '#/admin' }] } });
    expect(await api.send('GET', '/${plural}/42')).toMatchObject({ status: 400, body: { code: 'validation' } });
    for (const path of ['/${plural}', \`/${plural}/\${(await create()).id}\`]) {
      expect(await api.send('GET', \`\${path}?x=1\`)).toMatchObject({ status: 400, body: { code: 'unknown-parameter' } });
    }
    expect(await api.send('PUT', '/${plural}')).toMatchObject({ status: 405 });
  });
});

describe('${words} in two processes', () => {
  let writer: AppProcess;
  let reader: AppProcess;

  beforeAll(async () => {
    const environment = { ...(await newDatabase()), ...cacheEnvironment() };
    [writer, reader] = await Promise.all([startApp(environment), startApp(environment)]);
  });
  afterAll(() => Promise.all([writer.stop(), reader.stop()]));

  it('show a write of one process in the other after its invalidation message', async () => {
    const { body: created } = await send('POST', \`\${writer.url}/${plural}\`, { body: details });
    const read = async () => {
      const one = await send('GET', \`\${reader.url}/${plural}/\${created.id}\`);
      const list = await send('GET', \`\${reader.url}/${plural}\`);
      const fromMemory = [one, list].every(({ headers }) => headers.get('cache-status')?.endsWith('detail=l1'));
      return { fromMemory, ${name}: one.body.${name}, listed: list.body.data[0].${name} };
    };
    const before = { fromMemory: true, ${name}: ${examples[0]}, listed: ${examples[0]} };
    await eventually(async () => expect(await read()).toEqual(before));

    const changed = { ${name}: ${examples[1]} };
    await send('PATCH', \`\${writer.url}/${plural}/\${created.id}\`, { body: changed });
    // At most 1 s, the bound for a lost message.
    await eventually(async () => expect(await read()).toMatchObject({ ...changed, listed: ${examples[1]} }), { within: 1_000 });
  });
});
`;
};

const removal = (plural, word, { name }) => `  it('removes ${article(name)} of ${article(word)} by null', async () => {
    const { id, ${name}: _, ...rest } = await create();
    const { body } = await api.send('PATCH', \`/${plural}/\${id}\`, { body: { ${name}: null } });
    expect(body).toEqual({ id, ...rest, version: 2, updatedAt: body.updatedAt });
    expect((await api.send('GET', \`/${plural}/\${id}\`)).body).toEqual(body);
  });

`;
