import type { Contender } from './contender.js';
import { LARGE_USERS_IN_MEMORY, LARGE_USERS_IN_REDIS, MANY_USERS_IN_REDIS } from './scenarios/many-users.js';
import { MISSES, WRITES } from './scenarios/misses-and-writes.js';
import { ONE_USER } from './scenarios/one-user.js';

/** All scenarios, in the order of the page. */
export const SCENARIOS = [
  ONE_USER,
  MANY_USERS_IN_REDIS,
  LARGE_USERS_IN_REDIS,
  LARGE_USERS_IN_MEMORY,
  MISSES,
  WRITES,
] as const;

export type ContenderId = (typeof SCENARIOS)[number]['rows'][number]['id'];
type ListedContender = Contender & { readonly id: ContenderId };

/** All contenders, in the order of the tables. A server loads its own contender only. */
export const ALL_CONTENDERS: readonly ListedContender[] = SCENARIOS.flatMap(({ traffic, rows }) =>
  rows.map((row) => ({ ...row, traffic })),
);

export function contenderOf(id: string): Contender {
  const contender = ALL_CONTENDERS.find((one) => one.id === id);
  if (!contender) throw new Error(`There is no contender "${id}".`);
  return contender;
}

/** Returns the contenders with these names, where the name of a scenario is the name of all its contenders. */
export function contendersNamed(names: readonly string[]): readonly Contender[] {
  const wanted = new Set(names.flatMap(idsOf));
  return ALL_CONTENDERS.filter(({ id }) => wanted.has(id));
}

function idsOf(name: string): readonly string[] {
  const scenario = SCENARIOS.find((one) => one.name === name);
  if (scenario) return scenario.rows.map(({ id }) => id);
  if (ALL_CONTENDERS.some(({ id }) => id === name)) return [name];
  const known = [...SCENARIOS.map((one) => `"${one.name}"`), ...ALL_CONTENDERS.map(({ id }) => id)];
  throw new Error(`--only: there is no scenario or contender "${name}". Use one of ${known.join(', ')}.`);
}
