import { type Cache, CacheRegistry } from '@nuthatch/cache';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { userIdByEmail } from '../../../apps/api/src/users/users.cache.js';
import { EmailChanged } from '../../../apps/api/src/users/users.errors.js';
import { UsersRepository } from '../../../apps/api/src/users/users.repository.js';
import { type AppProcess, startApp } from '../../support/app-process.js';
import { eventually } from '../../support/eventually.js';
import { createDatabase } from '../../support/postgres-server.js';
import { lockUsers } from '../support/lock-users.js';
import { cacheEnvironment, type RunningApi, setups, startApi, startListening } from '../support/running-api.js';

/** What is promised of a message; `npm run test:consistency` measures how fast they are. */
const MESSAGE_MS = 1_000;

let people = 0;
const someEmail = () => `mail${(people += 1)}@example.org`;

async function createUser(api: RunningApi, email: string): Promise<string> {
  return (await api.send('POST', '/users', { body: { name: 'Ann', email } })).body.id;
}

const rename = (api: RunningApi, id: string, email: string) => api.send('PATCH', `/users/${id}`, { body: { email } });
const search = (api: RunningApi, email: string) => api.send('GET', `/users?email=${encodeURIComponent(email)}`);
const holders = async (api: RunningApi, email: string): Promise<string[]> =>
  (await search(api, email)).body.data.map(({ id }: { id: string }) => id);
const loads = (api: RunningApi) => api.app.get(CacheRegistry).counters()['users.byEmail']?.loads;
const lookups = (api: RunningApi) => api.app.get<Cache<string, string>>(userIdByEmail.token);

describe.each(setups)('users by their e-mail address on $on', ({ environment, adapter }) => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi(await environment(), adapter);
  });
  afterAll(() => api.stop());

  it('answers a list of the one who has it', async () => {
    const email = someEmail();
    const id = await createUser(api, email);
    const { status, headers, body } = await search(api, email);
    expect([status, headers.get('cache-control')]).toEqual([200, 'private, no-cache']);
    expect(body).toEqual({
      data: [(await api.send('GET', `/users/${id}`)).body],
      page: { limit: 20, nextCursor: null, hasMore: false },
    });
    expect((await api.send('GET', `/users?email=${email}&limit=7`)).body.page.limit).toBe(7);
  });

  it('finds it whatever the case of its letters, in one entry', async () => {
    const id = await createUser(api, `Mixed.${someEmail()}`);
    const email = `Mixed.mail${people}@example.org`;
    await holders(api, email);
    const before = loads(api);
    for (const written of [email.toUpperCase(), email.toLowerCase(), ` ${email} `]) {
      expect(await holders(api, written)).toEqual([id]);
    }
    expect(loads(api)).toBe(before);
  });

  it('remembers that nobody has it, until somebody is created with it', async () => {
    const email = someEmail();
    expect(await holders(api, email)).toEqual([]);
    const before = loads(api);
    expect(await holders(api, email.toUpperCase())).toEqual([]);
    expect([loads(api), await lookups(api).explain(email)]).toMatchObject([before, { negative: true }]);
    const id = await createUser(api, email.toUpperCase());
    expect(await holders(api, email)).toEqual([id]);
  });

  it('moves with its user, and is gone with it', async () => {
    const [from, to] = [someEmail(), someEmail()];
    const id = await createUser(api, from);
    expect([await holders(api, from), await holders(api, to)]).toEqual([[id], []]);
    await rename(api, id, to.toUpperCase());
    expect([await holders(api, from), await holders(api, to)]).toEqual([[], [id]]);
    const heir = await createUser(api, from);
    expect(await holders(api, from)).toEqual([heir]);
    await api.send('DELETE', `/users/${id}`);
    expect(await holders(api, to)).toEqual([]);
  });

  it('shows what else changes of its user', async () => {
    const email = someEmail();
    const id = await createUser(api, email);
    await search(api, email);
    await api.send('PUT', `/users/${id}`, { body: { name: 'Anna', email } });
    expect((await search(api, email)).body.data).toMatchObject([{ name: 'Anna', version: 2 }]);
  });

  it('stays with its user where a write is refused', async () => {
    const [mine, theirs] = [someEmail(), someEmail()];
    const [id, other] = [await createUser(api, mine), await createUser(api, theirs)];
    expect((await rename(api, id, theirs)).status).toBe(409);
    const late = { body: { email: someEmail() }, headers: { 'if-match': '"7-1"' } };
    expect((await api.send('PATCH', `/users/${id}`, late)).status).toBe(412);
    expect((await api.send('DELETE', `/users/${id}`, { headers: late.headers })).status).toBe(412);
    expect([await holders(api, mine), await holders(api, theirs)]).toEqual([[id], [other]]);
    expect(await holders(api, late.body.email)).toEqual([]);
  });

  it.each([
    ['nothing', 'email='],
    ['what is none', 'email=nobody'],
    ['a pattern', 'email=%25@example.org'],
    ['SQL', `email=${encodeURIComponent("a'or'1'='1'--@example.org")}`],
    ['a NUL', 'email=a%00b@example.org'],
    ['a line break', 'email=a%0d%0ab@example.org'],
    ['a Kelvin sign, which is a k in lower case', 'email=%E2%84%AA@example.org'],
    ['an address of 255 characters', `email=${'a'.repeat(243)}@example.org`],
    ['one of 10 kB', `email=${'a'.repeat(10_000)}@example.org`],
    ['two', 'email=a@example.org&email=b@example.org'],
  ])('refuses %s', async (_what, query) => {
    const answer = await api.send('GET', `/users?${query}`);
    expect(answer).toMatchObject({ status: 400, body: { code: 'validation', errors: [{ pointer: '#/email' }] } });
  });

  it('is looked up again by a write that missed it and took any version, also where it is back by then', async () => {
    const id = await createUser(api, someEmail());
    const repository = api.app.get(UsersRepository);
    const user = await repository.findById(id);
    const back = vi.spyOn(repository, 'findById').mockResolvedValueOnce(user && { ...user, email: 'back@example.org' });
    await expect(repository.remove(id, { email: 'back@example.org' })).rejects.toBeInstanceOf(EmailChanged);
    back.mockRestore();
  });

  it('has no second page, and no other parameters', async () => {
    const { body } = await api.send('GET', '/users?limit=1');
    const email = someEmail();
    for (const cursor of [body.page.nextCursor, 'x', '']) {
      const answer = await api.send('GET', `/users?email=${email}&cursor=${cursor}`);
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-cursor' } });
    }
    expect(await api.send('GET', `/users?email=${email}&x=1`)).toMatchObject({
      status: 400,
      body: { code: 'unknown-parameter', errors: [{ pointer: '#/x' }] },
    });
  });
});

