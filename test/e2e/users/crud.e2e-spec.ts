import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { userTag } from '../support/entity-tags.js';
import { databases, type RunningApi, startApi } from '../support/running-api.js';

const unknownId = '01890a5d-ac96-774b-bcce-b302099a8057';
let people = 0;
const someone = () => ({ name: 'Ada Lovelace', email: `ada${(people += 1)}@example.org` });

describe.each(databases)('users on $database', ({ environment }) => {
  let api: RunningApi;
  const create = async (details = someone()) => (await api.send('POST', '/users', { body: details })).body;

  beforeAll(async () => {
    api = await startApi(await environment());
  });
  afterAll(() => api.stop());

  it('creates a user and returns its Location and ETag', async () => {
    const details = someone();
    const { status, headers, body } = await api.send('POST', '/users', { body: details });
    expect(status).toBe(201);
    expect(body).toEqual({
      ...details,
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      updatedAt: body.createdAt,
    });
    expect(headers.get('location')).toBe(`/users/${body.id}`);
    expect(headers.get('etag')).toBe(userTag(1));
  });

  it('finds a user by its id in any letter case', async () => {
    const user = await create();
    const found = await api.send('GET', `/users/${user.id.toUpperCase()}`);
    expect(found).toMatchObject({ status: 200, body: user });
    expect(found.headers.get('etag')).toBe(userTag(1));
  });

  it('answers HEAD with the headers of GET and no body', async () => {
    const user = await create();
    const [get, head] = [await api.send('GET', `/users/${user.id}`), await api.send('HEAD', `/users/${user.id}`)];
    expect(head).toMatchObject({ status: 200, text: '' });
    for (const name of ['etag', 'content-type', 'content-length']) {
      expect(head.headers.get(name)).toBe(get.headers.get(name));
    }
    expect((await api.send('HEAD', '/users')).status).toBe(200);
    expect(await api.send('HEAD', `/users/${unknownId}`)).toMatchObject({ status: 404, text: '' });
  });

  it.each(['GET', 'HEAD'])('answers %s with 304 when If-None-Match names the current ETag', async (method) => {
    const user = await create();
    for (const path of [`/users/${user.id}`, '/users?limit=3', `/users/${user.id}/orders`, '/users/stats']) {
      const full = await api.send('GET', path);
      const etag = full.headers.get('etag') ?? '';
      expect(etag).toMatch(path === `/users/${user.id}` ? userTag(1) : /^W\/"[\w-]{22}"$/);
      const headers = { 'if-none-match': `"other", ${etag}` };
      const conditional = await api.send(method, path, { headers });
      expect(conditional).toMatchObject({ status: 304, text: '' });
      // Its own length would contradict the length of the stored answer (RFC 9110 §8.6).
      expect(conditional.headers.get('content-length')).toBeNull();
      for (const name of ['etag', 'cache-control', 'vary']) {
        expect(conditional.headers.get(name)).toBe(full.headers.get(name));
      }
      // `fetch` adds `Cache-Control: no-cache` to a conditional request, so Redis validates the answer.
      expect(conditional.headers.get('cache-status')).toMatch(/^nuthatch; hit; ttl=\d+; detail=l2$/);
      const changed = await api.send(method, path, { headers: { 'if-none-match': '"other"' } });
      expect(changed).toMatchObject({ status: 200, text: method === 'GET' ? full.text : '' });
    }
  });

  it('changes the ETag of a user and of a list that contains its name with each write', async () => {
    const user = await create();
    for (const path of [`/users/${user.id}`, `/users/${user.id}/orders`]) {
      const { headers, text } = await api.send('GET', path);
      await api.send('PATCH', `/users/${user.id}`, { body: { name: `Anna of ${path}` } });
      const answer = await api.send('GET', path, { headers: { 'if-none-match': headers.get('etag') ?? '' } });
      expect(answer.status).toBe(200);
      expect(answer.text).not.toBe(text);
    }
  });

  it('answers GET with 412 and without cache headers when If-Match names another version', async () => {
    const user = await create();
    const path = `/users/${user.id}`;
    await api.send('GET', path);
    const { status, body, headers } = await api.send('GET', path, { headers: { 'if-match': userTag(2) } });
    expect([status, body.code, headers.get('cache-control')]).toEqual([412, 'precondition-failed', 'no-store']);
    expect(headers.get('etag')).toBe(userTag(1));
    expect([headers.get('cache-status'), headers.get('x-cache')]).toEqual([null, null]);
    expect((await api.send('GET', path, { headers: { 'if-match': userTag(1) } })).status).toBe(200);
  });

  it('forbids clients to store the answer of a write', async () => {
    const { id } = await create();
    const path = `/users/${id}`;
    for (const [method, to, body, expected] of [
      ['POST', '/users', someone(), 201],
      ['PUT', path, someone(), 200],
      ['PATCH', path, { name: 'Hedy' }, 200],
      ['DELETE', path, undefined, 204],
      ['DELETE', path, undefined, 404],
      ['POST', '/users', {}, 400],
    ] as const) {
      const { status, headers } = await api.send(method, to, { body });
      const [control, cacheStatus] = [headers.get('cache-control'), headers.get('cache-status')];
      expect([method, status, control, cacheStatus]).toEqual([method, expected, 'no-store', null]);
    }
  });

  it('trims the name and the address', async () => {
    const { email } = someone();
    expect(await create({ name: '  Ada ', email: ` ${email} ` })).toMatchObject({ name: 'Ada', email });
  });

  it('replaces a user with PUT, changes it with PATCH and raises its version by one', async () => {
    const user = await create();
    const other = someone();
    const put = await api.send('PUT', `/users/${user.id}`, { body: { ...other, name: 'Grace' } });
    expect(put).toMatchObject({
      status: 200,
      body: { ...user, ...other, name: 'Grace', version: 2, updatedAt: put.body.updatedAt },
    });
    expect(put.body.updatedAt >= user.updatedAt).toBe(true);
    const patch = await api.send('PATCH', `/users/${user.id}`, { body: { name: 'Hedy' } });
    expect(patch).toMatchObject({
      status: 200,
      body: { ...put.body, name: 'Hedy', version: 3, updatedAt: patch.body.updatedAt },
    });
    // RFC 9110 §9.3.4: the stored user differs from the sent body.
    expect(put.headers.get('etag')).toBeNull();
    expect(patch.headers.get('etag')).toBe(userTag(3));
    expect((await api.send('GET', `/users/${user.id}`)).body).toEqual(patch.body);
  });

  it('keeps the version and the entries of a user after a PATCH without members (RFC 7396)', async () => {
    const user = await create();
    const path = `/users/${user.id}`;
    const patch = (to: string, headers = {}) => api.send('PATCH', to, { body: {}, headers });
    const cached = async () =>
      (await Promise.all([path, '/users?limit=1'].map((each) => api.send('GET', each)))).map(({ headers }) =>
        headers.get('x-cache'),
      );
    await cached();
    for (const headers of [{}, { 'if-match': userTag(1) }]) {
      const answer = await patch(path, headers);
      expect(answer).toMatchObject({ status: 200, body: user });
      expect(answer.headers.get('etag')).toBe(userTag(1));
      expect(answer.headers.get('cache-group-invalidation')).toBeNull();
    }
    expect(await cached()).toEqual(['HIT', 'HIT']);
    const refused = await patch(path, { 'if-match': userTag(7) });
    expect(refused).toMatchObject({ status: 412, body: { code: 'precondition-failed' } });
    expect(refused.headers.get('etag')).toBe(userTag(1));
    expect(await patch(`/users/${unknownId}`)).toMatchObject({ status: 404, body: { code: 'user-not-found' } });
  });

  it('accepts the media type of a merge patch in PATCH only', async () => {
    const user = await create();
    const headers = { 'content-type': 'application/merge-patch+json' };
    const patch = await api.send('PATCH', `/users/${user.id}`, { headers, body: { name: 'Grace' } });
    expect(patch).toMatchObject({ status: 200, body: { name: 'Grace', email: user.email } });
    const post = await api.send('POST', '/users', { headers, body: someone() });
    expect(post).toMatchObject({ status: 415, body: { code: 'unsupported-media-type' } });
  });

  it('refuses a merge patch that would remove a member', async () => {
    const user = await create();
    const patch = await api.send('PATCH', `/users/${user.id}`, { body: { email: null } });
    expect(patch).toMatchObject({
      status: 400,
      body: { code: 'validation', errors: [{ pointer: '#/email', code: 'invalid-type' }] },
    });
  });

  it('deletes a user once and frees its address', async () => {
    const user = await create();
    expect(await api.send('DELETE', `/users/${user.id}`)).toMatchObject({ status: 204, text: '' });
    for (const method of ['GET', 'DELETE']) {
      expect(await api.send(method, `/users/${user.id}`)).toMatchObject({
        status: 404,
        body: { code: 'user-not-found' },
      });
    }
    const patch = await api.send('PATCH', `/users/${user.id}`, { body: { name: 'x' } });
    expect(patch).toMatchObject({ status: 404, body: { code: 'user-not-found' } });
    expect(await create({ name: 'Heir', email: user.email })).toMatchObject({ version: 1, email: user.email });
  });

  it('refuses an id that is not a UUID', async () => {
    for (const method of ['GET', 'DELETE']) {
      const answer = await api.send(method, '/users/42');
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation', errors: [{ pointer: '#/id' }] } });
    }
  });

  it('lists every problem of a body', async () => {
    const body = { name: ' ', email: 'ada', 'a/b~c': 1, admin: true };
    const answer = await api.send('POST', '/users', { body });
    expect(answer.status).toBe(400);
    expect(answer.body.errors).toEqual([
      { pointer: '#/name', detail: 'Must not be empty.', code: 'too-small' },
      { pointer: '#/email', detail: 'Must be an e-mail address.', code: 'invalid-format' },
      { pointer: '#/a~1b~0c', detail: 'Unknown field.', code: 'unknown-field' },
      { pointer: '#/admin', detail: 'Unknown field.', code: 'unknown-field' },
    ]);
    const empty = await api.send('POST', '/users', { body: {} });
    expect(empty.body.errors.map(({ pointer, code }: Record<string, string>) => [pointer, code])).toEqual([
      ['#/name', 'required'],
      ['#/email', 'required'],
    ]);
  });

  it.each([
    ['a NUL', '{"name":"a\\u0000b","email":"nul@example.org"}', '#/name'],
    ['a lone surrogate', '{"name":"a\\ud800b","email":"lone@example.org"}', '#/name'],
    ['a NUL in the address', '{"name":"a","email":"n\\u0000l@example.org"}', '#/email'],
    ['a name of 201 characters', JSON.stringify({ name: 'a'.repeat(201), email: 'long@example.org' }), '#/name'],
    ['an address of 255 characters', JSON.stringify({ name: 'a', email: `${'a'.repeat(243)}@example.org` }), '#/email'],
    ['an object for a name', '{"name":{"$gt":""},"email":"object@example.org"}', '#/name'],
    ['a key of Object.prototype', '{"name":"a","email":"key@example.org","constructor":1}', '#/constructor'],
  ])('refuses %s', async (_what, body, pointer) => {
    const answer = await api.send('POST', '/users', { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation', errors: [{ pointer }] } });
  });

  it('accepts names and addresses of the maximal length', async () => {
    const details = { name: '😀'.repeat(100), email: `${'a'.repeat(64)}@${'b'.repeat(185)}.org` };
    expect(await create(details)).toMatchObject(details);
  });

  it('refuses the address of another live user in any letter case', async () => {
    const user = await create();
    const taken = { status: 409, body: { code: 'email-taken', errors: [{ pointer: '#/email' }] } };
    expect(await api.send('POST', '/users', { body: named(user.email.toUpperCase()) })).toMatchObject(taken);
    const other = await create();
    expect(await api.send('PATCH', `/users/${other.id}`, { body: { email: user.email } })).toMatchObject(taken);
    expect(await api.send('PATCH', `/users/${user.id}`, { body: { email: user.email.toUpperCase() } })).toMatchObject({
      status: 200,
    });
  });

  it('creates one user when two concurrent requests have the same address', async () => {
    const details = someone();
    const answers = await Promise.all([1, 2].map(() => api.send('POST', '/users', { body: details })));
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([201, 409]);
  });

  it('refuses a PUT for an unknown user, a taken address and an outdated version', async () => {
    const [user, other] = [await create(), await create()];
    const put = async (id: string, email: string, ifMatch = '*') => {
      const { status, headers, body } = await api.send('PUT', `/users/${id}`, {
        body: named(email),
        headers: { 'if-match': ifMatch },
      });
      return [status, body.code, headers.get('etag')];
    };
    expect(await put(unknownId, someone().email)).toEqual([404, 'user-not-found', null]);
    expect(await put(user.id, other.email)).toEqual([409, 'email-taken', null]);
    expect(await put(user.id, user.email, userTag(2))).toEqual([412, 'precondition-failed', userTag(1)]);
    // Both reasons apply, and the outdated version comes first.
    expect(await put(user.id, other.email, userTag(2))).toEqual([412, 'precondition-failed', userTag(1)]);
    expect((await api.send('GET', `/users/${user.id}`)).body).toEqual(user);
    expect(await put(user.id, user.email, userTag(1))).toEqual([200, undefined, null]);
  });

  it('refuses concurrent writes that would swap the addresses of two users', async () => {
    const [one, two] = [await create(), await create()];
    for (let turn = 0; turn < 20; turn += 1) {
      const swap = [
        api.send('PATCH', `/users/${one.id}`, { body: { email: two.email } }),
        api.send('PUT', `/users/${two.id}`, { body: named(one.email) }),
      ];
      expect((await Promise.all(swap)).map(({ status }) => status)).toEqual([409, 409]);
    }
  });
});

function named(email: string) {
  return { name: 'Ann', email };
}
