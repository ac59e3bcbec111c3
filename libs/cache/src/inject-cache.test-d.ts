import { Cache } from './core/cache.js';
import { defineCache } from './core/policy/define-cache.js';
import type { KeySchema } from './core/policy/key-schema.js';
import type { TypeEquals } from './core/policy/type-equals.js';
import { type CacheOf, InjectCache } from './inject-cache.decorator.js';

interface User {
  readonly id: string;
}

declare const email: KeySchema<{ email: string }>;
const userById = defineCache<User>('users.byId', { ttl: '30s' });

const userByEmail = defineCache<User, { email: string }>('users.byEmail', { key: email, ttl: '30s' });
const same: TypeEquals<CacheOf<typeof userById>, Cache<string, User>> = true;
void same;

/** Compiled, never run: only a cache of exactly the definition's key and value can be injected. */
export class Injections {
  @InjectCache(userById) readonly property!: Cache<string, User>;
  // @ts-expect-error another value
  @InjectCache(userById) readonly otherProperty!: Cache<string, number>;
  // A decorator cannot see a private type, so it is not checked.
  @InjectCache(userById) private readonly hidden!: Cache<string, number>;

  @InjectCache(userById) readonly ofDefinition!: CacheOf<typeof userById>;
  // @ts-expect-error the cache of another definition
  @InjectCache(userById) readonly ofOther!: CacheOf<typeof userByEmail>;

  constructor(
    @InjectCache(userById) private readonly parameter: Cache<string, User>,
    @InjectCache(userById) readonly optional: Cache<string, User> | undefined,
    // @ts-expect-error another key
    @InjectCache(userById) readonly otherKey: Cache<number, User>,
    // @ts-expect-error another value
    @InjectCache(userById) readonly otherValue: Cache<string, User & { readonly passwordHash: string }>,
  ) {
    void [this.parameter, this.hidden];
  }
}

export class OtherInjections {
  constructor(
    // @ts-expect-error no cache
    @InjectCache(userById) readonly noCache: Map<string, User>,
    // @ts-expect-error anything
    // oxlint-disable-next-line typescript/no-explicit-any -- that it does not compile is what is tested
    @InjectCache(userById) readonly anything: any,
  ) {}
}
