import { vi } from 'vitest';
import { Cache } from '../core/cache.js';
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

  function instance() {
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
    return { cache: new Cache(definition, runtime), runtime, store, missingPrincipals };
  }

  return { clock, server, warn, definition, instance };
}

/** Thrown by a write that certainly changed nothing. */
export class Refused extends Error {}
