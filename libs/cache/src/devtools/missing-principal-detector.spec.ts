import { describe, expect, it } from 'vitest';
import { givenFleet } from '../testing/fleet.js';
import { MissingPrincipalDetector } from './missing-principal-detector.js';

/** Creates a cache of half a minute, and readers with the value that each loads. */
function givenReaders(tags: readonly string[] = []) {
  const { clock, warn, instance } = givenFleet<string>({ tags: () => tags });
  const { cache, runtime, missingPrincipals } = instance();
  /** Reads after the former reader's entry has expired. */
  const read = async (who: string, answer: string, key = 'key of the list'): Promise<void> => {
    clock.advance(60_000);
    runtime.coherence.onHeartbeat(clock.now());
    const reading = () => cache.readThrough(key, async () => answer);
    expect(await missingPrincipals.requester.run(() => who, reading)).toBe(answer);
  };
  return { cache, read, warn };
}

describe(MissingPrincipalDetector, () => {
  it('reports, once per cache, that a value returns with its requester', async () => {
    const { read, warn } = givenReaders();
    await read('ann', "ann's");
    await read('bob', "bob's");
    expect(warn).not.toHaveBeenCalled();
    await read('ann', "ann's");
    await read('bob', "bob's");
    expect(warn).toHaveBeenCalledTimes(1);
    const [said] = warn.mock.calls[0] ?? [];
    expect(said).toMatch(/^Cache "test": the value of one of its keys depends on the requester/);
    expect(said).not.toMatch(/ann|bob|list/);
  });

  it('counts an anonymous requester as a requester', async () => {
    const { read, warn } = givenReaders();
    for (const who of ['', 'ann', '']) await read(who, `for "${who}"`);
    expect(warn).toHaveBeenCalledTimes(1);
  });

  it.each<[string, readonly (readonly [who: string, answer: string, key?: string])[]]>([
    [
      'returns the same value to every requester',
      [
        ['ann', '1'],
        ['bob', '1'],
        ['ann', '1'],
      ],
    ],
    [
      'changes on its own',
      [
        ['ann', '1'],
        ['bob', '2'],
        ['ann', '3'],
        ['bob', '4'],
      ],
    ],
    [
      'changes on its own, with one requester for a while',
      [
        ['bob', '1'],
        ['ann', '2'],
        ['ann', '2'],
        ['bob', '2'],
      ],
    ],
    [
      'changed before one requester returned',
      [
        ['ann', '1'],
        ['bob', '2'],
        ['bob', '3'],
        ['ann', '1'],
      ],
    ],
    [
      'has a key per requester',
      [
        ['ann', '1', 'a'],
        ['bob', '2', 'b'],
        ['ann', '1', 'a'],
      ],
    ],
  ])('does not report a cache that %s', async (_, reads) => {
    const { read, warn } = givenReaders();
    for (const [who, answer, key] of reads) await read(who, answer, key);
    expect(warn).not.toHaveBeenCalled();
  });

  it.each<[string, (cache: ReturnType<typeof givenReaders>['cache']) => Promise<unknown>]>([
    ['its key', (cache) => cache.invalidate('key of the list')],
    ['its tag', (cache) => cache.invalidateTags(['list'])],
    ['its cache', (cache) => cache.clear()],
    ['its key by a write', (cache) => cache.writeThrough('key of the list', async () => 'new')],
  ])('does not report a value after an invalidation of %s', async (_, invalidate) => {
    const { cache, read, warn } = givenReaders(['list']);
    await read('ann', '1');
    await read('bob', '2');
    await invalidate(cache);
    await read('ann', '1');
    expect(warn).not.toHaveBeenCalled();
  });

  it('does not report loads without a requester', async () => {
    const { clock, warn, instance } = givenFleet<string>();
    const { cache } = instance();
    for (const answer of ['1', '2', '1']) {
      clock.advance(60_000);
      await cache.readThrough('key', async () => answer);
    }
    expect(warn).not.toHaveBeenCalled();
  });
});
