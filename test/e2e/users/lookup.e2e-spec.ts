import { type Cache, CacheRegistry } from '@nuthatch/cache';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import type { User } from '../../../apps/api/src/users/user.js';
import { userByEmail } from '../../../apps/api/src/users/users.cache.js';
import { EmailChanged } from '../../../apps/api/src/users/users.errors.js';
import { UsersRepository } from '../../../apps/api/src/users/users.repository.js';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';
import { lockUsers } from '../support/lock-users.js';
import { userTag } from '../support/entity-tags.js';
import { cacheEnvironment, databases, type RunningApi, startApi, startListening } from '../support/running-api.js';

/** The upper bound for the delivery of a message. `npm run test:consistency` measures the real times. */
const MESSAGE_MS = 1_000;

let people = 0;
const someEmail = () => `mail${(people += 1)}@example.org`;

async function createUser(api: RunningApi, email: string): Promise<string> {
  return (await api.send('POST', '/users', { body: { name: 'Ann', email } })).body.id;
}

const rename = (api: RunningApi, id: string, email: string) => api.send('PATCH', `/users/${id}`, { body: { email } });
const lookUp = (api: RunningApi, email: string, headers: Record<string, string> = {}) =>
  api.send('GET', `/users/lookup?email=${encodeURIComponent(email)}`, { headers });
/** Returns the id of the user with this address; `undefined` for a 404. */
const holder = async (api: RunningApi, email: string): Promise<string | undefined> => {
  const { status, body } = await lookUp(api, email);
  expect([200, 404]).toContain(status);
  return body.id;
};
const loads = (api: RunningApi) => api.app.get(CacheRegistry).counters()['users.byEmail']?.loads;
const entries = (api: RunningApi) => api.app.get<Cache<string, User>>(userByEmail.token);

