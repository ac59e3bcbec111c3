import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userTag } from '../support/entity-tags.js';
import { databases, newDatabase, type RunningApi, startApi } from '../support/running-api.js';

const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
let people = 0;
const someone = () => ({ name: 'Ada Lovelace', email: `ada${(people += 1)}@example.org` });

describe.each(databases)('If-Match on users on $database', ({ environment }) => {
  let api: RunningApi;
  const create = async (details = someone()) => (await api.send('POST', '/users', { body: details })).body;

  beforeAll(async () => {
    api = await startApi(await environment());
  });
  afterAll(() => api.stop());

  it('lets one of two concurrent writers change the user', async () => {
    const { id } = await create();
    const patch = (name: string) =>
      api.send('PATCH', `/users/${id}`, { body: { name }, headers: { 'if-match': userTag(1) } });
    const answers = await Promise.all([patch('one'), patch('two')]);
    const [won, lost] = answers.toSorted((a, b) => a.status - b.status);
    expect(won).toMatchObject({ status: 200, body: { version: 2 } });
    expect(lost).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect(lost?.headers.get('etag')).toBe(userTag(2));
    expect((await api.send('GET', `/users/${id}`)).body).toEqual(won?.body);
  });

  it.each([
    userTag(7),
    '"1-00000000"',
    `W/${userTag(1)}`,
    '"1"',
    userTag(1).slice(1, -1),
    userTag(99_999_999_999),
    `${userTag(7)}, ${userTag(8)}`,
    `x${userTag(1)}`,
  ])('answers a write with %s with 412', async (ifMatch) => {
    const user = await create();
    const headers = { 'if-match': ifMatch };
    for (const [method, body] of [
      ['PATCH', { name: 'x' }],
      ['PUT', named(user.email)],
      ['DELETE', undefined],
    ] as const) {
      const answer = await api.send(method, `/users/${user.id}`, { headers, ...(body && { body }) });
      expect(answer).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
      expect(answer.headers.get('etag')).toBe(userTag(1));
    }
    expect((await api.send('GET', `/users/${user.id}`)).body).toEqual(user);
  });

  it.each([userTag(1), '*', `${userTag(7)}, ${userTag(1)}`])('accepts the current version in %s', async (ifMatch) => {
    const { id } = await create();
    expect(await api.send('DELETE', `/users/${id}`, { headers: { 'if-match': ifMatch } })).toMatchObject({
      status: 204,
    });
  });

  it('changes no existing user with If-None-Match: * and refuses entity tags in If-None-Match', async () => {
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
      expect(refused.headers.get('etag')).toBe(userTag(1));
      const { status, body: problem } = await answerTo(userTag(1));
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
  ])('is evaluated against the list by a POST: %o gets a %d', async (headers, status) => {
    const body = someone();
    expect(await api.send('POST', '/users', { body, headers })).toMatchObject({ status });
    const found = await api.send('GET', `/users/lookup?email=${body.email}`);
    expect(found.status).toBe(status === 201 ? 200 : 404);
  });

  it('answers with 404 for a user that does not exist', async () => {
    const answer = await api.send('DELETE', `/users/${unknownId}`, { headers: { 'if-match': '*' } });
    expect(answer).toMatchObject({ status: 404, body: { code: 'user-not-found' } });
  });
});

describe('the API with REQUIRE_IF_MATCH', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi({ ...(await newDatabase()), REQUIRE_IF_MATCH: 'true' });
  });
  afterAll(() => api.stop());

  it('refuses every change without If-Match and no other request', async () => {
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
    expect(await api.send('DELETE', `/users/${user.id}`, { headers: { 'if-match': userTag(1) } })).toMatchObject({
      status: 204,
    });
  });
});

function named(email: string) {
  return { name: 'Ann', email };
}
