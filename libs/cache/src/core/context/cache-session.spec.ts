import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';
import { CacheRegistry } from '../cache-registry.js';
import { CacheSession } from './cache-session.js';

/** Two instances. The reader receives no messages, and may serve its memory for a second. */
function given() {
  const { clock, instance } = givenFleet<number>({ tags: (key) => [`t${key}`] });
  const [reader, writer] = [instance(), instance()];
  reader.runtime.coherence.onChannelLost();
  reader.runtime.coherence.onHeartbeat(clock.now());
  reader.store.dropMessages();
  const fill = (...keys: string[]): Promise<unknown> =>
    reader.cache.readThroughMany(keys, async (missing) => new Map(missing.map((key) => [key, 1])));
  const changed = async (): Promise<number> => 2;
  return { reader: reader.cache, writer: writer.cache, registry: new CacheRegistry(writer.runtime), fill, changed };
}

describe(CacheSession.name, () => {
  const writes: [string, (writer: ReturnType<typeof given>) => Promise<unknown>][] = [
    ['a write of the entry', ({ writer }) => writer.writeInvalidate('k', async () => {})],
    ['a write that stores its value', ({ writer }) => writer.writeThrough('k', async () => 2)],
    ['an invalidation', ({ writer }) => writer.invalidate('k')],
    ['an invalidation of its tag', ({ writer }) => writer.invalidateTags(['tk'])],
    ['an invalidation of its cache', ({ writer }) => writer.clear()],
    ['a transaction', ({ registry }) => registry.write((tx) => tx.invalidateTags(['tk']))],
    ['a value that is set', ({ writer }) => writer.set('k', 2)],
  ];
  it.each(writes)('carries %s to another instance, which has not received its message', async (_, write) => {
    const fleet = given();
    const { reader, fill, changed } = fleet;
    await fill('k', 'other');
    const session = new CacheSession();
    await session.run(() => write(fleet));
    expect(await reader.readThrough('k', changed)).toBe(1);
    const continued = new CacheSession(session.token);
    expect(await continued.run(() => reader.readThrough('k', changed))).toBe(2);
  });

  it('covers each way to read', async () => {
    const { reader, writer, fill, changed } = given();
    await fill('a', 'b', 'c', 'd');
    const session = new CacheSession();
    await session.run(async () => {
      for (const key of ['a', 'b', 'c', 'd']) await writer.writeThrough(key, changed);
    });
    await session.run(async () => {
      expect((await reader.read('a', changed))?.answer.value).toBe(2);
      expect((await reader.at('b')?.read(changed))?.answer.value).toBe(2);
      expect(await reader.readThroughMany(['c', 'other'], async () => new Map([['other', 7]]))).toEqual([2, 7]);
      expect(await reader.getMany(['other', 'd'])).toEqual([7, 2]);
    });
  });

  it('leaves all other entries to the memory', async () => {
    const { reader, writer, fill, changed } = given();
    await fill('k', 'other');
    const session = new CacheSession();
    await session.run(() => writer.writeThrough('k', changed));
    expect(await session.run(() => reader.read('other', changed))).toMatchObject({ tier: 'l1', answer: { value: 1 } });
  });

  it('covers reads in loads and in writes of the session too', async () => {
    const { reader, writer, fill, changed } = given();
    await fill('k');
    const session = new CacheSession();
    await session.run(() => writer.writeThrough('k', changed));
    await session.run(async () => {
      expect(await reader.readThrough('list', () => reader.readThrough('k', changed))).toBe(2);
      await reader.writeInvalidate('list', async () => expect(await reader.readThrough('k', changed)).toBe(2));
    });
  });

  it('has no token before its first write, and none of a write that failed', async () => {
    const { writer } = given();
    const session = new CacheSession();
    const failing = session.run(() =>
      writer.writeInvalidate('k', async () => {
        throw new Error('rolled back');
      }),
    );
    await expect(failing).rejects.toThrow('rolled back');
    expect(session.token).toBeUndefined();
  });

  it('names 32 writes, and everything after one more', async () => {
    const { reader, writer, fill, changed } = given();
    await fill('other');
    const session = new CacheSession();
    await session.run(() => Promise.all(Array.from({ length: 32 }, (_, index) => writer.invalidate(`${index}`))));
    expect(session.token).toHaveLength(342);
    const readOther = (token: string | undefined) => new CacheSession(token).run(() => reader.read('other', changed));
    expect(await readOther(session.token)).toMatchObject({ tier: 'l1' });
    await session.run(() => writer.invalidate('32'));
    expect(session.token).toHaveLength(11);
    expect(await readOther(session.token)).toMatchObject({ tier: 'l2' });
    expect(new CacheSession(session.token).token).toBe(session.token);
  });

  it('continues several tokens at once, separated by commas as in a header that is repeated', async () => {
    const { writer } = given();
    const [one, other] = [new CacheSession(), new CacheSession()];
    await one.run(() => writer.invalidate('1'));
    await other.run(() => writer.invalidate('2'));
    const both = new CacheSession(`${one.token}, ${other.token}`);
    expect([both.hasWritten('n:c:test:s1', []), both.hasWritten('n:c:test:s2', [])]).toEqual([true, true]);
    expect(both.hasWritten('n:c:test:s3', [])).toBe(false);
  });

  const unreadable = ['', 'x', '!', 'AAAA', 'a'.repeat(12), 'A'.repeat(10_000), 'ÄÖÜ', `${'b'.repeat(10)}=`];
  it.each(unreadable)('covers everything for a text that is no token: %j', (text) => {
    expect(new CacheSession(text).hasWritten('any', [])).toBe(true);
  });

  it('has the tags that its writes invalidate, and reports each write', async () => {
    const { registry, writer } = given();
    const report = vi.fn(({ tags }: CacheSession) => [...tags]);
    const session = new CacheSession(undefined, report);
    await session.run(async () => {
      await registry.write((tx) => tx.invalidateTags(['users']));
      await writer.invalidateTags(['orders']);
      await writer.writeThrough('1', async () => 1, { tags: ['items'] });
    });
    await writer.invalidateTags(['outside']);
    expect(report.mock.results.map(({ value }): unknown => value)).toEqual([
      ['users'],
      ['users', 'orders'],
      ['users', 'orders', 'items'],
    ]);
  });
});
