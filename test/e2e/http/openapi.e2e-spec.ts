import { readFile } from 'node:fs/promises';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { problems } from '../../../apps/api/src/http/problems/problem-types.js';
import { Contract, type DocumentedOperation } from '../support/contract.js';
import { freePort } from '../../support/free-port.js';
import { type Answer, newDatabase, type RunningApi, type Sent, startApi } from '../support/running-api.js';

const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
const order = { amount: 1999, currency: 'EUR' };
let people = 0;
const someone = () => ({ name: 'Ada Lovelace', email: `ada${(people += 1)}@example.org` });

/** Queries of the routes that require one. */
const requiredQueries: Readonly<Record<string, string>> = {
  '/users/batch': `?ids=${unknownId}`,
  '/users/lookup': '?email=ada@example.org',
};

/** `to`: the instance, if not the usual one. */
type SentTo = Sent & { readonly to?: RunningApi };

describe('the OpenAPI document', () => {
  let api: RunningApi;
  let strict: RunningApi;
  let contract: Contract;
  /** `get /users/{id} 200` */
  const seen = new Set<string>();
  /** Differences between the answers of a test and the document. */
  let unlike: string[];

  beforeAll(async () => {
    // Both instances share a database: the embedded one takes seconds to start.
    const database = await newDatabase();
    api = await startApi(database);
    strict = await startApi({ ...database, REQUIRE_IF_MATCH: 'true' });
    contract = new Contract((await api.send('GET', '/openapi.json')).body);
  });
  afterAll(() => Promise.all([api.stop(), strict.stop()]));
  beforeEach(() => {
    unlike = [];
  });

  /** Sends a request. Records an answer with another status, and each difference from the document. */
  async function ask(status: number, method: string, path: string, sent: SentTo = {}): Promise<Answer> {
    const answer = await (sent.to ?? api).send(method, path, sent);
    if (answer.status !== status) unlike.push(`${method} ${path}: ${answer.status}, not ${status}. ${answer.text}`);
    unlike.push(...contract.faultsOf(method, path, answer));
    seen.add(`${method.toLowerCase()} ${contract.templateOf(path)} ${status}`);
    return answer;
  }

  /** Sends GET, and HEAD with the same headers. Both answers must have the same ETag. */
  async function read(status: number, path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    const answer = await ask(status, 'GET', path, { headers });
    const head = await ask(status, 'HEAD', path, { headers });
    if (head.headers.get('etag') !== answer.headers.get('etag')) unlike.push(`HEAD ${path}: another ETag than GET`);
    return answer;
  }

  const operations = () => contract.operations;
  const writes = () => operations().filter(({ method }) => method !== 'get');
  const filled = (path: string, id: string) => path.replaceAll(/\{\w+\}/g, id);

  it('is valid OpenAPI 3.1', async () => {
    expect(contract.document.openapi).toMatch(/^3\.1\./);
    expect(await new Validator().validate({ ...contract.document })).toMatchObject({ valid: true });
  });

  it('gives each operation an id of its own that begins with its tag', () => {
    const ids = operations().map(({ operation }) => operation.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const { operation } of operations()) {
      expect(operation.operationId).toMatch(new RegExp(`^${operation.tags?.join()}[A-Z][A-Za-z]+$`));
      expect(operation.summary).toMatch(/^[A-Z]/);
    }
  });

  it('lists the tags users, orders, health and problems, in this order', () => {
    expect(contract.document.tags?.map(({ name }) => name)).toEqual(['users', 'orders', 'health', 'problems']);
    const used = operations().flatMap(({ operation }) => operation.tags ?? []);
    expect(used).toEqual(expect.arrayContaining(['users', 'orders', 'health', 'problems']));
  });

  it('has no operations for HEAD and OPTIONS', () => {
    expect(operations().filter(({ method }) => ['head', 'options'].includes(method))).toEqual([]);
  });

  it('has an example for each schema that the schema accepts', () => {
    const schemas = Object.entries(contract.document.components?.schemas ?? {});
    expect(schemas.length).toBeGreaterThan(10);
    const faults = schemas.flatMap(([name, schema]) => {
      const examples: unknown = 'examples' in schema ? schema.examples : [];
      if (!Array.isArray(examples) || examples.length === 0) return [`${name} has no example`];
      return examples.flatMap((example) => contract.schemaFaults(`#/components/schemas/${name}`, example));
    });
    expect(faults).toEqual([]);
  });

  it('has an example of each problem that the schema of problems accepts', () => {
    const examples = Object.entries(contract.document.components?.examples ?? {});
    expect(examples.map(([code]) => code)).toEqual(Object.keys(problems));
    for (const [, example] of examples) {
      expect(contract.schemaFaults('#/components/schemas/Problem', 'value' in example && example.value)).toEqual([]);
    }
  });

  it('names the schema of each body', () => {
    for (const { path, method, operation } of operations()) {
      const { requestBody, responses } = operation;
      const bodies = [requestBody, ...Object.values(responses)].flatMap((each) =>
        each && 'content' in each ? Object.values(each.content ?? {}) : [],
      );
      expect([path, method, bodies.filter(({ schema = {} }) => !('$ref' in schema))]).toEqual([path, method, []]);
    }
  });

  it('is committed', async () => {
    const committed = await readFile(new URL('../../../docs/reference/openapi.json', import.meta.url), 'utf8');
    expect(JSON.parse(committed)).toEqual(contract.document);
  });

  it('lists the methods of every path, and the server refuses the others', async () => {
    for (const [path, item] of Object.entries(contract.document.paths)) {
      const { headers } = await api.send('OPTIONS', filled(path, unknownId));
      const allowed = headers.get('allow')?.toLowerCase().split(', ').toSorted();
      const methods = [...Object.keys(item), ...('get' in item ? ['head'] : []), 'options'];
      expect([path, allowed]).toEqual([path, methods.toSorted()]);
      await ask(405, 'PURGE', filled(path, unknownId));
    }
    expect(unlike).toEqual([]);
  });

  it('knows every answer about users', async () => {
    const { body: user, headers } = await ask(201, 'POST', '/users', { body: someone() });
    const { body: other } = await ask(201, 'POST', '/users', { body: someone() });
    const path = `/users/${user.id}`;
    for (const list of ['', '?limit=1', `/lookup?email=${user.email}`, `/batch?ids=${user.id},${unknownId}`]) {
      await read(200, `/users${list}`);
    }
    await read(404, '/users/lookup?email=unknown@example.org');
    await read(200, `/users?limit=1&cursor=${(await read(200, '/users?limit=1')).body.page.nextCursor}`);
    await read(400, '/users?limit=0');
    await read(400, '/users/lookup?email=x');
    await read(400, '/users?x=1');
    await read(400, '/users?cursor=x');
    await read(400, `/users/batch?ids=${Array(101).fill(unknownId).join(',')}`);
    await read(200, '/users/stats');
    await read(200, path);
    await read(200, path, { authorization: 'Bearer x' });
    for (const list of ['/users', '/users/stats', `/users/lookup?email=${user.email}`, path]) {
      const etag = (await read(200, list)).headers.get('etag') ?? '';
      await read(304, list, { 'if-none-match': etag });
      await read(412, list, { 'if-match': '"other"' });
    }
    await ask(409, 'POST', '/users', { body: { ...someone(), email: other.email } });
    await ask(412, 'POST', '/users', { body: someone(), headers: { 'if-none-match': '*' } });
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    for (const [method, body] of [
      ['PUT', someone()],
      ['PATCH', { name: 'Ada King' }],
    ] as const) {
      await ask(200, method, path, { body });
      await ask(409, method, path, { body: { ...body, email: other.email } });
      await ask(412, method, path, { body, headers: ifMatch });
      await ask(404, method, `/users/${unknownId}`, { body });
      await ask(428, method, `/users/${unknownId}`, { body, to: strict });
    }
    await ask(412, 'DELETE', path, { headers: ifMatch });
    await ask(428, 'DELETE', path, { to: strict });
    await ask(204, 'DELETE', path);
    await ask(404, 'DELETE', path);
    await read(404, path);
    await read(404, path);
    expect(unlike).toEqual([]);
  });

  it('knows every answer about orders', async () => {
    const { body: user } = await ask(201, 'POST', '/users', { body: someone() });
    const list = `/users/${user.id}/orders`;
    const { body, headers } = await ask(201, 'POST', list, { body: order });
    await ask(412, 'POST', list, { body: order, headers: { 'if-none-match': '*' } });
    const path = `/orders/${body.id}`;
    for (const each of [list, path]) {
      const etag = (await read(200, each)).headers.get('etag') ?? '';
      await read(304, each, { 'if-none-match': etag });
      await read(412, each, { 'if-match': '"other"' });
    }
    await ask(200, 'PATCH', path, { body: { status: 'paid' } });
    const ifMatch = { 'if-match': headers.get('etag') ?? '' };
    await ask(412, 'PATCH', path, { body: { status: 'paid' }, headers: ifMatch });
    await ask(428, 'PATCH', path, { body: { status: 'paid' }, to: strict });
    await ask(412, 'DELETE', path, { headers: ifMatch });
    await ask(428, 'DELETE', path, { to: strict });
    await ask(204, 'DELETE', path);
    for (const method of ['PATCH', 'DELETE']) await ask(404, method, path, { body: {} });
    await read(404, path);
    await ask(404, 'POST', `/users/${unknownId}/orders`, { body: order });
    await read(404, `/users/${unknownId}/orders`);
    expect(unlike).toEqual([]);
  });

  it('knows the answers of every route to malformed requests', async () => {
    for (const { path, method } of writes()) {
      const to = filled(path, unknownId);
      const json = { 'content-type': 'application/json' };
      await ask(400, method.toUpperCase(), to, { body: '{', headers: json });
      await ask(413, method.toUpperCase(), to, { body: ' '.repeat(1_100_000), headers: json });
      await ask(415, method.toUpperCase(), to, { body: 'x', headers: { 'content-type': 'text/plain' } });
      await ask(400, method.toUpperCase(), filled(path, 'x'), {});
    }
    for (const path of Object.keys(contract.document.paths)) {
      if (path.includes('{')) await read(400, filled(path, '%ff'));
    }
    await read(400, '/users/stats?x=1');
    await ask(414, 'GET', `/users/${'a'.repeat(2_000)}`);
    await ask(404, 'GET', '/nope');
    expect(unlike).toEqual([]);
  });

  it('knows every answer of the probes and the problems', async () => {
    for (const probe of ['', '/live', '/started', '/ready']) await read(200, `/health${probe}`);
    await read(200, '/problems/validation');
    await read(404, '/problems/nope');
    await read(200, '/problems');
    expect(unlike).toEqual([]);
  });

  it('knows the answers while the database is down', async () => {
    const away = await startApi({ DATABASE_URL: `postgres://u:secret@127.0.0.1:${await freePort()}/db` });
    try {
      for (const { path, method } of operations().filter(of('users', 'orders'))) {
        const body = path.endsWith('orders') ? order : path.includes('orders') ? {} : someone();
        const sent = ['post', 'put', 'patch'].includes(method) ? { body } : {};
        const to = `${filled(path, unknownId)}${requiredQueries[path] ?? ''}`;
        await ask(503, method.toUpperCase(), to, { ...sent, to: away });
      }
      for (const probe of ['', '/ready', '/started']) await ask(503, 'GET', `/health${probe}`, { to: away });
    } finally {
      await away.stop();
    }
    expect(unlike).toEqual([]);
  });

  it('documents no answer about users and orders that the requests above did not get', () => {
    const said = operations()
      .filter(of('users', 'orders'))
      .flatMap(({ path, method, operation }) =>
        Object.keys(operation.responses).map((status) => `${method} ${path} ${status}`),
      )
      // A fault of ours, and answers before a route is found.
      .filter((each) => !/ (500|default)$/.test(each));
    expect(said.length).toBeGreaterThan(50);
    expect(said.filter((each) => !seen.has(each))).toEqual([]);
  });

  it.each<[string, (answer: Answer) => Answer, RegExp]>([
    [
      'an undocumented member',
      (answer) => ({ ...answer, body: { ...answer.body, password: 'x' } }),
      /additionalProperties|password/,
    ],
    [
      'a member of another type',
      (answer) => ({ ...answer, body: { ...answer.body, version: '1' } }),
      /must be integer/,
    ],
    ['no body', (answer) => ({ ...answer, body: undefined }), /must be/],
    ['an undocumented status', (answer) => ({ ...answer, status: 203 }), /media type|not documented/],
    ['an undocumented header', (answer) => withHeader(answer, 'x-powered-by', 'Nest'), /a header x-powered-by/],
    ['a header of another form', (answer) => withHeader(answer, 'x-cache', 'Hit'), /x-cache: Hit/],
    ['no X-Request-Id', (answer) => withHeader(answer, 'x-request-id', undefined), /no header x-request-id/],
    [
      'an undocumented media type',
      (answer) => withHeader(answer, 'content-type', 'text/html'),
      /media type "text\/html"/,
    ],
  ])('is compared with answers: %s is a fault', async (_what, change, fault) => {
    const { body } = await ask(201, 'POST', '/users', { body: someone() });
    const path = `/users/${body.id}`;
    const answer = await ask(200, 'GET', path);
    expect(contract.faultsOf('GET', path, change(answer)).join('\n')).toMatch(fault);
  });
});

function of(...tags: readonly string[]) {
  return ({ operation }: DocumentedOperation) => operation.tags?.some((tag) => tags.includes(tag));
}

function withHeader(answer: Answer, name: string, value: string | undefined): Answer {
  const headers = new Headers(answer.headers);
  if (value === undefined) headers.delete(name);
  else headers.set(name, value);
  return { ...answer, headers };
}
