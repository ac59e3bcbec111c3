import { Cache } from './core/cache.js';
import { defineCache } from './core/policy/define-cache.js';
import { InjectCache } from './inject-cache.decorator.js';

interface User {
  readonly id: string;
}

const userById = defineCache<User>('users.byId', { ttl: '30s' });

/** Compiled, never run: only a cache of exactly the definition's key and value can be injected. */
export class Injections {
  @InjectCache(userById) readonly property!: Cache<string, User>;
  // @ts-expect-error another value
  @InjectCache(userById) readonly otherProperty!: Cache<string, number>;
  // A decorator cannot see a private type, so it is not checked.
  @InjectCache(userById) private readonly hidden!: Cache<string, number>;

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
