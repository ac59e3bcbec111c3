import { z } from 'zod';
import { plainText } from '../http/validation/fields.js';
import { once, pageQuery } from '../paging/page-query.js';
import { userSorts } from './user-sorts.js';
import { email, userId } from './users.dto.js';

/** A page of all users, or of those whose name or address begins with `q`. */
export const usersPageQuery = pageQuery.extend({
  sort: z
    .enum(userSorts, { error: `Must be one of ${userSorts.join(', ')}.` })
    .default('createdAt')
    .describe('By what the users are ordered; with "-" the last ones first.'),
  q: plainText(100).optional().describe('How the name or the address begins, in any case of letters.'),
});
export type UsersPageQuery = z.output<typeof usersPageQuery>;

/** Who has this address: one at most, so there is nothing to sort, and nothing to search in. */
export const emailQuery = pageQuery.extend({ email: email.describe('Who has this address, in any case of letters.') });
export type EmailQuery = z.output<typeof emailQuery>;

/** These users, in this order. Nothing stands beside it: there are no pages of what was asked for by name. */
const idsQuery = z.strictObject({
  ids: z
    .string({ error: once })
    .describe('The ids of 100 users at most, with commas between them. No other parameter stands beside it.')
    .transform((ids) => ids.split(','))
    .pipe(z.array(userId)),
});
export type IdsQuery = z.output<typeof idsQuery>;

export type UsersQuery = UsersPageQuery | EmailQuery | IdsQuery;

/**
 * The query of `GET /users`, by the question it asks. A union of the three would report what is wrong by each of them, and
 * nothing would point at the parameter.
 */
export const usersQuery = {
  '~standard': {
    version: 1,
    vendor: 'nuthatch',
    validate: (query: unknown) => schemaOf(query)['~standard'].validate(query),
    // For the OpenAPI document.
    jsonSchema: z.union([usersPageQuery, emailQuery, idsQuery])['~standard'].jsonSchema,
  },
} as const;

function schemaOf(query: unknown): typeof usersPageQuery | typeof emailQuery | typeof idsQuery {
  const asks = (name: string) => typeof query === 'object' && query !== null && Object.hasOwn(query, name);
  if (asks('ids')) return idsQuery;
  return asks('email') ? emailQuery : usersPageQuery;
}

/** The query of `GET /users/stats`, which has no parameters. */
export const statsQuery = z.strictObject({});
export type StatsQuery = z.output<typeof statsQuery>;
