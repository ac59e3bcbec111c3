import { z } from 'zod';
import { plainText } from '../http/validation/fields.js';
import { byCreation, type Ordering, reversed } from '../paging/ordering.js';
import { once, pageQuery } from '../paging/page-query.js';
import type { User } from './user.js';
import { email, userId } from './users.dto.js';

/** The text that PostgreSQL stores unchanged. */
const storable = z.string().refine((text) => text.isWellFormed() && !text.includes('\0'));

const byName: Ordering<User> = { name: 'name', of: ({ name }) => name, text: storable };

/** The orders of the list of users, as requests name them. */
export const userSorts = ['createdAt', '-createdAt', 'name', '-name'] as const;
export type UserSort = (typeof userSorts)[number];

export const userOrderings: Readonly<Record<UserSort, Ordering<User>>> = {
  createdAt: byCreation,
  '-createdAt': reversed(byCreation),
  name: byName,
  '-name': reversed(byName),
};

/** The query of `GET /users`: a page of all users, or of the users whose name or address begins with `q`. */
export const usersPageQuery = pageQuery.extend({
  sort: z
    .enum(userSorts, { error: `Must be one of ${userSorts.join(', ')}.` })
    .default('createdAt')
    .describe('The order of the users. "-" reverses it.'),
  q: plainText(100).optional().describe('The beginning of the name or of the address, in any letter case.'),
});
export type UsersPageQuery = z.output<typeof usersPageQuery>;

/** The query of `GET /users/batch`. */
export const usersBatchQuery = z.strictObject({
  ids: z
    .string({ error: once })
    .describe('The ids of at most 100 users, separated by commas.')
    .transform((ids) => ids.split(','))
    .pipe(z.array(userId)),
});
export type UsersBatchQuery = z.output<typeof usersBatchQuery>;

/** The query of `GET /users/lookup`. */
export const userLookupQuery = z.strictObject({
  email: email.describe('The address of the user, in any letter case.'),
});
export type UserLookupQuery = z.output<typeof userLookupQuery>;

/** The query of `GET /users/stats`, which has no parameters. */
export const statsQuery = z.strictObject({});
export type StatsQuery = z.output<typeof statsQuery>;
