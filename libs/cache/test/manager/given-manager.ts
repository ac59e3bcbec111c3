import type { DynamicModule, Type } from '@nestjs/common';
import { type Cache as CacheManager, CACHE_MANAGER, CacheModule as NestCacheModule } from '@nestjs/cache-manager';
import { Test } from '@nestjs/testing';
import { CacheModule, CacheRegistry } from '@nuthatch/cache';
import { CacheManagerModule, KeyvFactory, KeyvModule } from '@nuthatch/cache/manager';
import { REDIS_CONNECTION, type RedisConnection, type RedisOptions } from '@nuthatch/redis';
import type { CreateCacheOptions } from 'cache-manager';
import type { Keyv } from 'keyv';
import { expect } from 'vitest';
import { eventually } from '../../../../test/support/eventually.js';
import { type RedisServer, startRedis } from '../../../../test/support/redis-server.js';

export interface GivenOptions {
  /** @default 'shop' */
  readonly namespace?: string;
  /** Of cache-manager. */
  readonly manager?: Omit<CreateCacheOptions, 'stores'>;
  /** @default the application's own */
  readonly stores?: (keyvs: KeyvFactory) => Keyv[];
  readonly imports?: readonly DynamicModule[];
  /** Whether to return before Redis is connected. @default false */
  readonly atOnce?: boolean;
}

/** Ends the resources of a test in the reverse order of their start. */
export class CleanUp {
  readonly #ends: (() => Promise<unknown>)[] = [];

  add(end: () => Promise<unknown>): void {
    this.#ends.push(end);
  }

  async run(): Promise<void> {
    for (const end of this.#ends.splice(0).toReversed()) await end();
  }
}

export function at({ url }: Pick<RedisServer, 'url'>, operationTimeoutMs?: number): RedisOptions {
  return { topology: { mode: 'single', url }, ...(operationTimeoutMs === undefined ? {} : { operationTimeoutMs }) };
}

export async function givenRedis(cleanUp: CleanUp): Promise<RedisServer> {
  const server = await startRedis();
  cleanUp.add(() => server.kill());
  return server;
}

/** Returns the modules of an application with a `CACHE_MANAGER` over our tiers. */
export function managedModules(redis: RedisOptions | null, options: GivenOptions = {}): (DynamicModule | Type)[] {
  const { namespace = 'shop', manager = {}, stores, imports = [] } = options;
  return [
    CacheModule.forRoot({ redis, namespace }),
    ...(stores ? [KeyvModule, managerOver(stores, manager)] : [CacheManagerModule.forRoot(manager)]),
    ...imports,
  ];
}

function managerOver(
  stores: NonNullable<GivenOptions['stores']>,
  manager: NonNullable<GivenOptions['manager']>,
): DynamicModule {
  return NestCacheModule.registerAsync({
    isGlobal: true,
    inject: [KeyvFactory],
    useFactory: (keyvs: KeyvFactory) => ({ ...manager, stores: stores(keyvs) }),
  });
}

/** Starts one process with a `CACHE_MANAGER` over our tiers. */
export async function givenManager(cleanUp: CleanUp, redis: RedisOptions | null, options: GivenOptions = {}) {
  const testing = await Test.createTestingModule({ imports: managedModules(redis, options) }).compile();
  testing.useLogger(false);
  await testing.init();
  let open = true;
  const close = async (): Promise<void> => {
    if (open) await testing.close();
    open = false;
  };
  cleanUp.add(close);
  const connection = testing.get<RedisConnection | null>(REDIS_CONNECTION);
  const registry = testing.get(CacheRegistry);
  if (!options.atOnce) {
    await eventually(() => {
      expect(connection?.state.connected).not.toBe(false);
      expect(registry.channel.connected).toBe(true);
    });
  }
  const manager = testing.get<CacheManager>(CACHE_MANAGER);
  return { testing, close, connection, registry, manager, keyvs: testing.get(KeyvFactory) };
}

/** Returns the only store of a manager. */
export function storeOf(manager: CacheManager): Keyv {
  const [store] = manager.stores;
  if (!store) throw new Error('The manager has no store.');
  return store;
}

export async function entriesOf<Value>(keyv: Keyv): Promise<Map<string, Value>> {
  if (!keyv.iterator) throw new Error('The Keyv has no iterator.');
  const entries = new Map<string, Value>();
  for await (const [key, value] of keyv.iterator(keyv.namespace)) entries.set(key, value);
  return entries;
}

/** Returns the result of `work` and its duration in milliseconds. */
export async function timed<T>(work: () => Promise<T>): Promise<{ readonly answer: T; readonly ms: number }> {
  const startedAt = performance.now();
  const answer = await work();
  return { answer, ms: performance.now() - startedAt };
}

/** Returns the value. @throws when there is none. */
export function sure<T>(value: T | null | undefined): T {
  if (value === null || value === undefined) throw new Error('The value is missing.');
  return value;
}
