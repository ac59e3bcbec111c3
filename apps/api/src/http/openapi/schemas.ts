import type { JsonSchema } from './specification.js';

/** https://standardschema.dev/json-schema: how a schema of any library says what it accepts and gives. */
interface StandardJsonSchema {
  readonly '~standard': { readonly jsonSchema: Readonly<Record<Direction, (options: object) => JsonSchema>> };
}

/** What goes into a schema may be other than what comes out of it: defaults are filled in, texts become lists. */
type Direction = 'input' | 'output';

const options = { target: 'draft-2020-12', libraryOptions: { override: leaveOutNoise } };

/** zod says `readOnly` of what TypeScript must not change, which in OpenAPI is about requests, and of every integer that it is safe. */
function leaveOutNoise({
  jsonSchema,
}: {
  jsonSchema: { readOnly?: boolean; minimum?: number; maximum?: number };
}): void {
  delete jsonSchema.readOnly;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
}

/** The schemas that validate, as JSON Schema. Those that have an `id` in their `meta` become components, once each. */
export class Schemas {
  readonly components: Record<string, JsonSchema> = {};

  /** @throws Error for what has no JSON Schema, and when two different schemas have one id. */
  of(schema: unknown, direction: Direction): JsonSchema {
    if (!isStandard(schema)) throw new Error('This schema has no JSON Schema (standardschema.dev/json-schema).');
    const { $schema: _, $defs = {}, ...root } = schema['~standard'].jsonSchema[direction](options);
    for (const [id, definition] of Object.entries($defs ?? {})) this.#add(id, toComponents(definition));
    return toComponents(root);
  }

  /** Also of a schema that only refers to a component. */
  descriptionOf({ description, $ref }: JsonSchema): string | undefined {
    if (typeof description === 'string') return description;
    const name = typeof $ref === 'string' ? $ref.split('/').at(-1) : undefined;
    const component = name === undefined ? undefined : this.components[name];
    return component && this.descriptionOf(component);
  }

  #add(id: string, definition: JsonSchema): void {
    const former = this.components[id];
    if (former && JSON.stringify(former) !== JSON.stringify(definition)) {
      throw new Error(`Two different schemas have the id "${id}".`);
    }
    this.components[id] = definition;
  }
}

/** References into the schema's own definitions lead to the components of the document. */
function toComponents(schema: unknown): JsonSchema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
    key === '$ref' && typeof value === 'string' ? value.replace(/^#\/\$defs\//, '#/components/schemas/') : value,
  );
}

function isStandard(schema: unknown): schema is StandardJsonSchema {
  return (
    typeof schema === 'object' &&
    schema !== null &&
    '~standard' in schema &&
    typeof schema['~standard'] === 'object' &&
    schema['~standard'] !== null &&
    'jsonSchema' in schema['~standard']
  );
}