describe.each(databases)('GET /users/lookup on $database', ({ environment }) => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(await environment());
  });
  afterAll(() => api.stop());

  it('returns the same user as GET /users/{id}, with the same validators', async () => {
    const email = someEmail();
    const id = await createUser(api, email);
    const byId = await api.send('GET', `/users/${id}`);
    for (const detail of ['fwd=uri-miss; fwd-status=200; stored', 'hit']) {
      const { status, headers, text } = await lookUp(api, email);
      expect([status, text, headers.get('cache-control')]).toEqual([200, byId.text, 'private, no-cache']);
      expect(headers.get('etag')).toBe(userTag(1));
      expect(headers.get('cache-status')).toContain(detail);
    }
  });

  it('answers a conditional request with 304 while the user is unchanged', async () => {
    const email = someEmail();
    const id = await createUser(api, email);
    const ifNoneMatch = (etag: string) => lookUp(api, email, { 'if-none-match': etag });
    expect(await ifNoneMatch(userTag(1))).toMatchObject({ status: 304, text: '' });
    await api.send('PATCH', `/users/${id}`, { body: { name: 'Anna' } });
    expect(await ifNoneMatch(userTag(1))).toMatchObject({ status: 200, body: { name: 'Anna' } });
    expect((await ifNoneMatch(userTag(2))).status).toBe(304);
    expect((await lookUp(api, email, { 'if-match': userTag(1) })).status).toBe(412);
  });

  it('answers HEAD without a body', async () => {
    const email = someEmail();
    await createUser(api, email);
    expect(await api.send('HEAD', `/users/lookup?email=${email}`)).toMatchObject({ status: 200, text: '' });
  });

  it('finds an address in any letter case with one entry', async () => {
    const id = await createUser(api, `Mixed.${someEmail()}`);
    const email = `Mixed.mail${people}@example.org`;
    await holder(api, email);
    const before = loads(api);
    for (const written of [email.toUpperCase(), email.toLowerCase(), ` ${email} `]) {
      expect(await holder(api, written)).toBe(id);
    }
    expect(loads(api)).toBe(before);
  });

  it('caches the 404 of an address without a user until a user is created with it', async () => {
    const email = someEmail();
    expect(await lookUp(api, email)).toMatchObject({ status: 404, body: { code: 'user-not-found' } });
    const before = loads(api);
    const again = await lookUp(api, email.toUpperCase());
    expect(again).toMatchObject({ status: 404, body: { code: 'user-not-found' } });
    expect(again.headers.get('cache-status')).toMatch(/^nuthatch; hit; ttl=\d; detail=negative$/);
    expect([loads(api), await entries(api).explain(email)]).toMatchObject([before, { negative: true }]);
    const id = await createUser(api, email.toUpperCase());
    expect(await holder(api, email)).toBe(id);
  });

  it('follows a rename and a delete', async () => {
    const [from, to] = [someEmail(), someEmail()];
    const id = await createUser(api, from);
    expect([await holder(api, from), await holder(api, to)]).toEqual([id, undefined]);
    await rename(api, id, to.toUpperCase());
    expect([await holder(api, from), await holder(api, to)]).toEqual([undefined, id]);
    const heir = await createUser(api, from);
    expect(await holder(api, from)).toBe(heir);
    await api.send('DELETE', `/users/${id}`);
    expect(await holder(api, to)).toBeUndefined();
  });

  it.each(['PUT', 'PATCH'])('shows a new name after a %s', async (method) => {
    const email = someEmail();
    const id = await createUser(api, email);
    await lookUp(api, email);
    await api.send(method, `/users/${id}`, { body: { name: 'Anna', ...(method === 'PUT' && { email }) } });
    expect((await lookUp(api, email)).body).toMatchObject({ id, name: 'Anna', version: 2 });
  });

  it('keeps the user after a refused write', async () => {
    const [mine, theirs] = [someEmail(), someEmail()];
    const [id, other] = [await createUser(api, mine), await createUser(api, theirs)];
    expect((await rename(api, id, theirs)).status).toBe(409);
    const late = { body: { email: someEmail() }, headers: { 'if-match': userTag(7) } };
    expect((await api.send('PATCH', `/users/${id}`, late)).status).toBe(412);
    expect((await api.send('DELETE', `/users/${id}`, { headers: late.headers })).status).toBe(412);
    expect([await holder(api, mine), await holder(api, theirs)]).toEqual([id, other]);
    expect(await holder(api, late.body.email)).toBeUndefined();
  });

  it.each([
    ['no address', ''],
    ['an empty address', 'email='],
    ['a text that is no address', 'email=ada'],
    ['a pattern', 'email=%25@example.org'],
    ['SQL', `email=${encodeURIComponent("a'or'1'='1'--@example.org")}`],
    ['a NUL', 'email=a%00b@example.org'],
    ['a line break', 'email=a%0d%0ab@example.org'],
    ['a Kelvin sign, which is a k in lower case', 'email=%E2%84%AA@example.org'],
    ['an address of 255 characters', `email=${'a'.repeat(243)}@example.org`],
    ['an address of 10 kB', `email=${'a'.repeat(10_000)}@example.org`],
    ['two addresses', 'email=a@example.org&email=b@example.org'],
  ])('refuses %s', async (_what, query) => {
    const answer = await api.send('GET', `/users/lookup?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation', errors: [{ pointer: '#/email' }] } });
  });

  it('makes a write without expected versions retry when the address was changed and changed back', async () => {
    const id = await createUser(api, someEmail());
    const repository = api.app.get(UsersRepository);
    const user = await repository.findById(id);
    const back = vi.spyOn(repository, 'findById').mockResolvedValueOnce(user && { ...user, email: 'back@example.org' });
    await expect(repository.remove(id, { email: 'back@example.org' })).rejects.toBeInstanceOf(EmailChanged);
    back.mockRestore();
  });

  it.each(['limit=20', 'cursor=x', 'sort=name', 'ids=1', 'x=1'])('refuses %s beside the address', async (other) => {
    const email = someEmail();
    await createUser(api, email);
    await lookUp(api, email);
    const answer = await api.send('GET', `/users/lookup?email=${email}&${other}`);
    const errors = [{ pointer: `#/${other.split('=')[0]}` }];
    expect(answer).toMatchObject({ status: 400, body: { code: 'unknown-parameter', errors } });
  });
});

