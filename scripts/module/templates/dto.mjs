export const dto = ({ One, one }) => `
import { z } from 'zod';
import { notAnObject, plainText, uuid } from '../http/validation/fields.js';

export const ${one}Id = uuid;

/** The body of POST. */
export const create${One}Schema = z
  .strictObject({ name: plainText(200) }, { error: notAnObject })
  .meta({ id: 'Create${One}', examples: [{ name: 'An example' }] });
export type Create${One} = z.output<typeof create${One}Schema>;

/** The body of PATCH, a merge patch (RFC 7396): an absent member stays as it is, and no member can be removed. */
export const update${One}Schema = create${One}Schema
  .partial()
  .meta({ id: 'Update${One}', examples: [{ name: 'Another name' }] });
export type Update${One} = z.output<typeof update${One}Schema>;
`;
