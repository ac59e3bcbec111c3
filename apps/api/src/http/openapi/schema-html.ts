import { html, type Html } from './html.js';
import type { JsonSchema } from './specification.js';

/** A JSON Schema in words: what a client has to know, in the fewest of them. */
export function schemaHtml(schema: JsonSchema): Html {
  const { $ref, anyOf, items, properties, description, type } = schema;
  if (typeof $ref === 'string') {
    const name = $ref.split('/').at(-1) ?? '';
    return html`<a href="#schema-${name}">${name}</a>`;
  }
  if (isList(anyOf)) return html`${anyOf.map((each, place) => [place > 0 && ' or ', schemaHtml(objectOf(each))])}`;
  if (type === 'array') return html`list of ${schemaHtml(objectOf(items))}`;
  if (isObject(properties)) return html`${typeof description === 'string' && description} ${membersHtml(schema)}`;
  return html`<span class="faint">${wordsOf(schema)}</span>`;
}

function membersHtml({ properties, required }: JsonSchema): Html {
  const isRequired = (name: string) => isList(required) && required.includes(name);
  return html`<ul class="members">
    ${Object.entries(objectOf(properties)).map(([name, each]) => {
      const member = objectOf(each);
      const { description } = member;
      const said = !isObject(member['properties']) && typeof description === 'string' && html` ${description}`;
      return html`<li>
        <code>${name}</code>${!isRequired(name) && html` <small>optional</small>`} ${schemaHtml(member)}${said}
      </li>`;
    })}
  </ul>`;
}

/** Bounds by their names in JSON Schema. A pattern beside a format says the same at length. */
const bounds = ['minimum', 'maximum', 'minLength', 'maxLength', 'default', 'const'];

function wordsOf(schema: JsonSchema): string {
  const { type, format, pattern } = schema;
  const choices = isList(schema['enum']) ? schema['enum'].map(String).join(' | ') : undefined;
  const said = bounds.filter((name) => name in schema).map((name) => `${name} ${String(schema[name])}`);
  const words = [choices ?? type ?? 'anything', format, ...said, format === undefined ? pattern : undefined];
  return words.filter((word) => typeof word === 'string').join(', ');
}

function objectOf(value: unknown): JsonSchema {
  return isObject(value) ? value : {};
}

function isObject(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}
