import type { StandardSchema } from './standard-schema.js';

/**
 * Describes the values of a cache. It must validate synchronously and without side effects, and accept its own output: a value is used
 * as it is, and only whether the schema accepts it counts.
 */
export type ValueSchema<V> = StandardSchema<V>;
