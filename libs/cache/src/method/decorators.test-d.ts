import { defineCache } from '../core/policy/define-cache.js';
import { Invalidates } from './invalidates.decorator.js';
import { ReadThrough } from './read-through.decorator.js';
import { WriteThrough } from './write-through.decorator.js';

interface User {
  readonly id: string;
}

interface Change {
  readonly tenant: string;
}

const userById = defineCache<User>('users.byId', { ttl: '30s' });
const user: User = { id: '1' };

/** Compiled, never run: keys derive from the parameters of the method, and the method returns the value type of the cache. */
export class Readers {
  @ReadThrough(userById, (id) => id.toLowerCase())
  byFirst(id: string, _more: number): Promise<User> {
    return Promise.resolve({ id });
  }

  @ReadThrough(userById, (_tenant, id) => id.toFixed())
  maybe(_tenant: string, id: number): Promise<User | undefined> {
    return Promise.resolve(id > 0 ? user : undefined);
  }

  @ReadThrough(userById, (id: string) => id)
  annotated(id: string, _more: number): Promise<User> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error the key is a number
  @ReadThrough(userById, (_, more) => more)
  wrongKey(id: string, _more: number): Promise<User> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error the parameter is a string
  @ReadThrough(userById, (id: number) => `${id}`)
  wrongParameter(id: string): Promise<User> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error there is no second parameter
  @ReadThrough(userById, (_id, second: string) => second)
  noParameter(id: string): Promise<User> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error wider: a hit lacks the password
  @ReadThrough(userById, (id) => id)
  wider(id: string): Promise<User & { readonly passwordHash: string }> {
    return Promise.resolve({ id, passwordHash: '' });
  }

  // @ts-expect-error null is another value than undefined
  @ReadThrough(userById, (id) => id)
  nullable(id: string): Promise<User | null> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error anything
  @ReadThrough(userById, (id) => id)
  // oxlint-disable-next-line typescript/no-explicit-any -- that it does not compile is what is tested
  untyped(id: string): Promise<any> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error a hit takes time
  @ReadThrough(userById, (id) => id)
  synchronous(id: string): User {
    return { id };
  }
}

export class Writers {
  @WriteThrough(userById, (id) => id, { tags: ['users'] })
  constantTags(id: string, _change: Change): Promise<User> {
    return Promise.resolve({ id });
  }

  @WriteThrough(userById, (id) => id, { tags: (_, change) => [change.tenant] })
  ownTags(id: string, _change: Change): Promise<User> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error tags are strings
  @WriteThrough(userById, (id) => id, { tags: (_, change) => [change] })
  wrongTags(id: string, _change: Change): Promise<User> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error a write leaves a value
  @WriteThrough(userById, (id) => id)
  maybe(id: string): Promise<User | undefined> {
    return Promise.resolve({ id });
  }

  // @ts-expect-error nothing is no user
  @WriteThrough(userById, (id) => id)
  nothing(_id: string): Promise<void> {
    return Promise.resolve();
  }

  @Invalidates(userById, (id) => id)
  @Invalidates(userById)
  @Invalidates(['users'])
  @Invalidates((_, change) => [change.tenant])
  anyAnswer(_id: string, _change: Change): Promise<number> {
    return Promise.resolve(1);
  }

  // @ts-expect-error the key is a string
  @Invalidates(userById, (id) => id.length)
  wrongInvalidKey(_id: string): Promise<void> {
    return Promise.resolve();
  }

  // @ts-expect-error tags are strings
  @Invalidates((id) => id)
  wrongInvalidTags(_id: string): Promise<void> {
    return Promise.resolve();
  }

  // @ts-expect-error a write takes time
  @Invalidates(['users'])
  synchronous(_id: string): void {}
}
