export const resource = ({ One, one, word }) => `
import { EntityTags } from '../versions/entity-tags.js';

/** ${article(word)} as the API, the cache and the repository know it: JSON-safe, so that what is stored is what is sent. */
export interface ${One} {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** Raise the number when the JSON changes shape. */
export const ${one}Etags = new EntityTags(1);
`;

function article(word) {
  return `${/^[aeiou]/.test(word) ? 'An' : 'A'} ${word}`;
}
