import { createHash } from 'node:crypto';
import type { StandardSchema } from './standard-schema.js';

/** Members of a JSON Schema that describe a value and do not restrict it. */
const ANNOTATIONS = new Set(['$schema', 'title', 'description', 'examples', 'deprecated', 'readOnly', 'writeOnly']);

/** Members of a JSON Schema with schemas by names. A name may be any word, `title` too. */
const BY_NAME = new Set(['properties', 'patternProperties', 'dependentSchemas', '$defs']);

/** Members of a JSON Schema with values instead of schemas. */
const VALUES = new Set(['const', 'enum', 'default']);

/**
 * Returns 8 hex digits that are the same in every process and change with the schema: with an added, removed or renamed member,
 * another type, another limit. Descriptions, examples and the order of members do not count. A word that JSON Schema does not
 * define, such as `x-revision`, does. Returns `undefined` for a schema without a form in JSON Schema.
 */
export function schemaFingerprint(schema: StandardSchema<unknown>): string | undefined {
  const json = jsonSchemaOf(schema);
  if (json === undefined) return undefined;
  const text = JSON.stringify(canonical(json));
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

function jsonSchemaOf(schema: StandardSchema<unknown>): unknown {
  try {
    // For zod: a type that JSON Schema lacks, such as a Date, becomes a schema that accepts all values, instead of an error.
    const libraryOptions = { unrepresentable: 'any' };
    return schema['~standard'].jsonSchema?.output({ target: 'draft-2020-12', libraryOptions });
  } catch {
    return undefined;
  }
}

function canonical(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(canonical);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.entries(schema).filter(([name]) => !ANNOTATIONS.has(name));
  return members.toSorted(byName).map(([name, member]) => [name, canonicalMember(name, member)]);
}

function canonicalMember(name: string, member: unknown): unknown {
  if (VALUES.has(name)) return member;
  if (name === 'required' && Array.isArray(member)) return member.map(String).toSorted();
  if (!BY_NAME.has(name) || typeof member !== 'object' || member === null) return canonical(member);
  return Object.entries(member)
    .toSorted(byName)
    .map(([each, schema]) => [each, canonical(schema)]);
}

function byName([a]: [string, unknown], [b]: [string, unknown]): number {
  return a < b ? -1 : 1;
}
