import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonCodec } from '../codec/json-codec.js';
import { defineCache } from './define-cache.js';

describe(defineCache.name, () => {
  it('lists every problem at once, each with its fix', () => {
    expect(() => defineCache({ name: 'a b', version: 0, key: z.string(), ttl: '-1s' })).toThrow(
      expect.objectContaining({
        code: 'CACHE_OPTIONS_INVALID',
        message: expect.stringMatching(/name "a b": write .*\n.*version 0: write .*\n.*ttl "-1s": write /),
      }),
    );
  });

  it('accepts the JSON codec and codecs of other names, and rejects reserved and invalid names', () => {
    const policy = { name: 'a', version: 1, key: z.string(), ttl: '1s' } as const;
    expect(defineCache({ ...policy, codec: jsonCodec }).codec).toBe(jsonCodec);
    for (const name of ['jsonl', 'nonempty', 'a'.repeat(16)]) {
      expect(defineCache({ ...policy, codec: { ...jsonCodec, name } }).codec?.name).toBe(name);
    }
    for (const name of ['json', 'none', '', 'Packed', 'msgpack2', 'a'.repeat(17)]) {
      expect(() => defineCache({ ...policy, codec: { ...jsonCodec, name } })).toThrow(`codec "${name}": write`);
    }
  });

  it('gives each definition its own token', () => {
    const policy = { name: 'a', version: 1, key: z.string(), ttl: '1s' } as const;
    expect(defineCache(policy).token).not.toBe(defineCache(policy).token);
  });
});
