export const dto = ({ One, one }) => `
import { z } from 'zod';
import { notAnObject, plainText, uuid } from '../http/validation/fields.js';

export const ${one}Id = uuid;

/** The body of POST. */
export const ${one}Details = z
  .strictObject({ name: plainText(200) }, { error: notAnObject })
  .meta({ id: '${One}Details', examples: [{ name: 'An example' }] });
export type ${One}Details = z.output<typeof ${one}Details>;

/** A merge patch (RFC 7396): an absent member stays as it is, and none can be removed. */
export const ${one}Change = ${one}Details
  .partial()
  .meta({ id: '${One}Change', examples: [{ name: 'Another name' }] });
export type ${One}Change = z.output<typeof ${one}Change>;
`;
