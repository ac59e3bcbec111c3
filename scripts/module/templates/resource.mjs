import { article } from '../article.mjs';
import { membersOf } from '../fields.mjs';

export const resource = ({ One, one, Many, many, word, words, fields }) => `
import { z } from 'zod';
import { uuid } from '../http/validation/fields.js';
import { EntityTags } from '../optimistic-locking/entity-tags.js';
import { pageSchema } from '../paging/page-schema.js';

const example = {
  id: '01941f29-b054-7577-8b9d-a674943f19e7',
${fields.map(({ name, examples }) => `  ${name}: ${examples[0]},\n`).join('')}  version: 1,
  createdAt: '2026-01-01T12:00:00.000Z',
  updatedAt: '2026-01-01T12:00:00.000Z',
};

/** ${capitalized(article(word))} as the API, the cache and the repository exchange it: JSON-safe, so that the stored value is the sent value. */
export const ${one}Schema = z
  .strictObject({
    id: uuid,
${fields.map((field) => `    ${membersOf(field).resource},\n`).join('')}    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .readonly()
  .meta({ id: '${One}', description: '${capitalized(article(word))}.', examples: [example] });
export type ${One} = z.output<typeof ${one}Schema>;

export const ${many}PageSchema = pageSchema(${one}Schema).meta({
  id: '${Many}Page',
  description: 'A page of ${words}.',
  examples: [{ data: [example], page: { limit: 20, nextCursor: null, hasMore: false } }],
});

export const ${one}Etags = new EntityTags(${one}Schema);
`;

function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
