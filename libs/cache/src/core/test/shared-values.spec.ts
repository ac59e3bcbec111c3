import { describe, expect, it, vi } from 'vitest';
import { messagePack } from '../../msgpack/message-pack.js';
import { givenFleet } from '../../testing/fleet.js';
import type { CachePolicy } from '../policy/define-cache.js';

interface Profile {
  name: string;
  tags: string[];
  seen?: Date;
}

const profile = (): Profile => ({ name: 'Pat', tags: [] });

/** Creates two readers that share the load of a cold key. */
function givenShared(policy: Partial<CachePolicy<string, Profile>> = {}) {
  const { cache, store } = givenFleet<Profile>(policy).instance();
  const share = (load: () => Promise<Profile>): Promise<[Profile, Profile]> =>
    Promise.all([cache.readThrough('k', load), cache.readThrough('k', load)]);
  return { cache, store, share };
}

describe('a value that readers share', () => {
  it.each([
    ['JSON', {}],
    ['MessagePack', { codec: messagePack }],
  ])('is frozen on a miss as on a hit, stored as %s', async (_, policy) => {
    const { cache, share } = givenShared(policy);
    const [owner, guest] = await share(async () => profile());
    expect(() => owner.tags.push('for the owner')).toThrow(TypeError);
    expect(Object.isFrozen(guest)).toBe(true);
    expect(await cache.readThrough('k', async () => profile())).toBe(owner);
  });

  it('is frozen while nothing is stored: Redis is down, or the value is too large', async () => {
    const { store, share } = givenShared();
    const [large] = await share(async () => ({ name: 'x'.repeat(20_000), tags: [] }));
    expect(Object.isFrozen(large.tags)).toBe(true);
    store.disconnect();
    const [, guest] = await share(async () => profile());
    expect(Object.isFrozen(guest.tags)).toBe(true);
  });

  it('is frozen when it was read with others', async () => {
    const { cache } = givenShared();
    const load = async (keys: string[]) => new Map(keys.map((key) => [key, profile()]));
    const [[missed], single] = await Promise.all([
      cache.readThroughMany(['k', 'l'], load),
      cache.readThrough('k', async () => profile()),
    ]);
    expect([Object.isFrozen(missed), Object.isFrozen(single)]).toEqual([true, true]);
  });

  it('is another one for each reader if a part of it cannot be frozen', async () => {
    const { share } = givenShared();
    const [owner, guest] = await share(async () => ({ ...profile(), seen: new Date(5) }));
    owner.seen?.setTime(0);
    expect(guest.seen).toEqual(new Date(5));
  });

  it('is not the object of the loader, which the application may change later', async () => {
    const { share } = givenShared();
    const row = profile();
    const [owner] = await share(async () => row);
    row.tags.push('changed');
    expect(owner.tags).toEqual([]);
  });
});

describe('a value that only its caller gets', () => {
  it('is the object of the loader within a write', async () => {
    const { cache } = givenShared();
    const row = profile();
    await cache.writeInvalidate('other', async () => {
      expect(await cache.readThrough('k', async () => row)).toBe(row);
    });
    expect(Object.isFrozen(row)).toBe(false);
  });

  it('is the object of the loader where it cannot be encoded, and each reader loads its own', async () => {
    const { share } = givenShared();
    const load = vi.fn(async () => ({ ...profile(), odd: { toJSON: () => new Date(5) } }));
    const [owner, guest] = await share(load);
    expect(owner).not.toBe(guest);
    expect([owner, guest].some((value) => Object.isFrozen(value))).toBe(false);
    expect(load).toHaveBeenCalledTimes(2);
  });
});
