import { afterEach, describe, expect, it, vi } from 'vitest';
import { CacheRegistry } from '../../core/cache-registry.js';
import { defineCache } from '../../core/policy/define-cache.js';
import { Refused } from '../fleet.js';
import { givenRuntime } from '../given-runtime.js';
import { InvalidationWatcher, type WatcherOptions } from './invalidation-watcher.js';
import type { Executed } from './statement.js';

const userById = defineCache<string>('users.byId', { ttl: '30s', negativeTtl: '5s' });
const userByEmail = defineCache<string>('users.byEmail', { ttl: '30s', negativeTtl: '5s' });
const usersPage = defineCache<string>('users.page', { ttl: '30s', tags: () => ['users'] });

describe(InvalidationWatcher, () => {
  const watchers: InvalidationWatcher[] = [];
  afterEach(() => watchers.splice(0).forEach((watcher) => watcher.close()));

  /** Caches, and a database that only says what it has executed. */
  function given(options: WatcherOptions = {}) {
    const watcher = new InvalidationWatcher({ caches: { userById, userByEmail, usersPage }, ...options });
    watchers.push(watcher);
    const { runtime } = givenRuntime();
    const caches = new CacheRegistry({ ...runtime, rolledBack: (error) => error instanceof Refused });
    const [byId, byEmail, page] = [userById, userByEmail, usersPage].map((definition) => caches.create(definition));
    if (!byId || !byEmail || !page) throw new Error('A cache is missing.');
    const run = (
      sql: string,
      parameters: readonly unknown[],
      rows: readonly object[] = [],
      more: Partial<Executed> = {},
    ) => {
      watcher.executed({ sql, parameters, rows, affected: undefined, ...more });
    };
    const load =
      (sql: string, parameters: readonly unknown[], rows: readonly object[] = []) =>
      async () => {
        run(sql, parameters, rows);
        return rows.length > 0 ? 'found' : undefined;
      };
    const ada = [{ id: '7', email: 'ada@x' }];
    return {
      watcher,
      caches,
      byId,
      run,
      byIdOf: (id: string) => byId.readThrough(id, load('select * from users where id = $1', [id], [{ id }])),
      byEmailOf: (email: string, rows: readonly object[] = ada) =>
        byEmail.readThrough(email, load('select * from users where lower(email) = lower($1)', [email], rows)),
      readPage: () => page.readThrough('all', load('select * from users order by id limit 3', [], ada)),
      rename: (email: string) => run('update users set email = $1 where id = $2', [email, '7']),
    };
  }

  it('reports an entry that a write has changed and did not name, with the line to add', async () => {
    const { watcher, caches, byEmailOf, rename } = given();
    await byEmailOf('ada@x');
    await caches.write(async (tx) => {
      await tx.invalidate(userById, '7');
      rename('king@x');
    });
    expect(() => watcher.check()).toThrow(
      'A write of the table "users" (id 7) changed what the cached entry \'ada@x\' of "users.byEmail" was loaded from, and did not invalidate it. Add to the body of the write, before it commits:\n  await tx.invalidate(userByEmail, \'ada@x\');',
    );
    expect(() => watcher.check()).not.toThrow();
  });

  it.each<[string, (world: ReturnType<typeof given>) => Promise<unknown>]>([
    [
      'names the entry',
      ({ caches, rename }) =>
        caches.write(async (tx) => {
          rename('king@x');
          await tx.invalidate(userByEmail, 'ada@x');
        }),
    ],
    [
      'clears the cache',
      ({ caches, rename }) =>
        caches.write(async (tx) => {
          await tx.clear(userByEmail);
          rename('king@x');
        }),
    ],
    [
      'is rolled back',
      ({ caches, rename }) =>
        caches
          .write(async () => {
            rename('king@x');
            throw new Refused();
          })
          .catch(() => {}),
    ],
    [
      'changes another row',
      ({ caches, run }) => caches.write(async () => run('update users set name = $1 where id = $2', ['Bob', '8'])),
    ],
    ['changes another table', ({ caches, run }) => caches.write(async () => run('delete from orders', []))],
    [
      'changes no row',
      ({ caches, run }) => caches.write(async () => run('update users set name = $1', ['Bob'], [], { affected: 0 })),
    ],
    [
      'returns no row',
      ({ caches, run }) => caches.write(async () => run('update users set name = $1 returning *', ['Bob'])),
    ],
    ['reads the row', ({ caches, run }) => caches.write(async () => run('select * from users for update', []))],
  ])('reports nothing about a write that %s', async (_, write) => {
    const world = given();
    await world.byEmailOf('ada@x');
    await write(world);
    expect(world.watcher.take()).toEqual([]);
  });

  it('reports an absent entry that an insert makes present, in any letter case, and no other', async () => {
    const { watcher, caches, byEmailOf, run } = given();
    await byEmailOf('new@x', []);
    await byEmailOf('other@x', []);
    await caches.write(async () => run('insert into users (id, email) values ($1, $2)', ['9', 'NEW@x']));
    expect(watcher.take()).toEqual([expect.stringContaining("await tx.invalidate(userByEmail, 'new@x');")]);
  });

  it.each([
    ['an unknown row', 'update users set name = $1 where name = $2', ['Ada', 'Bob']],
    ['every row', 'truncate users', []],
  ])('reports each entry of the table for a write of %s', async (_, sql, parameters) => {
    const { watcher, caches, byIdOf, readPage, run } = given();
    await Promise.all([byIdOf('1'), byIdOf('2'), readPage()]);
    await caches.write(async () => run(sql, parameters));
    expect(watcher.take()).toHaveLength(3);
  });

  it('knows the rows of a write by what it returns', async () => {
    const { watcher, caches, byIdOf, run } = given();
    await Promise.all([byIdOf('1'), byIdOf('2')]);
    await caches.write(async () =>
      run('update users set name = $1 where name = $2 returning id', ['Ada', 'Bob'], [{ id: '2' }]),
    );
    expect(watcher.take()).toEqual([expect.stringContaining("await tx.invalidate(userById, '2');")]);
  });

  it('names the tag of an entry, and knows another primary key', async () => {
    const { watcher, caches, readPage, run } = given({ primaryKeys: { users: 'email' } });
    await readPage();
    await caches.write(async () => run('delete from users where email = $1', ['ada@x']));
    expect(watcher.take()).toEqual([
      expect.stringMatching(/"users" \(email ada@x\)[^]*invalidateTags\(\['users'\]\);/),
    ]);
  });

  it('does not report a cache whose entries only expire', async () => {
    const { watcher, caches, readPage, run } = given({ expiring: ['users.page'] });
    await readPage();
    await caches.write(async () => run('truncate users', []));
    expect(watcher.take()).toEqual([]);
  });

  it('gives each entry of a batch its own rows', async () => {
    const { watcher, caches, byId, run } = given();
    await byId.readThroughMany(['1', '2'], async (ids) => {
      run('select * from users where id in ($1, $2)', ids, [{ id: '1' }, { id: '2' }]);
      return new Map(ids.map((id) => [id, id]));
    });
    await caches.write(async (tx) => {
      run('update users set name = $1 where id = $2', ['Ada', '1']);
      await tx.invalidate(userById, '1');
    });
    expect(watcher.take()).toEqual([]);
    await caches.write(async () => run('update users set name = $1 where id = $2', ['Ada', '2']));
    expect(watcher.take()).toHaveLength(1);
  });

  it('does not confuse a key with the end of another key', async () => {
    const { watcher, caches, byId, run } = given();
    await byId.readThroughMany(['1', 'x:s1'], async (ids) => {
      run('select * from users where id in ($1, $2)', ids, [{ id: '1' }, { id: 'x:s1' }]);
      return new Map(ids.map((id) => [id, id]));
    });
    await caches.write(async (tx) => {
      run('update users set name = $1 where id = $2', ['Ada', '1']);
      await tx.invalidate(userById, '1');
    });
    expect(watcher.take()).toEqual([]);
  });

  it.each<[string, (world: ReturnType<typeof given>) => Promise<unknown>]>([
    ['loads', async () => {}],
    ['finds in the cache', ({ byIdOf }) => byIdOf('7')],
    [
      'finds as a write has stored it',
      ({ byId, run }) =>
        byId.writeThrough('7', async () => {
          run('insert into users (id) values ($1)', ['7']);
          return 'written';
        }),
    ],
  ])('counts an entry that a loader %s as read by the loader', async (_, before) => {
    const world = given();
    const { caches, byIdOf, watcher, run } = world;
    await before(world);
    const names = caches.create(defineCache<string>('names', { ttl: '30s' }));
    await names.readThrough('of 7', async () => `name of ${await byIdOf('7')}`);
    await caches.write(async (tx) => {
      run('update users set name = $1 where id = $2', ['Ada', '7']);
      await tx.invalidate(userById, '7');
    });
    expect(watcher.take()).toEqual([expect.stringContaining("await tx.invalidate('names', 'of 7');")]);
  });

  it('reports a change outside of a write unless a later invalidation names the entry', async () => {
    const { watcher, byId, byIdOf, rename } = given();
    await byIdOf('7');
    rename('king@x');
    await byId.invalidate('7');
    expect(watcher.take()).toEqual([]);
    await byIdOf('7');
    rename('king@x');
    expect(watcher.take()).toHaveLength(1);
  });

  it('warns once about SQL that it cannot read', () => {
    const warn = vi.fn<(message: string) => void>();
    const { run } = given({ warn });
    run('selec 1', []);
    run('selec 1', []);
    expect(warn.mock.calls).toEqual([[expect.stringMatching(/cannot read this SQL[^]*selec 1[^]*syntax error/)]]);
  });

  it('counts what a loader reads within a write', async () => {
    const { watcher, caches, byId, run } = given();
    await byId.readThrough('7', async () => {
      await caches.write(async () => run('select * from orders where id = $1', ['1']));
      return 'found';
    });
    await caches.write(async () => run('delete from orders where id = $1', ['1']));
    expect(watcher.take()).toHaveLength(1);
  });

  it('watches nothing after it was closed', async () => {
    const { watcher, caches, byIdOf, rename } = given();
    watcher.close();
    await byIdOf('7');
    await caches.write(async () => rename('king@x'));
    expect(watcher.take()).toEqual([]);
  });
});
