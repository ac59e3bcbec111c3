import type { Route } from './routes.js';
import type { Schemas } from './schemas.js';
import type { JsonSchema, Parameter } from './specification.js';

/** What a request of this route may carry beside its body. */
export function parametersOf(route: Route, schemas: Schemas): Parameter[] {
  return [...inPath(route, schemas), ...inQuery(route, schemas), ...conditions(route)];
}

/** Every name in braces, also one that no handler reads. */
function inPath({ path, arguments: all }: Route, schemas: Schemas): Parameter[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => {
    const argument = all.find((each) => each.from === 'path' && each.name === name);
    const schema = argument?.schema === undefined ? { type: 'string' } : schemas.of(argument.schema, 'input');
    return { name, in: 'path', required: true, schema };
  });
}

function inQuery({ arguments: all }: Route, schemas: Schemas): Parameter[] {
  return all
    .filter(({ from, schema }) => from === 'query' && schema !== undefined)
    .flatMap(({ name, schema }) => {
      const json = schemas.of(schema, 'input');
      return name === undefined ? eachOf(json) : [parameter(name, json, { required: false })];
    });
}

/**
 * The members of the object that a query is. Where it is one of several (`anyOf`), OpenAPI 3.1 cannot say which members go
 * together, so each is required only where all of them require it; their descriptions have to say the rest.
 */
function eachOf(query: JsonSchema): Parameter[] {
  const alternatives = isList(query['anyOf']) ? query['anyOf'].filter(isObject) : [query];
  const found = new Map<string, Parameter>();
  for (const { properties } of alternatives) {
    for (const [name, schema] of Object.entries(isObject(properties) ? properties : {})) {
      const required = alternatives.every((each) => isList(each['required']) && each['required'].includes(name));
      if (!found.has(name)) found.set(name, parameter(name, isObject(schema) ? schema : {}, { required }));
    }
  }
  return [...found.values()];
}

function parameter(
  name: string,
  { description, ...schema }: JsonSchema,
  { required }: { required: boolean },
): Parameter {
  return { name, in: 'query', required, ...(typeof description === 'string' && { description }), schema };
}

/** RFC 9110 §13.1 */
function condition(name: string, description: string): Parameter {
  return { name, in: 'header', required: false, description, schema: { type: 'string' } };
}

function conditions({ cached, obeysIfMatch }: Route): Parameter[] {
  const ifMatch = condition(
    'If-Match',
    'The ETag of the version that is meant, or 412 where it is another one by now.',
  );
  const ifNoneMatch = condition('If-None-Match', 'The ETag of what the client has: 304 where it is still that.');
  const ifModifiedSince = condition(
    'If-Modified-Since',
    'The Last-Modified of what the client has; the ETag is finer.',
  );
  const onlyIfAbsent = condition('If-None-Match', '"*": only where there is none, so never; any tag is a 400.');
  if (obeysIfMatch) return [onlyIfAbsent, ifMatch];
  if (!cached) return [];
  return [ifNoneMatch, ...(cached.definition.lastModified ? [ifModifiedSince] : []), ifMatch];
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
