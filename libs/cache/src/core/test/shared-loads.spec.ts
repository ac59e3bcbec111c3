import { describe, expect, it, vi } from 'vitest';
import { givenFleet } from '../../testing/fleet.js';

const settled = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
};

describe('a load that others take part in', () => {
  it('stores the value of the innermost loader by the outermost load', async () => {
    const { instance } = givenFleet<{ n: number }>();
    const { cache } = instance();
    const inner = vi.fn(async () => ({ n: 1 }));
    const result = await cache.read('k', () => cache.readThrough('k', inner));
    expect(result).toMatchObject({ stored: true, answer: { json: '{"n":1}' } });
    expect(inner).toHaveBeenCalledTimes(1);
    expect(cache.counters()).toMatchObject({ gets: 1, misses: 1, loads: 1 });
  });

  it('returns a value derived from the innermost value, and does not store it', async () => {
    const { warn, instance } = givenFleet<{ n: number }>();
    const { cache } = instance();
    const made = async () => ({ ...(await cache.readThrough('k', async () => ({ n: 1 }))), n: 2 });
    expect(await cache.read('k', made)).toMatchObject({ stored: false, answer: { value: { n: 2 }, json: undefined } });
    expect(warn).toHaveBeenCalledOnce();
  });

  it('returns a frozen value, because its readers share it', async () => {
    const { instance } = givenFleet<{ n: { m: number } }>();
    const { cache } = instance();
    await cache.readThrough('k', async () => ({ n: { m: 1 } }));
    const shared = await cache.readThrough('k', async () => ({ n: { m: 2 } }));
    expect(() => {
      shared.n.m = 3;
    }).toThrow(TypeError);
  });

  it('does not deadlock when two loads read each other', async () => {
    const { clock, instance } = givenFleet<number>();
    const { cache } = instance();
    const a = cache.read('a', () => cache.readThrough('b', async () => 1));
    const b = cache.read('b', () => cache.readThrough('a', async () => 2));
    for (let ms = 0; ms < 600; ms += 10) {
      await settled();
      clock.advance(10);
    }
    expect([(await a)?.answer.value, (await b)?.answer.value]).toEqual([1, 2]);
  });

  it.each(['k', ''])('loads nothing for a caller that aborted before, with the key "%s"', async (key) => {
    const { instance } = givenFleet<number>();
    const load = vi.fn(async () => 1);
    const signal = AbortSignal.abort(new Error('gone'));
    await expect(instance().cache.readThrough(key, load, { signal })).rejects.toThrow('gone');
    expect(load).not.toHaveBeenCalled();
  });

  it.each(['k', ''])('rejects an aborted caller while the load continues, with the key "%s"', async (key) => {
    const { instance } = givenFleet<number>();
    const { cache } = instance();
    const leaving = new AbortController();
    const left = cache.readThrough(key, () => new Promise<number>(() => {}), { signal: leaving.signal });
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
  });

  it('returns the load of an aborted caller to the callers that share it', async () => {
    const { instance } = givenFleet<number>();
    const { cache } = instance();
    const { promise, resolve } = Promise.withResolvers<number>();
    const leaving = new AbortController();
    const left = cache.read('k', () => promise, { signal: leaving.signal });
    const stayed = cache.read('k', async () => 0);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    resolve(1);
    expect(await stayed).toMatchObject({ answer: { value: 1 } });
  });
});
