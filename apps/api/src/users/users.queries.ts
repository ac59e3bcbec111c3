import { z } from 'zod';
import { once, pageQuery, type PageQuery } from '../paging/page-query.js';
import { email, userId } from './users.dto.js';

/** Who has this address. */
const emailQuery = pageQuery.extend({ email: email.describe('Who has this address, in any case of letters.') });
export type EmailQuery = z.output<typeof emailQuery>;

/** These users. Nothing stands beside it: there are no pages of what was asked for by name. */
const idsQuery = z.strictObject({
  ids: z
    .string({ error: once })
    .describe('The ids of 100 users at most, with commas between them. No other parameter stands beside it.')
    .transform((ids) => ids.split(','))
    .pipe(z.array(userId)),
});
export type IdsQuery = z.output<typeof idsQuery>;

export type UsersQuery = PageQuery | EmailQuery | IdsQuery;

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
    jsonSchema: z.union([pageQuery, emailQuery, idsQuery])['~standard'].jsonSchema,
  },
} as const;

function schemaOf(query: unknown): typeof pageQuery | typeof emailQuery | typeof idsQuery {
  const asks = (name: string) => typeof query === 'object' && query !== null && Object.hasOwn(query, name);
  if (asks('ids')) return idsQuery;
  return asks('email') ? emailQuery : pageQuery;
}

/** The query of `GET /users/stats`, which has no parameters. */
export const statsQuery = z.strictObject({});
export type StatsQuery = z.output<typeof statsQuery>;
