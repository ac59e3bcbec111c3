import { describe, expect, it } from 'vitest';
import { givenFleet } from '../testing/fleet.js';
import { MissingPrincipalDetector } from './missing-principal-detector.js';

/** A cache of half a minute, and readers of it who are given what they are to load. */
function givenReaders(tags: readonly string[] = []) {
  const { clock, warn, instance } = givenFleet<string>({ tags: () => tags });
  const { cache, runtime, missingPrincipals } = instance();
  /** After the entry of the reader before has expired. */
  const read = async (who: string, answer: string, key = 'key of the list'): Promise<void> => {
    clock.advance(60_000);
    runtime.coherence.onHeartbeat(clock.now());
    const reading = () => cache.readThrough(key, async () => answer);
    expect(await missingPrincipals.runAs(who, reading)).toBe(answer);
  };
  return { cache, read, warn };
}

describe(MissingPrincipalDetector, () => {
  it('reports, once a cache, that an answer comes back with its asker', async () => {
    const { read, warn } = givenReaders();
    await read('ann', "ann's");
    await read('bob', "bob's");
    expect(warn).not.toHaveBeenCalled();
    await read('ann', "ann's");
    await read('bob', "bob's");
    expect(warn).toHaveBeenCalledTimes(1);
    const [said] = warn.mock.calls[0] ?? [];
    expect(said).toMatch(/^Cache "test": what is loaded under one of its keys depends on who asks/);
    expect(said).not.toMatch(/ann|bob|list/);
  });

  it('takes nobody in particular for somebody', async () => {
    const { read, warn } = givenReaders();
    for (const who of ['', 'ann', '']) await read(who, `for "${who}"`);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it.each<[string, readonly (readonly [who: string, answer: string, key?: string])[]]>([
    [
      'gives everybody the same',
      [
        ['ann', '1'],
        ['bob', '1'],
        ['ann', '1'],
      ],
    ],
    [
      'changes by itself',
      [
        ['ann', '1'],
        ['bob', '2'],
        ['ann', '3'],
        ['bob', '4'],
      ],
    ],
    [
      'changes by itself, and is asked by one for a while',
      [
        ['bob', '1'],
        ['ann', '2'],
        ['ann', '2'],
        ['bob', '2'],
      ],
    ],
    [
      'changed before one of them asked again',
      [
        ['ann', '1'],
        ['bob', '2'],
        ['bob', '3'],
        ['ann', '1'],
      ],
    ],
    [
      'has a key for each',
      [
        ['ann', '1', 'a'],
        ['bob', '2', 'b'],
        ['ann', '1', 'a'],
      ],
    ],
  ])('says nothing of what %s', async (_, reads) => {
    const { read, warn } = givenReaders();
    for (const [who, answer, key] of reads) await read(who, answer, key);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each<[string, (cache: ReturnType<typeof givenReaders>['cache']) => Promise<unknown>]>([
    ['its key', (cache) => cache.invalidate('key of the list')],
    ['its tag', (cache) => cache.invalidateTags(['list'])],
    ['its cache', (cache) => cache.clear()],
    ['a write', (cache) => cache.writeThrough('key of the list', async () => 'new')],
  ])('says nothing where %s was invalidated in between', async (_, invalidate) => {
    const { cache, read, warn } = givenReaders(['list']);
    await read('ann', '1');
    await read('bob', '2');
    await invalidate(cache);
    await read('ann', '1');
    expect(warn).not.toHaveBeenCalled();
  });

  it('says nothing of what nobody asked for', async () => {
    const { clock, warn, instance } = givenFleet<string>();
    const { cache } = instance();
    for (const answer of ['1', '2', '1']) {
      clock.advance(60_000);
      await cache.readThrough('key', async () => answer);
    }
    expect(warn).not.toHaveBeenCalled();
  });
});
