import { z } from 'zod';
import { uuid } from '../http/validation/fields.js';
import { EntityTags } from '../optimistic-locking/entity-tags.js';
import { pageSchema } from '../paging/page-schema.js';

const example = {
  id: '01941f29-b054-7577-8b9d-a674943f19e7',
  name: 'Ada Lovelace',
  email: 'ada@example.org',
  version: 1,
  createdAt: '2026-01-01T12:00:00.000Z',
  updatedAt: '2026-01-01T12:00:00.000Z',
};

/** A user as the API, the cache and the repository exchange it: JSON-safe, so that the stored value is the sent value. */
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
  .meta({ id: 'User', description: 'A user.', examples: [example] });
export type User = z.output<typeof userSchema>;

export const userEtags = new EntityTags(userSchema);

/** The answer of `GET /users`. */
export const usersPageSchema = pageSchema(userSchema).meta({
  id: 'UsersPage',
  description: 'A page of users.',
  examples: [{ data: [example], page: { limit: 20, nextCursor: null, hasMore: false } }],
});
export type UsersPage = z.output<typeof usersPageSchema>;

/** The answer of `GET /users/batch`: `data` and `missing` in the order of the request, each id in one of them. */
export const usersBatchSchema = z
  .strictObject({ data: z.array(userSchema).readonly(), missing: z.array(uuid).readonly() })
  .readonly()
  .meta({
    id: 'UsersBatch',
    description: 'The users with these ids, and the ids without a user.',
    examples: [{ data: [example], missing: ['01890a5d-ac96-774b-bcce-b302099a8057'] }],
  });
export type UsersBatch = z.output<typeof usersBatchSchema>;

/** The answer of `GET /users/stats`: the largest domains first. `total` also counts the domains that are not listed. */
export const usersStatsSchema = z
  .strictObject({
    data: z.array(z.strictObject({ domain: z.string(), users: z.int() }).readonly()).readonly(),
    total: z.int(),
  })
  .readonly()
  .meta({
    id: 'UsersStats',
    description: 'How many users have an address at each domain.',
    examples: [{ data: [{ domain: 'example.org', users: 2 }], total: 2 }],
  });
export type UsersStats = z.output<typeof usersStatsSchema>;
