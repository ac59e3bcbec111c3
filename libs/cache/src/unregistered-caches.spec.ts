import { Global, Injectable, Logger, Module, Optional, type Type } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { CacheModule } from './cache.module.js';
import { defineCache } from './core/policy/define-cache.js';
import { type CacheOf, InjectCache } from './inject-cache.decorator.js';
import { ReadThrough } from './method/read-through.decorator.js';
import { UnregisteredCaches } from './unregistered-caches.js';

const forgotten = defineCache<string>('forgotten', { ttl: '30s' });
const elsewhere = defineCache<string>('elsewhere', { ttl: '30s' });
const shared = defineCache<string>('shared', { ttl: '30s' });

@Injectable()
class Forgetful {
  constructor(@InjectCache(forgotten) readonly cache: CacheOf<typeof forgotten>) {}
}

@Injectable()
class ForgetfulMethod {
  @ReadThrough(forgotten, (id: string) => id)
  async find(id: string): Promise<string> {
    return id;
  }
}

@Injectable()
class Undemanding {
  constructor(@Optional() @InjectCache(forgotten) readonly cache: CacheOf<typeof forgotten> | undefined) {}
}

@Injectable()
class Distant {
  constructor(@InjectCache(elsewhere) readonly cache: CacheOf<typeof elsewhere>) {}
}

@Injectable()
class Near {
  constructor(@InjectCache(elsewhere) readonly cache: CacheOf<typeof elsewhere>) {}
}

@Module({ imports: [CacheModule.forFeature(elsewhere, shared)], providers: [Near] })
class OwningModule {}

@Global()
@Module({ imports: [CacheModule.forFeature(shared)], exports: [CacheModule] })
class GlobalModule {}

const appOf = async (provider: Type, ...imports: Type[]) =>
  Test.createTestingModule({ imports: [CacheModule.forRoot(), ...imports], providers: [provider] }).compile();

describe(UnregisteredCaches.name, () => {
  beforeEach(() => {
    const silent = vi.spyOn(Logger.prototype, 'log').mockReturnValue();
    return () => silent.mockRestore();
  });

  it.each([
    ['a constructor', Forgetful],
    ['a cached method', ForgetfulMethod],
  ])('the boot names the cache that %s lacks, and the line to add', async (_, provider) => {
    await expect(appOf(provider)).rejects.toMatchObject({
      code: 'CACHE_NOT_REGISTERED',
      message:
        `${provider.name} injects the cache "forgotten", which no module registers. Add the definition to the caches of the ` +
        'application, CacheModule.forRoot({ caches: [ … ] }), or add CacheModule.forFeature( … ) with it to the imports of the ' +
        `module of ${provider.name}.`,
    });
  });

  it('an optional cache that no module registers is undefined', async () => {
    expect((await appOf(Undemanding)).get(Undemanding).cache).toBeUndefined();
  });

  it('a cache that another module registers is the same in every module', async () => {
    const app = await appOf(Distant, OwningModule, GlobalModule);
    expect(app.get(Distant).cache.definition).toBe(elsewhere);
    expect(app.get(Distant).cache).toBe(app.get(Near, { strict: false }).cache);
    expect(app.get(elsewhere.token)).toBe(app.get(Distant).cache);
  });
});
