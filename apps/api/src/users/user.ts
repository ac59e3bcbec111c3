import { z } from 'zod';
import { uuid } from '../http/validation/fields.js';
import { EntityTags } from '../versions/entity-tags.js';

/** A user as the API, the cache and the repository know it: JSON-safe, so that what is stored is what is sent. */
export const userSchema = z
  .strictObject({
    id: uuid,
    name: z.string(),
    email: z.string(),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .readonly()
  .meta({ id: 'User', description: 'A user.' });
export type User = z.output<typeof userSchema>;

export const userEtags = new EntityTags(1);
