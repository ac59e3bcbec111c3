import { article } from './article.mjs';

export const resource = ({ One, one, word }) => `
import { z } from 'zod';
import { uuid } from '../http/validation/fields.js';
import { EntityTags } from '../optimistic-locking/entity-tags.js';

/** ${capitalized(article(word))} as the API, the cache and the repository know it: JSON-safe, so that the stored value is the sent value. */
export const ${one}Schema = z
  .strictObject({
    id: uuid,
    name: z.string(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .readonly()
  .meta({ id: '${One}', description: '${capitalized(article(word))}.' });
export type ${One} = z.output<typeof ${one}Schema>;

/** Raise the number when the JSON of ${article(word)} changes shape. */
export const ${one}Etags = new EntityTags(1);
`;

function capitalized(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
