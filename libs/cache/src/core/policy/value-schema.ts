import type { StandardSchema } from './standard-schema.js';

/**
 * Describes the values of a cache. It must validate synchronously and without side effects, and accept its own output: a value is used
 * as it is, and only whether the schema accepts it counts.
 */
export type ValueSchema<V> = StandardSchema<V>;

/** Returns whether a schema accepts a value. A schema that throws or validates asynchronously accepts none. */
export function accepts(schema: ValueSchema<unknown>, value: unknown): boolean {
  try {
    const result = schema['~standard'].validate(value);
    return !(result instanceof Promise) && !result.issues;
  } catch {
    return false;
  }
}
