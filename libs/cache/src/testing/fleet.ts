import { vi } from 'vitest';
import { Cache } from '../core/cache.js';
import { CacheRegistry } from '../core/cache-registry.js';
import type { CacheRuntime } from '../core/cache-runtime.js';
import { type CachePolicy, defineCache } from '../core/policy/define-cache.js';
import type { KeySchema } from '../core/policy/key-schema.js';
import { MissingPrincipalDetector } from '../devtools/missing-principal-detector.js';
import { givenRuntime } from './given-runtime.js';
import { ManualClock } from './manual-clock.js';
import { type MakeMachine, RedisSimulator, type Schedule, type SimulatedStore } from './redis-simulator.js';

const someText: KeySchema<string> = {
  '~standard': {
    validate: (value) =>
      typeof value === 'string' && value !== '' ? { value } : { issues: [{ message: 'write a text' }] },
  },
};

/** One process of a fleet. */
export interface FleetInstance<V> {
  readonly cache: Cache<string, V>;
  /** Replaces the provider of an application, so that its caches belong to this process. */
  readonly caches: CacheRegistry;
  /** The connection to the simulated server. */
  readonly store: SimulatedStore;
  /** Applies the pending invalidations. Outside of a fleet, this happens by itself. */
  applyPending(this: void): Promise<void>;
  /** @internal */
  readonly runtime: CacheRuntime;
  /** @internal */
  readonly missingPrincipals: MissingPrincipalDetector;
}

/** Creates a simulated server and instances connected to it, each with a cache of the same policy. */
export function givenFleet<V>(
  policy: Partial<CachePolicy<string, V>> = {},
  schedule?: Schedule,
  machine?: MakeMachine,
) {
  const clock = new ManualClock();
  const server = new RedisSimulator(clock, schedule, machine);
  const warn = vi.fn<(message: string) => void>();
  const definition = defineCache<V>('test', {
    key: someText,
    ttl: '30s',
    ...policy,
  });

  function instance(): FleetInstance<V> {
    const stores: SimulatedStore[] = [];
    const missingPrincipals = new MissingPrincipalDetector(warn);
    const { runtime } = givenRuntime({
      clock,
      observer: missingPrincipals,
      maxPayloadBytes: 10_000,
      rolledBack: (error) => error instanceof Refused,
      warn,
      store: (_, listener) => {
        const store = server.connect(listener);
        stores.push(store);
        return store;
      },
    });
    const [store] = stores;
    if (!store) throw new Error('createRuntime created no store');
    return {
      cache: new Cache(definition, runtime),
      caches: new CacheRegistry(runtime),
      store,
      applyPending: () => runtime.pending.flush(store),
      runtime,
      missingPrincipals,
    };
  }

  return { clock, server, warn, definition, instance };
}

/** Thrown by a write that certainly changed nothing. */
export class Refused extends Error {}