describe('the entries of e-mail addresses', () => {
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
    Promise.all(emails.map(async (email) => (await lookups(api).explain(email)).state));

  it('move in another process by the way of a message', async () => {
    const app = await startApp(environment);
    try {
      const [from, to] = [someEmail(), someEmail()];
      const id = await createUser(api, from);
      expect([await foundBy(app, from), await foundBy(app, to)]).toEqual([[id], []]);
      await rename(api, id, to);
      await eventually(async () => expect([await foundBy(app, from), await foundBy(app, to)]).toEqual([[], [id]]), {
        within: MESSAGE_MS,
      });
      await api.send('DELETE', `/users/${id}`);
      await eventually(async () => expect(await foundBy(app, to)).toEqual([]), { within: MESSAGE_MS });
    } finally {
      await app.kill();
    }
  });

  it('are announced by a create, a rename and a delete before they are committed', async () => {
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
    await search(api, from);
    expect(await during(() => createUser(api, from), [from])).toEqual([['writing'], ['absent']]);
    const [id = ''] = await holders(api, from);
    await search(api, to);
    expect(await during(() => rename(api, id, to), [from, to])).toEqual([
      ['writing', 'writing'],
      ['absent', 'absent'],
    ]);
    await search(api, to);
    expect(await during(() => api.send('DELETE', `/users/${id}`), [to])).toEqual([['writing'], ['absent']]);
  });

  it.each([
    ['PATCH', 200],
    ['DELETE', 204],
  ])('are those that a %s leaves, also when somebody moved the user meanwhile', async (method, success) => {
    const [first, second, third] = [someEmail(), someEmail(), someEmail()];
    const id = await createUser(api, first);
    const lock = await lockUsers(databaseUrl, 'reads');
    const late = method === 'PATCH' ? rename(api, id, third) : api.send('DELETE', `/users/${id}`);
    await eventually(async () => expect(await lock.waiting()).toBe(1));
    await lock.run('update users set email = $1 where id = $2', [second, id]);
    await lookups(api).set(second, id);
    await lock.release();
    expect((await late).status).toBe(success);
    // Nor is any of them still announced: it is certain that the first attempt wrote nothing.
    expect(await states(first, second, third)).toEqual(['absent', 'absent', 'absent']);
    expect([await holders(api, first), await holders(api, second)]).toEqual([[], []]);
    expect(await holders(api, third)).toEqual(method === 'PATCH' ? [id] : []);
  });

  it('never tell the former holder after a rename was acknowledged', async () => {
    const emails = [someEmail(), someEmail()] as const;
    const id = await createUser(api, emails[0]);
    /** After each acknowledged rename the user has the other address: the one whose place has the parity of their number. */
    const story = { acknowledged: 0, renaming: false, over: false };
    const wrong: object[] = [];
    const watch = async (place: 0 | 1): Promise<number> => {
      let looks = 0;
      while (!story.over) {
        const { acknowledged, renaming } = story;
        const found = await holders(api, emails[place]);
        // While a rename is under way, either answer is right.
        const certain = !renaming && !story.renaming && acknowledged === story.acknowledged;
        const expected = acknowledged % 2 === place ? [id] : [];
        if (certain && found[0] !== expected[0]) wrong.push({ place, acknowledged, found });
        looks += 1;
      }
      return looks;
    };
    const watching = Promise.all([watch(0), watch(1), watch(0), watch(1)]);
    while (story.acknowledged < 60) {
      const [has, had] = story.acknowledged % 2 === 0 ? [emails[1], emails[0]] : emails;
      story.renaming = true;
      expect((await rename(api, id, has)).status).toBe(200);
      story.renaming = false;
      story.acknowledged += 1;
      expect([await holders(api, had), await holders(api, has)]).toEqual([[], [id]]);
    }
    story.over = true;
    expect(Math.min(...(await watching))).toBeGreaterThan(10);
    expect(wrong).toEqual([]);
  });

  it('find the holder whom only the database knows yet, where the entry of the user says otherwise', async () => {
    const [from, to] = [someEmail(), someEmail()];
    const id = await createUser(api, from);
    await api.send('GET', `/users/${id}`);
    // As a reader finds them who reads the one before a write and the other after it.
    await lookups(api).set(to, id);
    expect(await holders(api, to)).toEqual([]);
    const heir = await createUser(api, to);
    await lookups(api).set(to, id);
    expect(await holders(api, to)).toEqual([heir]);
  });
});

async function foundBy({ url }: AppProcess, email: string): Promise<string[]> {
  const response = await fetch(`${url}/users?email=${email}`);
  const { data }: { data: { id: string }[] } = JSON.parse(await response.text());
  return data.map(({ id }) => id);
}