describe('the entries of users.byEmail', () => {
  let databaseUrl: string;
  let environment: Record<string, string>;
  let api: RunningApi;
  let other: RunningApi;
  beforeAll(async () => {
    databaseUrl = await createDatabase(inject('postgresUrl'));
    environment = { DATABASE_URL: databaseUrl, ...cacheEnvironment() };
    api = await startListening(environment);
    other = await startListening(environment);
  });
  afterAll(() => Promise.all([api.stop(), other.stop()]));

  const states = (...emails: string[]) =>
    Promise.all(emails.map(async (email) => (await entries(api).explain(email)).state));

  it('follow a rename in another process after its invalidation message', async () => {
    const app = await startApp(environment);
    try {
      const [from, to] = [someEmail(), someEmail()];
      const id = await createUser(api, from);
      expect([await foundBy(app, from), await foundBy(app, to)]).toEqual([id, undefined]);
      await rename(api, id, to);
      const found = async () => [await foundBy(app, from), await foundBy(app, to)];
      await eventually(async () => expect(await found()).toEqual([undefined, id]), { within: MESSAGE_MS });
      await api.send('DELETE', `/users/${id}`);
      await eventually(async () => expect(await foundBy(app, to)).toBeUndefined(), { within: MESSAGE_MS });
    } finally {
      await app.kill();
    }
  });

  it('are announced by each write before it commits', async () => {
    const [from, to] = [someEmail(), someEmail()];
    const during = async (write: () => Promise<unknown>, emails: string[]) => {
      const lock = await lockUsers(databaseUrl, 'reads');
      const writing = write();
      await eventually(async () => expect(await lock.waiting()).toBe(1));
      const announced = await states(...emails);
      await lock.release();
      await writing;
      return [announced, await states(...emails)];
    };
    await lookUp(api, from);
    expect(await during(() => createUser(api, from), [from])).toEqual([['writing'], ['absent']]);
    const id = (await holder(api, from)) ?? '';
    await lookUp(api, to);
    expect(await during(() => rename(api, id, to), [from, to])).toEqual([
      ['writing', 'writing'],
      ['absent', 'absent'],
    ]);
    await lookUp(api, to);
    const patch = () => api.send('PATCH', `/users/${id}`, { body: { name: 'Anna' } });
    expect(await during(patch, [to])).toEqual([['writing'], ['absent']]);
    await lookUp(api, to);
    expect(await during(() => api.send('DELETE', `/users/${id}`), [to])).toEqual([['writing'], ['absent']]);
  });

  it.each([
    ['PATCH', 200],
    ['DELETE', 204],
  ])('are correct after a %s whose user got another address in between', async (method, success) => {
    const [first, second, third] = [someEmail(), someEmail(), someEmail()];
    const id = await createUser(api, first);
    const lock = await lockUsers(databaseUrl, 'reads');
    const late = method === 'PATCH' ? rename(api, id, third) : api.send('DELETE', `/users/${id}`);
    await eventually(async () => expect(await lock.waiting()).toBe(1));
    await lock.run('update users set email = $1 where id = $2', [second, id]);
    await lock.release();
    expect((await late).status).toBe(success);
    // No announcement is left: the first attempt wrote nothing.
    expect(await states(first, second, third)).toEqual(['absent', 'absent', 'absent']);
    expect([await holder(api, first), await holder(api, second)]).toEqual([undefined, undefined]);
    expect(await holder(api, third)).toBe(method === 'PATCH' ? id : undefined);
  });

  it('never contain the former address of a user after a rename is acknowledged', async () => {
    const emails = [someEmail(), someEmail()] as const;
    const id = await createUser(api, emails[0]);
    /** The user has the address at index 0 after an even number of acknowledged renames, else the address at index 1. */
    const state = { acknowledged: 0, renaming: false, over: false };
    const wrong: object[] = [];
    const watch = async (index: 0 | 1): Promise<number> => {
      let looks = 0;
      while (!state.over) {
        const { acknowledged, renaming } = state;
        const found = await holder(api, emails[index]);
        // During a rename, both answers are correct.
        const certain = !renaming && !state.renaming && acknowledged === state.acknowledged;
        const expected = acknowledged % 2 === index ? id : undefined;
        if (certain && found !== expected) wrong.push({ index, acknowledged, found });
        looks += 1;
      }
      return looks;
    };
    const watching = Promise.all([watch(0), watch(1), watch(0), watch(1)]);
    while (state.acknowledged < 60) {
      const [has, had] = state.acknowledged % 2 === 0 ? [emails[1], emails[0]] : emails;
      state.renaming = true;
      expect((await rename(api, id, has)).status).toBe(200);
      state.renaming = false;
      state.acknowledged += 1;
      expect([await holder(api, had), await holder(api, has)]).toEqual([undefined, id]);
    }
    state.over = true;
    expect(Math.min(...(await watching))).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });
});

async function foundBy({ url }: AppProcess, email: string): Promise<string | undefined> {
  const response = await fetch(`${url}/users/lookup?email=${email}`);
  const { id }: { id?: string } = JSON.parse(await response.text());
  return id;
}
