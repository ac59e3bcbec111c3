import { CacheRegistry } from '@nuthatch/cache';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { usersPage } from '../../../apps/api/src/users/users.cache.js';
import { databases, type RunningApi, startApi } from '../support/running-api.js';

const people = [
  'Öztürk',
  'adam',
  'Ada',
  'Zoe',
  '50%',
  'a_b',
  String.raw`a\b`,
  'STRASSE',
  'Straße',
  'Ada',
  'İpek',
  'STRAẞE',
];
const emailOf = (index: number) => `${index < 2 ? `Zoe_${index}` : `user${index}`}@example.org`;

describe.each(databases)('lists of users on $database', ({ environment }) => {
  let api: RunningApi;

  beforeAll(async () => {
    api = await startApi(await environment());
    for (const [index, name] of people.entries()) {
      await api.send('POST', '/users', { body: { name, email: emailOf(index) } });
    }
  });
  afterAll(() => api.stop());

  const names = async (query: string): Promise<string[]> =>
    (await api.send('GET', `/users?${query}`)).body.data.map(({ name }: { name: string }) => name);
  const search = (q: string) => names(`sort=createdAt&q=${encodeURIComponent(q)}`);
  const cursorOf = async (query: string): Promise<string> =>
    (await api.send('GET', `/users?limit=1&${query}`)).body.page.nextCursor;
  const loads = () => api.app.get(CacheRegistry).counters()['users.page']?.loads ?? 0;

  it('have the requested order, by default the oldest user first', async () => {
    const inGerman = ['STRASSE', 'Straße', 'STRAẞE'];
    const byName = ['50%', 'Ada', 'Ada', 'adam', String.raw`a\b`, 'a_b', 'İpek', ...inGerman, 'Zoe', 'Öztürk'];
    expect(await names('sort=createdAt')).toEqual(people);
    expect(await names('')).toEqual(people);
    expect(await names('sort=-createdAt')).toEqual(people.toReversed());
    expect(await names('sort=name')).toEqual(byName);
    expect(await names('sort=-name')).toEqual(byName.toReversed());
  });

  it('contain the users whose name or address begins with q, in any letter case', async () => {
    expect(await search('ADA')).toEqual(['adam', 'Ada', 'Ada']);
    expect(await search(' ada ')).toEqual(['adam', 'Ada', 'Ada']);
    expect(await search('öZ')).toEqual(['Öztürk']);
    for (const q of ['strass', 'straß', 'STRAẞ']) expect(await search(q)).toEqual(['STRASSE', 'Straße', 'STRAẞE']);
    for (const q of ['i', 'İ', 'i\u0307', 'ı']) expect(await search(q)).toEqual(['İpek']);
    expect(await search('O\u0308z')).toEqual(['Öztürk']);
    expect(await search('zoe')).toEqual(['Öztürk', 'adam', 'Zoe']);
    expect(await search('user9@EXAMPLE.ORG')).toEqual(['Ada']);
    expect(await search('example.org')).toEqual([]);
  });

  it('treat wildcards of LIKE as text', async () => {
    expect(await search('%')).toEqual([]);
    expect(await search('_')).toEqual([]);
    expect(await search('5_')).toEqual([]);
    expect(await search('50%')).toEqual(['50%']);
    expect(await search('a_')).toEqual(['a_b']);
    expect(await search('a\\')).toEqual([String.raw`a\b`]);
    expect(await search("ada' or '1'='1")).toEqual([]);
  });

  it.each(['sort=name&q=a', 'sort=-name&q=a', 'sort=-createdAt&q=a', 'sort=name', 'sort=-name'])(
    'have the same users page by page as on one page: %s',
    async (query) => {
      const paged = [];
      for (let cursor: string | null = ''; cursor !== null;) {
        const { body } = await api.send('GET', `/users?${query}&limit=2${cursor && `&cursor=${cursor}`}`);
        paged.push(...body.data.map(({ name }: { name: string }) => name));
        cursor = body.page.nextCursor;
      }
      expect(paged).toEqual(await names(query));
    },
  );

  it('accept a cursor only with the order and the search of its page', async () => {
    const queries = ['', 'sort=-createdAt', 'sort=name', 'sort=-name', 'q=a', 'q=ad', 'q=a&sort=name'];
    const cursors = await Promise.all(queries.map(cursorOf));
    for (const [place, cursor] of cursors.entries()) {
      const answers = await Promise.all(queries.map((query) => api.send('GET', `/users?${query}&cursor=${cursor}`)));
      expect(answers.map(({ status, body }) => body.code ?? status)).toEqual(
        queries.map((_, index) => (index === place ? 200 : 'invalid-cursor')),
      );
    }
  });

  it('have one entry for every spelling of the same query', async () => {
    await api.app.get(CacheRegistry).find(usersPage).clear();
    const before = loads();
    for (const query of ['limit=20&sort=createdAt&q=ad', 'q=ad', 'q=+ad&limit=020', 'sort=createdAt&q=ad&limit=20']) {
      await names(query);
    }
    expect(loads()).toBe(before + 1);
    for (const query of ['q=ad&sort=name', 'q=ada', 'q=ad&limit=21']) await names(query);
    expect(loads()).toBe(before + 4);
  });

  it.each([
    ['an unknown order', 'sort=email', 'validation', '#/sort'],
    ['an order in capitals', 'sort=NAME', 'validation', '#/sort'],
    ['an empty order', 'sort=', 'validation', '#/sort'],
    ['two orders', 'sort=name&sort=name', 'validation', '#/sort'],
    ['an empty text', 'q=', 'validation', '#/q'],
    ['spaces', 'q=%20', 'validation', '#/q'],
    ['a text of 101 characters', `q=${'a'.repeat(101)}`, 'validation', '#/q'],
    ['a NUL', 'q=a%00', 'validation', '#/q'],
    ['two texts', 'q=a&q=b', 'validation', '#/q'],
    ['an address', 'email=ada@example.org', 'unknown-parameter', '#/email'],
    ['ids', 'ids=01890a5d-ac96-774b-bcce-b302099a8057', 'unknown-parameter', '#/ids'],
  ])('refuse %s', async (_what, query, code, pointer) => {
    const before = loads();
    expect(await api.send('GET', `/users?${query}`)).toMatchObject({
      status: 400,
      body: { code, errors: [{ pointer }] },
    });
    expect(loads()).toBe(before);
  });
});
