import { equal } from 'node:assert/strict';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { givenFleet } from '../../src/testing/fleet.js';
import { Cache } from '../../src/core/cache.js';

const RUNS = 2_000;
const TTL_MS = 10_000;
const PROCESSES = 2;

interface Entry {
  readonly value: number;
  readonly endsAt: number;
}

/** Models a cache without concurrency: a map whose entries expire. */
class Model {
  readonly #entries = new Map<string, Entry>();
  now = 0;

  get(key: string): number | undefined {
    const entry = this.#entries.get(key);
    return entry && this.now < entry.endsAt ? entry.value : undefined;
  }

  set(key: string, value: number, ttlMs = TTL_MS): void {
    this.#entries.set(key, { value, endsAt: this.now + Math.min(ttlMs, TTL_MS) });
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }
}

interface Real {
  readonly caches: readonly Cache<string, number>[];
  pass(ms: number): void;
}

type Verb = fc.AsyncCommand<Model, Real>;

/** Creates a command that calls one verb in one process. */
function verb(
  name: string,
  process: number,
  run: (model: Model, cache: Cache<string, number>, real: Real) => Promise<void>,
): Verb {
  return {
    check: () => true,
    run: async (model, real) => {
      const cache = real.caches[process];
      if (!cache) throw new Error('There is no such process');
      await run(model, cache, real);
    },
    toString: () => `${name} by ${process}`,
  };
}

const process = fc.nat({ max: PROCESSES - 1 });
const key = fc.constantFrom('a', 'b', 'ab');
const value = fc.nat();
const ttlMs = fc.constantFrom(undefined, 500, 5_000, 50_000);

const verbs: readonly fc.Arbitrary<Verb>[] = [
  fc
    .tuple(process, key)
    .map(([by, k]) => verb(`get ${k}`, by, async (model, cache) => equal(await cache.get(k), model.get(k)))),
  fc.tuple(process, key, value, ttlMs).map(([by, k, v, ms]) =>
    verb(`set ${k} = ${v} for ${ms}`, by, async (model, cache) => {
      await cache.set(k, v, ms === undefined ? {} : { ttlMs: ms });
      model.set(k, v, ms);
    }),
  ),
  fc.tuple(process, key).map(([by, k]) =>
    verb(`delete ${k}`, by, async (model, cache) => {
      equal(await cache.delete(k), 'applied');
      model.delete(k);
    }),
  ),
  fc.tuple(process, key, value, fc.boolean()).map(([by, k, v, strong]) =>
    verb(`readThrough ${k} = ${v}${strong ? ', strong' : ''}`, by, async (model, cache) => {
      const existing = model.get(k);
      equal(await cache.readThrough(k, async () => v, { strong }), existing ?? v);
      if (existing === undefined) model.set(k, v);
    }),
  ),
  fc.tuple(process, key, value).map(([by, k, v]) =>
    verb(`writeThrough ${k} = ${v}`, by, async (model, cache) => {
      equal(await cache.writeThrough(k, async () => v), v);
      model.set(k, v);
    }),
  ),
  fc.tuple(process, key).map(([by, k]) =>
    verb(`writeInvalidate ${k}`, by, async (model, cache) => {
      equal(await cache.writeInvalidate(k, async () => 'answer'), 'answer');
      model.delete(k);
    }),
  ),
  fc.tuple(process, key).map(([by, k]) =>
    verb(`invalidateTags of:${k}`, by, async (model, cache) => {
      await cache.invalidateTags([`of:${k}`]);
      model.delete(k);
    }),
  ),
  process.map((by) =>
    verb('invalidateTags all', by, async (model, cache) => {
      await cache.invalidateTags(['all']);
      model.clear();
    }),
  ),
  process.map((by) =>
    verb('clear', by, async (model, cache) => {
      await cache.clear();
      model.clear();
    }),
  ),
  fc.constantFrom(1, 499, 500, 9_999, 10_000).map((ms) =>
    verb(`${ms} ms pass`, 0, async (model, _, real) => {
      model.now += ms;
      real.pass(ms);
    }),
  ),
];

describe(Cache.name, () => {
  it.each([{}, { staleIfError: '60s' }] as const)(
    'behaves as a map with expiry under sequential use: %o',
    async (policy) => {
      const given = (): { model: Model; real: Real } => {
        const { clock, instance } = givenFleet<number>({ ttl: '10s', tags: (k) => [`of:${k}`, 'all'], ...policy });
        const caches = Array.from({ length: PROCESSES }, () => instance().cache);
        return { model: new Model(), real: { caches, pass: (ms) => clock.advance(ms) } };
      };
      const property = fc.asyncProperty(fc.commands([...verbs], { maxCommands: 40 }), (commands) =>
        fc.asyncModelRun(given, commands),
      );
      await expect(fc.assert(property, { numRuns: RUNS })).resolves.toBeUndefined();
    },
    60_000,
  );
});
