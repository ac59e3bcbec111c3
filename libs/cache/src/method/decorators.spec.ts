import 'reflect-metadata';
import { Controller, Injectable, Module, Scope, SetMetadata } from '@nestjs/common';
import { LazyModuleLoader, Reflector } from '@nestjs/core';
import { Test } from '@nestjs/testing';
import { describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { CacheModule } from '../cache.module.js';
import { type CacheDefinition, defineCache } from '../core/policy/define-cache.js';
import { CacheRegistry } from '../core/cache-registry.js';
import { Invalidates } from './invalidates.decorator.js';
import { ReadThrough } from './read-through.decorator.js';
import { WriteThrough } from './write-through.decorator.js';

interface User {
  readonly id: string;
  readonly name: string;
}

const policy = { key: z.string().min(1), ttl: '30s' } as const;
const userById = defineCache<User>('users.byId', policy);
const userByName = defineCache<User>('users.byName', policy);
const counts = defineCache<number | null>('counts', policy);
const namesOf = defineCache<string>('names', { ...policy, tags: () => ['names'] });

@Injectable()
class Users {
  calls = 0;
  readonly prefix: string = 'user';

  @ReadThrough(userById, (id) => id)
  async find(id: string, _why?: string): Promise<User> {
    this.calls += 1;
    return { id, name: `${this.prefix} ${id}` };
  }

  @ReadThrough(userByName, (name) => name)
  async findByName(name: string): Promise<User | undefined> {
    this.calls += 1;
    return { id: '1', name };
  }

  @ReadThrough(counts, (what) => what)
  async count(what: string): Promise<number | null> {
    this.calls += 1;
    return what === 'nothing' ? null : 0;
  }

  @ReadThrough(namesOf, (what) => what)
  async names(what: string): Promise<string> {
    this.calls += 1;
    return `${what} ${this.calls}`;
  }

  @WriteThrough(userById, (id) => id, { tags: (_, name) => (name === 'untagged' ? [] : ['names']) })
  async rename(id: string, name: string): Promise<User> {
    if (name === 'refused') throw new Error('refused');
    return { id, name };
  }

  @WriteThrough(userById, (id) => id)
  @Invalidates(userByName, (_, name) => name)
  async writeOutside(id: string, name: string): Promise<User> {
    return { id, name };
  }

  @Invalidates(userByName, (_, name) => name)
  @Invalidates(['names'])
  @WriteThrough(userById, (id) => id)
  async writeInside(id: string, name: string): Promise<User> {
    return { id, name };
  }

  @Invalidates(userById, (id) => id)
  async remove(id: string): Promise<string> {
    return `removed ${id} from ${this.prefix}`;
  }

  @Invalidates(userById)
  async clear(): Promise<void> {}

  @Invalidates((tag) => [tag])
  async forget(_tag: string): Promise<void> {}

  @SetMetadata('above', 1)
  @ReadThrough(userById, (id) => id)
  @SetMetadata('below', 2)
  async marked(id: string, name: string): Promise<User> {
    return { id, name };
  }
}

@Injectable({ scope: Scope.REQUEST })
class RequestUsers extends Users {}

@Injectable({ scope: Scope.TRANSIENT })
class TransientUsers extends Users {}

@Injectable()
class NamedUsers extends Users {
  override readonly prefix = 'named';

  @ReadThrough(namesOf, (what) => what)
  async more(what: string): Promise<string> {
    return `more ${what}`;
  }
}

@Injectable()
class OverridingUsers extends Users {
  override async find(id: string): Promise<User> {
    return { ...(await super.find(id)), name: 'overridden' };
  }
}

@Controller()
class UsersController extends Users {}

@Module({
  imports: [CacheModule.forRoot(), CacheModule.forFeature(userById, userByName, counts, namesOf)],
  providers: [Users, RequestUsers, TransientUsers, NamedUsers, OverridingUsers],
  controllers: [UsersController],
})
class UsersModule {}

async function given() {
  const testing = await Test.createTestingModule({ imports: [UsersModule] }).compile();
  const cache = <K, V>(definition: CacheDefinition<K, V>) => testing.get(CacheRegistry).find(definition);
  return { testing, users: testing.get(Users), cache };
}

describe('method decorators', () => {
  describe(ReadThrough.name, () => {
    it('@ReadThrough runs the method once per key, on its own instance', async () => {
      const { users } = await given();
      const read = [await users.find('1'), await users.find('1', 'again'), await users.find('2')];
      expect(read.map(({ name }) => name)).toEqual(['user 1', 'user 1', 'user 2']);
      expect(users.calls).toBe(2);
    });

    it('@ReadThrough uses a separate cache for each method of a class', async () => {
      const { users } = await given();
      expect(await users.find('1')).toEqual({ id: '1', name: 'user 1' });
      expect(await users.findByName('1')).toEqual({ id: '1', name: '1' });
    });

    it.each([
      ['nothing', null],
      ['all', 0],
    ])('@ReadThrough stores what the method returns for "%s" as a value: %j', async (what, value) => {
      const { users } = await given();
      expect([await users.count(what), await users.count(what)]).toEqual([value, value]);
      expect(users.calls).toBe(1);
    });

    it('@ReadThrough serves instances of every scope from the same entries', async () => {
      const { testing, users } = await given();
      await users.find('1');
      const instances = [
        await testing.resolve(RequestUsers),
        await testing.resolve(RequestUsers),
        await testing.resolve(TransientUsers),
        testing.get(UsersController),
      ];
      expect(new Set(instances).size).toBe(4);
      for (const instance of instances) {
        expect(await instance.find('1')).toEqual({ id: '1', name: 'user 1' });
        expect(instance.calls).toBe(0);
      }
    });

    it('@ReadThrough works in a module that is loaded lazily', async () => {
      const lazyById = defineCache<User>('lazy.byId', policy);

      @Injectable()
      class LazyUsers {
        calls = 0;

        @ReadThrough(lazyById, (id) => id)
        async find(id: string): Promise<User> {
          this.calls += 1;
          return { id, name: 'lazy' };
        }
      }

      @Module({ imports: [CacheModule.forFeature(lazyById)], providers: [LazyUsers] })
      class LazyModule {}

      const { testing } = await given();
      const users = (await testing.get(LazyModuleLoader).load(() => LazyModule)).get(LazyUsers);
      await users.find('1');
      expect(await users.find('1')).toEqual({ id: '1', name: 'lazy' });
      expect(users.calls).toBe(1);
    });

    it('@ReadThrough is inherited by a subclass with cached methods of its own, and a method that overrides it is not cached', async () => {
      const { testing } = await given();
      const [named, overriding] = [testing.get(NamedUsers), testing.get(OverridingUsers)];
      expect([await named.find('1'), await named.more('1')]).toEqual([{ id: '1', name: 'named 1' }, 'more 1']);
      expect(await overriding.find('1')).toEqual({ id: '1', name: 'overridden' });
    });

    it('@ReadThrough keeps the name, the length and the metadata of the method', () => {
      const { marked } = Users.prototype;
      const reflector = new Reflector();
      expect([marked.name, marked.length]).toEqual(['marked', 2]);
      expect([reflector.get('above', marked), reflector.get('below', marked)]).toEqual([1, 2]);
      expect(Reflect.getMetadata('design:paramtypes', Users.prototype, 'marked')).toEqual([String, String]);
    });

    it('a decorated method rejects with instructions if Nest did not create its instance', async () => {
      const users = new Users();
      await expect(users.find('1')).rejects.toMatchObject({
        code: 'CACHE_NOT_REGISTERED',
        message: expect.stringMatching(/the cache "users.byId" into this Users.*forFeature/s),
      });
      await expect(users.rename('1', 'x')).rejects.toMatchObject({ code: 'CACHE_NOT_REGISTERED' });
      await expect(users.remove('1')).rejects.toMatchObject({ code: 'CACHE_NOT_REGISTERED' });
    });

    it('a decorated method rejects if it is called without its instance', async () => {
      const { users } = await given();
      const find: (id: string) => Promise<User> = Reflect.get(users, 'find');
      await expect(find('1')).rejects.toMatchObject({ code: 'CACHE_NOT_REGISTERED' });
    });

    it('a module that did not register the cache of a decorator does not start, and its error names the cache', async () => {
      @Module({ imports: [CacheModule.forRoot()], providers: [Users] })
      class Incomplete {}

      const starting = Test.createTestingModule({ imports: [Incomplete] }).compile();
      await expect(starting).rejects.toThrow(/^Users injects the cache "users.byName", which no module registers\./);
    });

    it('@ReadThrough rejects a static method', () => {
      const decorate = () => {
        class Statics {
          readonly calls = 0;

          @ReadThrough(userById, (id) => id)
          static async find(id: string): Promise<User> {
            return { id, name: '' };
          }
        }
        return Statics;
      };
      expect(decorate).toThrow(expect.objectContaining({ code: 'CACHE_OPTIONS_INVALID' }));
    });
  });

  describe(WriteThrough.name, () => {
    it('@WriteThrough stores the result of the method', async () => {
      const { users } = await given();
      await users.rename('1', 'written');
      expect(await users.find('1')).toEqual({ id: '1', name: 'written' });
      expect(users.calls).toBe(0);
    });

    it('@WriteThrough invalidates the tags of the call', async () => {
      const { users } = await given();
      const first = await users.names('of');
      await users.rename('1', 'untagged');
      expect(await users.names('of')).toBe(first);
      await users.rename('1', 'tagged');
      expect(await users.names('of')).not.toBe(first);
    });

    it('@WriteThrough rejects with the error of the method, and stores nothing', async () => {
      const { users, cache } = await given();
      await expect(users.rename('1', 'refused')).rejects.toThrow('refused');
      expect(await cache(userById).get('1')).toBeUndefined();
    });

    it.each(['writeOutside', 'writeInside'] as const)(
      '@WriteThrough and @Invalidates on one method make one write: %s',
      async (method) => {
        const { users, cache } = await given();
        await users.findByName('x');
        expect(await users[method]('1', 'x')).toEqual({ id: '1', name: 'x' });
        expect([await cache(userById).get('1'), await cache(userByName).get('x')]).toEqual([
          { id: '1', name: 'x' },
          undefined,
        ]);
      },
    );

    it('@WriteThrough rejects a second @WriteThrough on its method', () => {
      const decorate = () => {
        class Twice {
          @WriteThrough(userById, (id) => id)
          @WriteThrough(userByName, (id) => id)
          async write(id: string): Promise<User> {
            return { id, name: '' };
          }
        }
        return Twice;
      };
      expect(decorate).toThrow(expect.objectContaining({ code: 'CACHE_OPTIONS_INVALID' }));
    });
  });

  describe(Invalidates.name, () => {
    it('@Invalidates invalidates one entry, all entries of a cache, or the entries with a tag', async () => {
      const { users, cache } = await given();
      const stored = async () =>
        Promise.all([cache(userById).get('1'), cache(userById).get('2'), cache(namesOf).get('of')]);
      const left = async () => (await stored()).map((value) => value !== undefined);
      await Promise.all([users.find('1'), users.find('2'), users.names('of')]);
      expect(await left()).toEqual([true, true, true]);
      expect(await users.remove('1')).toBe('removed 1 from user');
      expect(await left()).toEqual([false, true, true]);
      await users.clear();
      expect(await left()).toEqual([false, false, true]);
      await users.forget('names');
      expect(await left()).toEqual([false, false, false]);
    });

    it('@Invalidates announces the write before the method runs', async () => {
      const { cache } = await given();
      const write = vi.fn<() => Promise<void>>();

      @Injectable()
      class Writer {
        @Invalidates(userById, (id) => id)
        async remove(_id: string): Promise<void> {
          await write();
        }
      }

      const testing = await Test.createTestingModule({ imports: [UsersModule], providers: [Writer] }).compile();
      write.mockImplementation(async () => {
        expect(await testing.get(CacheRegistry).find(userById).explain('1')).toMatchObject({ state: 'writing' });
      });
      await testing.get(Writer).remove('1');
      expect(write).toHaveBeenCalledOnce();
      expect(await cache(userById).explain('1')).toMatchObject({ state: 'absent' });
    });
  });
});
