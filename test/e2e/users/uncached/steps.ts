import fc from 'fast-check';
import { type Conditions, conditions } from './conditions.js';

/** A user by its index in the order of creation, modulo their number. 3 never exists. */
export type Who = number;

/** The body of a write. An address is a number, so that several users want the same address. */
export interface Change {
  readonly name?: string;
  readonly email?: number;
  /** An unknown member, which makes the request invalid. */
  readonly unknown?: true;
}

/** One request. */
export type Step =
  | { readonly do: 'create'; readonly change: Change }
  | { readonly do: 'find'; readonly method: 'GET' | 'HEAD'; readonly who: Who; readonly conditions: Conditions }
  | { readonly do: 'list'; readonly method: 'GET' | 'HEAD'; readonly limit: number; readonly conditions: Conditions }
  | { readonly do: 'batch'; readonly users: readonly Who[] }
  | { readonly do: 'lookup'; readonly method: 'GET' | 'HEAD'; readonly email: number; readonly conditions: Conditions }
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

/** A complete body of a write. One in ten is invalid. */
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
    arbitrary: fc.record({ do: fc.constant('batch' as const), users: fc.array(who, { minLength: 1, maxLength: 4 }) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('lookup' as const), method: reads, email, conditions }) },
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

/** The steps begin with a user, because an empty list soon shows nothing new. */
export const steps: fc.Arbitrary<readonly Step[]> = fc
  .tuple(fc.record({ name, email }), fc.array(step, { minLength: 1, maxLength: 25, size: 'max' }))
  .map(([change, rest]) => [{ do: 'create', change }, ...rest]);
