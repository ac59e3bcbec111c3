/**
 * The part of a Standard Schema (zod, valibot, arktype, …) that a cache uses.
 *
 * @see https://standardschema.dev
 */
export interface StandardSchema<T> {
  readonly '~standard': {
    readonly validate: (value: unknown) => Result<T> | Promise<Result<T>>;
    /** Converts the schema to JSON Schema. A part of Standard JSON Schema, which not every library has. */
    readonly jsonSchema?: {
      readonly output: (options: {
        readonly target: 'draft-2020-12';
        readonly libraryOptions?: Record<string, unknown>;
      }) => unknown;
    };
  };
}

type Result<T> =
  { readonly value: T; readonly issues?: undefined } | { readonly issues: readonly { readonly message: string }[] };
