import { z } from 'zod';

/**
 * Converts a zod schema to JSON Schema 2020-12; Swagger itself asks for the dialect of OpenAPI 3.0. Schemas with an `id` in their
 * `meta` are added to `components`, and the result refers to them.
 */
export function jsonSchema(schema: unknown, io: 'input' | 'output', components: object): object | undefined {
  if (!(schema instanceof z.ZodType)) return undefined;
  const text = JSON.stringify(z.toJSONSchema(schema, { io, override: omitNoise }));
  const { $schema: _, $defs, ...root } = JSON.parse(text.replaceAll('#/$defs/', '#/components/schemas/'));
  Object.assign(components, $defs);
  return root;
}

/** zod adds `readOnly` for TypeScript's `readonly`, and the safe range to every integer. */
function omitNoise({ jsonSchema: json }: { jsonSchema: { readOnly?: boolean; minimum?: number; maximum?: number } }) {
  delete json.readOnly;
  if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
}
