import { createCache } from 'cache-manager';
import fc from 'fast-check';
import type { Keyv } from 'keyv';
import { entriesOf } from './given-manager.js';

type Entry = { readonly key: string; readonly value: unknown; readonly ttl: number | undefined };

/** One call of cache-manager, or of its Keyv. */
export type Step =
  | { readonly do: 'get' | 'del' | 'has' | 'ttl'; readonly key: string }
  | ({ readonly do: 'set' | 'wrap' } & Entry)
  | { readonly do: 'mget' | 'mdel' | 'deleteMany' | 'hasMany'; readonly keys: readonly string[] }
  | { readonly do: 'mset'; readonly entries: readonly Entry[] }
  | { readonly do: 'clear' | 'list' | 'pass' };

/** Few keys, so that the steps overlap. The last one is too long for a record key. */
const key = fc.constantFrom('a', 'b', 'a:b', '*', 'k'.repeat(300));
const keys = fc.array(key, { maxLength: 6 });
const value = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, 0, '', false, ':', '"'),
  fc.jsonValue({ maxDepth: 2, noUnicodeString: false }),
);
const entry = (ttls: readonly (number | undefined)[]) =>
  fc.record({ key, value, ttl: fc.constantFrom(...ttls) }) satisfies fc.Arbitrary<Entry>;

export function steps(ttls: readonly (number | undefined)[], passes: boolean): fc.Arbitrary<Step[]> {
  const step: fc.Arbitrary<Step> = fc.oneof(
    { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('get', 'del', 'has', 'ttl'), key }) },
    {
      weight: 4,
      arbitrary: fc.tuple(fc.constantFrom('set', 'wrap'), entry(ttls)).map(([what, of]) => ({ do: what, ...of })),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('mget', 'mdel', 'deleteMany', 'hasMany'), keys }),
    },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('mset'), entries: fc.array(entry(ttls), { maxLength: 5 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('clear', 'list', ...(passes ? ['pass' as const] : [])) }) },
  );
  return fc.array(step, { minLength: 1, maxLength: 40 });
}

/** Runs the steps, and returns the result of each. */
export async function answersOf(taken: readonly Step[], keyv: Keyv, pass: () => Promise<void>): Promise<unknown[]> {
  const cache = createCache({ stores: [keyv] });
  const answers: unknown[] = [];
  for (const step of taken) answers.push(await answerOf(step));
  return answers;

  /** A Map keeps an expired entry until it is read, and until then reports that it was there to be deleted. */
  async function dropEnded(ended: readonly string[]): Promise<void> {
    await keyv.getMany([...ended]);
  }

  async function answerOf(step: Step): Promise<unknown> {
    switch (step.do) {
      case 'get':
        return cache.get(step.key);
      case 'del':
        await dropEnded([step.key]);
        return [await keyv.delete(step.key), await cache.del(step.key)];
      case 'has':
        return keyv.has(step.key);
      case 'ttl':
        return (await cache.ttl(step.key)) !== undefined;
      case 'set':
        return cache.set(step.key, step.value, step.ttl);
      case 'wrap':
        return cache.wrap(step.key, async () => step.value, step.ttl);
      case 'mget':
        return cache.mget([...step.keys]);
      case 'mdel':
        return cache.mdel([...step.keys]);
      case 'deleteMany':
        await dropEnded(step.keys);
        return keyv.deleteMany([...new Set(step.keys)]);
      case 'hasMany':
        return keyv.hasMany([...step.keys]);
      case 'mset':
        return cache.mset(step.entries.map(withTtl));
      case 'clear':
        return cache.clear();
      case 'list':
        return [...(await entriesOf(keyv))].toSorted(([one], [other]) => (one < other ? -1 : 1));
      case 'pass':
        return pass();
    }
  }
}

function withTtl({ ttl, ...rest }: Entry): { key: string; value: unknown; ttl?: number } {
  return ttl === undefined ? rest : { ...rest, ttl };
}
