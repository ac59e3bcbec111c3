import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CacheModule } from '../cache.module.js';
import { defineCache } from '../core/policy/define-cache.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { Invalidates } from './invalidates.decorator.js';
import { WriteThrough } from './write-through.decorator.js';

const policy = { ttl: '30s', tags: () => ['all'] } as const;
const numbers = defineCache<number>('numbers', { key: z.string().regex(/^\d+$/), ...policy });
const pairs = defineCache<number, unknown>('pairs', { key: z.any(), ...policy });
const write = vi.fn(async () => 2);

@Injectable()
class Numbers {
  @Invalidates(numbers, (id) => id)
  @Invalidates(numbers, () => '1')
  @Invalidates(['all'])
  async 'a key that the schema refuses'(_id: string): Promise<void> {
    await write();
  }

  @Invalidates(pairs, () => new Map())
  @Invalidates(['all'])
  async 'a key without a canonical form'(_id: string): Promise<void> {
    await write();
  }

  @Invalidates(numbers, () => JSON.parse('{'))
  @Invalidates(['all'])
  async 'a function that throws'(_id: string): Promise<void> {
    await write();
  }

  @WriteThrough(numbers, () => '1', { tags: ['all'] })
  @Invalidates((id) => JSON.parse(id))
  async 'tags whose function throws'(_id: string): Promise<number> {
    return write();
  }
}

describe('writes with invalid keys or tags', () => {
  it.each([
    'a key that the schema refuses',
    'a key without a canonical form',
    'a function that throws',
    'tags whose function throws',
  ] as const)(
    'a write with %s is not announced: its method does not run, and readers keep their entries',
    async (verb) => {
      write.mockClear();
      const imports = [CacheModule.forRoot(), CacheModule.forFeature(numbers, pairs)];
      const testing = await Test.createTestingModule({ imports, providers: [Numbers] }).compile();
      const cache = testing.get(CacheRegistry).find(numbers);
      await cache.readThrough('1', async () => 1);
      await expect(testing.get(Numbers)[verb]('garbage')).rejects.toBeInstanceOf(Error);
      expect(write).not.toHaveBeenCalled();
      expect(await cache.readThrough('1', async () => 2)).toBe(1);
    },
  );
});
