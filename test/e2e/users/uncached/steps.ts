import fc from 'fast-check';
import { type Conditions, conditions } from './conditions.js';

/** Who is spoken of: the place in the order of creation, counted around; 3 is nobody, ever. */
export type Who = number;

/** What a write says of a user: an address is named by its number, so that several want the same. */
export interface Change {
  readonly name?: string;
  readonly email?: number;
  /** A member that no user has: the request is not valid. */
  readonly unknown?: true;
}

/** One request. */
export type Step =
  | { readonly do: 'create'; readonly change: Change }
  | { readonly do: 'find'; readonly method: 'GET' | 'HEAD'; readonly who: Who; readonly conditions: Conditions }
  | { readonly do: 'list'; readonly method: 'GET' | 'HEAD'; readonly limit: number; readonly conditions: Conditions }
  | { readonly do: 'findMany'; readonly whom: readonly Who[] }
  | { readonly do: 'findHolder'; readonly email: number }
  | {
      readonly do: 'write';
      readonly method: 'PUT' | 'PATCH' | 'DELETE';
      readonly who: Who;
      readonly change: Change;
      readonly conditions: Conditions;
    };

const who: fc.Arbitrary<Who> = fc.nat({ max: 3 });
const email = fc.nat({ max: 3 });
const name = fc.constantFrom('Ada', 'Grace', 'Ümit "O\'Neil"');
const reads = fc.constantFrom('GET' as const, 'GET' as const, 'HEAD' as const);

/** All of a user; one in some is not valid. */
const details: fc.Arbitrary<Change> = fc.oneof(
  { weight: 9, arbitrary: fc.record({ name, email }) },
  { weight: 1, arbitrary: fc.record({ name, email, unknown: fc.constant(true as const) }) },
);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('create' as const), change: details }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('find' as const), method: reads, who, conditions }) },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('list' as const),
      method: reads,
      limit: fc.integer({ min: 1, max: 3 }),
      conditions,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('findMany' as const), whom: fc.array(who, { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('findHolder' as const), email }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      method: fc.constant('PATCH' as const),
      who,
      change: fc.oneof(details, fc.record({ name }), fc.record({ email }), fc.constant({})),
      conditions,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('write' as const),
      method: fc.constantFrom('PUT' as const, 'DELETE' as const),
      who,
      change: details,
      conditions,
    }),
  },
);

/** They begin with somebody: nothing is learned from an empty list for long. */
export const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.record({ name, email }), fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }))
  .map(([change, rest]) => [{ do: 'create', change }, ...rest]);
