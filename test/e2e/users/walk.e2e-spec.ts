import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Database } from '../../../apps/api/src/database/database.js';
import { databases, type RunningApi, startApi } from '../support/running-api.js';

interface Listed {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

const names = ['Ada', 'ada', 'ADAM', 'Ben', 'ben', 'Cleo', 'dora', 'Dora', 'Emil', 'fay'];

/** Inserts users that share their name and their time with hundreds of others. */
const insert = (count: number) => sql<{ id: string; name: string }>`
  insert into users (id, name, email, created_at)
  select gen_random_uuid(), (${names}::text[])[1 + floor(random() * ${names.length})],
    'user-' || gen_random_uuid() || '@example.org', timestamptz '2026-01-01' + floor(random() * 20) * interval '1 ms'
  from generate_series(1, ${count}) returning id, name`;

const byTime = ({ createdAt, id }: Listed) => `${createdAt} ${id}`;
const byName = ({ name, id }: Listed) => `${name.toUpperCase()} ${id}`;

describe.each(databases)('a walk over 10,000 users on $database', ({ environment }) => {
  let api: RunningApi;
  let database: Database;
  /** Users that exist during the whole walk, with their names. */
  const staying = new Map<string, string>();
  /** Users that are created or deleted during the walk. */
  const passing = new Set<string>();

  beforeAll(async () => {
    api = await startApi(await environment());
    database = api.app.get(Database);
    const { rows } = await database.write((db) => insert(10_000).execute(db));
    for (const { id, name } of rows.slice(0, 7_000)) staying.set(id, name);
    for (const { id } of rows.slice(7_000)) passing.add(id);
    // The embedded database has no autovacuum.
    await database.write((db) => sql`analyze users`.execute(db));
  });
  // The other writes bypass the cache: a walk must also survive the entries that they leave.
  afterEach(() => void api.forgotten());
  afterAll(() => api.stop());

  /** Creates two users, deletes one, and deletes the user before the next page unless it has to stay. */
  async function change(last: Listed | undefined): Promise<void> {
    const { rows } = await database.write((db) => insert(2).execute(db));
    const gone = [...passing].filter((id, place) => place === 0 || id === last?.id);
    await database.write((db) =>
      db.updateTable('users').set({ deleted_at: new Date() }).where('id', 'in', gone).execute(),
    );
    for (const { id } of rows) passing.add(id);
    for (const id of gone) passing.delete(id);
  }

  it.each([
    { query: 'limit=100', key: byTime, backwards: false },
    { query: 'limit=93&sort=-createdAt', key: byTime, backwards: true },
    { query: 'limit=100&sort=name', key: byName, backwards: false },
    { query: 'limit=71&sort=-name', key: byName, backwards: true },
    { query: 'limit=41&sort=name&q=ada', key: byName, backwards: false },
    { query: 'limit=29&sort=-createdAt&q=ben', key: byTime, backwards: true },
  ])('by $query returns each staying user once, in order, during other writes', async ({ query, key, backwards }) => {
    const seen: Listed[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const { body } = await api.send('GET', `/users?${query}${cursor && `&cursor=${cursor}`}`);
      seen.push(...body.data);
      cursor = body.page.nextCursor;
      await change(body.data.at(-1));
    }
    const keys = seen.map(key);
    const sorted = keys.toSorted();
    expect(keys).toEqual(backwards ? sorted.toReversed() : sorted);
    expect(new Set(keys).size).toBe(keys.length);
    expect(seen.length).toBeGreaterThan(1_000);
    const beginning = new URLSearchParams(query).get('q')?.toUpperCase() ?? '';
    const expected = [...staying].filter(([, name]) => name.toUpperCase().startsWith(beginning)).map(([id]) => id);
    expect(
      seen
        .map(({ id }) => id)
        .filter((id) => staying.has(id))
        .toSorted(),
    ).toEqual(expected.toSorted());
  });
});
