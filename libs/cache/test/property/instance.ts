import { Cache } from '../../src/core/cache.js';
import { type CacheDefinition, defineCache } from '../../src/core/policy/define-cache.js';
import { givenFleet } from '../../src/testing/fleet.js';
import type { Row } from './history.js';
import type { MakeMachine, Schedule } from '../../src/testing/redis-simulator.js';

export type Fleet = ReturnType<typeof givenFleet<number>>;
type Parts = Pick<ReturnType<Fleet['instance']>, 'runtime' | 'store'>;

/** One process of a simulation. */
export interface Instance extends Parts {
  readonly process: number;
  readonly items: Cache<string, number>;
  readonly lists: Cache<string, readonly number[]>;
  /** Whether the process receives no messages. */
  messagesLost: boolean;
}

/** Leaves out one rule of the protocol, to prove that the properties find the violation. */
export interface Mutant {
  readonly machine?: MakeMachine;
  readonly sabotage?: (instance: Parts) => void;
  /** Breaks the rule for every process. Returns a function that restores it. */
  readonly install?: () => () => void;
}

const PROCESSES = 3;

/** Short lifetimes, so that a few steps of time reach each of them. A load may be delayed for longer than any of them. */
const policy = { ttl: '10s', staleWhileRevalidate: '10s', staleIfError: '15s', loadTimeout: '1h' } as const;

/** Creates processes over one simulated server, each with a cache of the rows and a cache of the list of all rows. */
export function givenInstances(
  schedule: Schedule,
  { machine, sabotage }: Mutant,
): { readonly fleet: Fleet; readonly instances: readonly Instance[] } {
  const fleet = givenFleet<number>({ ...policy, tags: () => ['items'] }, schedule, machine);
  const list: CacheDefinition<string, readonly number[]> = defineCache('list', {
    ...policy,
    key: fleet.definition.key,
    tags: () => ['list'],
  });
  const instances = Array.from({ length: PROCESSES }, (_, process) => {
    const { cache, runtime, store } = fleet.instance();
    sabotage?.({ runtime, store });
    return { items: cache, lists: new Cache(list, runtime), runtime, store, process, messagesLost: false };
  });
  return { fleet, instances };
}

/** Returns the record key of a row's entry. */
export function recordKeyOf({ runtime }: Instance, row: Row): string {
  return runtime.keys.record('test', row).key;
}
