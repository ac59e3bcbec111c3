import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RunningApi, setups, startApi } from '../support/running-api.js';

const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
let people = 0;
const someone = () => ({ name: 'Ada Lovelace', email: `ada${(people += 1)}@example.org` });

describe.each(setups)('If-Match on users on $on', ({ environment, adapter }) => {
  let api: RunningApi;
  const create = async (details = someone()) => (await api.send('POST', '/users', { body: details })).body;

  beforeAll(async () => {
    api = await startApi(await environment(), adapter);
  });
  afterAll(() => api.stop());

  it('lets one of two writers through', async () => {
    const { id } = await create();
    const patch = (name: string) =>
      api.send('PATCH', `/users/${id}`, { body: { name }, headers: { 'if-match': '"1-1"' } });
    const answers = await Promise.all([patch('one'), patch('two')]);
    const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
    expect(won).toMatchObject({ status: 200, body: { version: 2 } });
    expect(lost).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect(lost?.headers.get('etag')).toBe('"2-1"');
    expect((await api.send('GET', `/users/${id}`)).body).toEqual(won?.body);
  });

  it.each(['"7-1"', '"1-2"', 'W/"1-1"', '"1"', '1-1', '"99999999999-1"', '"7-1", "8-1"', 'x"1-1"'])(
    'refuses %s',
    async (ifMatch) => {
      const user = await create();
      const headers = { 'if-match': ifMatch };
      for (const [method, body] of [
        ['PATCH', { name: 'x' }],
        ['PUT', named(user.email)],
        ['DELETE', undefined],
      ] as const) {
        const answer = await api.send(method, `/users/${user.id}`, { headers, ...(body && { body }) });
        expect(answer).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
        expect(answer.headers.get('etag')).toBe('"1-1"');
      }
      expect((await api.send('GET', `/users/${user.id}`)).body).toEqual(user);
    },
  );

  it.each(['"1-1"', '*', '"7-1", "1-1"'])('accepts %s', async (ifMatch) => {
    const { id } = await create();
    expect(await api.send('DELETE', `/users/${id}`, { headers: { 'if-match': ifMatch } })).toMatchObject({
      status: 204,
    });
  });

  it('changes nobody who is there with If-None-Match: *, and takes no versions in it', async () => {
    const user = await create();
    for (const [method, body] of [
      ['PATCH', { name: 'x' }],
      ['PUT', named(user.email)],
      ['DELETE', undefined],
    ] as const) {
      const answerTo = (ifNoneMatch: string) =>
        api.send(method, `/users/${user.id}`, { headers: { 'if-none-match': ifNoneMatch }, ...(body && { body }) });
      const refused = await answerTo('*');
      expect([refused.status, refused.body.code]).toEqual([412, 'precondition-failed']);
      expect(refused.headers.get('etag')).toBe('"1-1"');
      const { status, body: problem } = await answerTo('"1-1"');
      expect([status, problem.code]).toEqual([400, 'malformed-request']);
    }
    expect((await api.send('GET', `/users/${user.id}`)).body).toEqual(user);
    const absent = await api.send('PUT', `/users/${unknownId}`, { body: someone(), headers: { 'if-none-match': '*' } });
    expect(absent).toMatchObject({ status: 404, body: { code: 'user-not-found' } });
  });

  it.each<[Record<string, string>, number]>([
    [{ 'if-match': '*' }, 201],
    [{ 'if-match': '"nope"' }, 412],
    [{ 'if-match': 'W/"a"' }, 412],
    [{ 'if-none-match': '*' }, 412],
    [{ 'if-none-match': '"a"' }, 400],
  ])('of a new user is that of the list: %o is a %d', async (headers, status) => {
    const body = someone();
    expect(await api.send('POST', '/users', { body, headers })).toMatchObject({ status });
    const { body: found } = await api.send('GET', `/users?email=${encodeURIComponent(body.email)}`);
    expect(found.data).toHaveLength(status === 201 ? 1 : 0);
  });

  it('is not met by a user that is not there', async () => {
    const answer = await api.send('DELETE', `/users/${unknownId}`, { headers: { 'if-match': '*' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'user-not-found' } });
  });
});

describe('with REQUIRE_IF_MATCH', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi({ DATA_DIR: 'memory', REQUIRE_IF_MATCH: 'true' });
  });
  afterAll(() => api.stop());

  it('refuses every change without If-Match, and no other request', async () => {
    const { body: user } = await api.send('POST', '/users', { body: someone() });
    for (const [method, body] of [
      ['PATCH', { name: 'x' }],
      ['PUT', someone()],
      ['DELETE', undefined],
    ] as const) {
      const answer = await api.send(method, `/users/${user.id}`, body && { body });
      expect(answer).toMatchObject({ status: 428, body: { code: 'precondition-required' } });
    }
    expect((await api.send('GET', `/users/${user.id}`)).body).toEqual(user);
    expect(await api.send('DELETE', `/users/${user.id}`, { headers: { 'if-match': '"1-1"' } })).toMatchObject({
      status: 204,
    });
  });
});

function named(email: string) {
  return { name: 'Somebody', email };
}
