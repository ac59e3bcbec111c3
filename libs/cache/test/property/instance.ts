import { Cache } from '../../src/core/cache.js';
import { type CacheDefinition, defineCache } from '../../src/core/policy/define-cache.js';
import { givenFleet } from '../../src/testing/fleet.js';
import type { Row } from './history.js';
import type { MakeMachine, Schedule } from '../../src/testing/redis-simulator.js';

export type Fleet = ReturnType<typeof givenFleet<number>>;
type Parts = Pick<ReturnType<Fleet['instance']>, 'runtime' | 'store'>;

/** One process of a {@link World}. */
export interface Instance extends Parts {
  readonly process: number;
  readonly items: Cache<string, number>;
  readonly lists: Cache<string, readonly number[]>;
  /** Whether it hears of no write. */
  deaf: boolean;
}

/** One rule of the protocol left out, to see that it is missed. */
export interface Mutant {
  readonly machine?: MakeMachine;
  readonly sabotage?: (instance: Parts) => void;
  /** Breaks it for every process, and answers what mends it again. */
  readonly install?: () => () => void;
}

const PROCESSES = 3;

/** Every lifetime is reached by few steps of time. */
const policy = { ttl: '10s', staleWhileRevalidate: '10s', staleIfError: '15s' } as const;

/** Processes with a cache of the rows and one of the list of all rows, over one simulated server. */
export function givenInstances(
  schedule: Schedule,
  { machine, sabotage }: Mutant,
): { readonly fleet: Fleet; readonly instances: readonly Instance[] } {
  const fleet = givenFleet<number>({ ...policy, tags: () => ['items'] }, schedule, machine);
  const list: CacheDefinition<string, readonly number[]> = defineCache({
    ...policy,
    name: 'list',
    version: 1,
    key: fleet.definition.key,
    tags: () => ['list'],
  });
  const instances = Array.from({ length: PROCESSES }, (_, process) => {
    const { cache, runtime, store } = fleet.instance();
    sabotage?.({ runtime, store });
    return { items: cache, lists: new Cache(list, runtime), runtime, store, process, deaf: false };
  });
  return { fleet, instances };
}

/** The name of a row's entry in the store. */
export function recordKeyOf({ runtime }: Instance, row: Row): string {
  return runtime.keys.record('test', row).key;
}
