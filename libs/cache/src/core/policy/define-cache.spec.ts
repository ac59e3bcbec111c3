import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonCodec } from '../codec/json-codec.js';
import { defineCache } from './define-cache.js';
import { parseKey } from './key-schema.js';

describe(defineCache.name, () => {
  it('lists every problem at once, each with its fix', () => {
    expect(() => defineCache('a b', { version: 0, key: z.string(), ttl: '-1s' })).toThrow(
      expect.objectContaining({
        code: 'CACHE_OPTIONS_INVALID',
        message: expect.stringMatching(/name "a b": write .*\n.*version 0: write .*\n.*ttl "-1s": write /),
      }),
    );
  });

  it('rejects a policy without a TTL, also from code without types', () => {
    expect(() => defineCache('a', JSON.parse('{}'))).toThrow(
      'ttl "undefined": write a positive duration such as \'30s\'',
    );
  });

  it('accepts the JSON codec and codecs of other names, and rejects reserved and invalid names', () => {
    const policy = { ttl: '1s' } as const;
    expect(defineCache('a', { ...policy, codec: jsonCodec }).codec).toBe(jsonCodec);
    for (const name of ['jsonl', 'nonempty', 'a'.repeat(16)]) {
      expect(defineCache('a', { ...policy, codec: { ...jsonCodec, name } }).codec?.name).toBe(name);
    }
    for (const name of ['json', 'none', '', 'Packed', 'msgpack2', 'a'.repeat(17)]) {
      expect(() => defineCache('a', { ...policy, codec: { ...jsonCodec, name } })).toThrow(`codec "${name}": write`);
    }
  });

  it('accepts any string as a key and sets version 1, unless the policy says otherwise', () => {
    const { name, version, key } = defineCache<number>('a', { ttl: '1s' });
    expect({ name, version, parsed: parseKey(key, '') }).toEqual({ name: 'a', version: 1, parsed: { key: '' } });
    for (const other of [7, null, undefined, {}]) expect(parseKey(key, other)).toBeUndefined();
    const numbered = defineCache<string, number>('b', { version: 2, key: z.number(), ttl: '1s' });
    expect({ version: numbered.version, parsed: parseKey(numbered.key, 7) }).toEqual({
      version: 2,
      parsed: { key: 7 },
    });
  });

  it('gives each definition its own token', () => {
    const policy = { ttl: '1s' } as const;
    expect(defineCache('a', policy).token).not.toBe(defineCache('a', policy).token);
  });
});
