import 'reflect-metadata';
import { Injectable } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { CacheModule } from '../cache.module.js';
import { defineCache } from '../core/policy/define-cache.js';
import { Invalidates } from './invalidates.decorator.js';
import { ReadThrough } from './read-through.decorator.js';
import { WriteThrough } from './write-through.decorator.js';

const texts = defineCache<string>('texts', { ttl: '30s' });

async function given(origin: () => Promise<string>) {
  @Injectable()
  class Texts {
    @ReadThrough(texts, (key) => key)
    read(_key: string): Promise<string> {
      return origin();
    }

    @WriteThrough(texts, (key) => key)
    write(_key: string): Promise<string> {
      return origin();
    }

    @Invalidates(texts, (key) => key)
    remove(_key: string): Promise<string> {
      return origin();
    }
  }

  const imports = [CacheModule.forRoot(), CacheModule.forFeature(texts)];
  return (await Test.createTestingModule({ imports, providers: [Texts] }).compile()).get(Texts);
}

describe('calls of decorated methods', () => {
  it('a decorated method runs once for 50 concurrent reads (nestjs-redisx/nestjs-redisx#1)', async () => {
    let calls = 0;
    const service = await given(async () => `call ${(calls += 1)}`);
    const read = await Promise.all(Array.from({ length: 50 }, () => service.read('key')));
    expect(new Set(read)).toEqual(new Set(['call 1']));
  });

  it.each(['read', 'write', 'remove'] as const)(
    'a decorated method that throws runs once, and its caller gets its error, for %s (nestjs-redisx/nestjs-redisx CHANGELOG 1.9.0)',
    async (verb) => {
      const thrown = new Error('origin');
      const origin = vi.fn(() => Promise.reject(thrown));
      const service = await given(origin);
      await expect(service[verb]('key')).rejects.toBe(thrown);
      expect(origin).toHaveBeenCalledOnce();
    },
  );
});
