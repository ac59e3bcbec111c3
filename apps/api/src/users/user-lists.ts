import { z } from 'zod';
import { uuid } from '../http/validation/fields.js';
import { type Page, pageSchema } from '../paging/page.js';
import { type User, userSchema } from './user.js';

/** What `GET /users?ids=…` answers: each of the ids is either somebody's or missing, in the order of the request. */
const usersByIds = z
  .strictObject({ data: z.array(userSchema).readonly(), missing: z.array(uuid).readonly() })
  .readonly()
  .meta({ id: 'UsersByIds', description: 'The users with these ids, and the ids that nobody has.' });
export type UsersByIds = z.output<typeof usersByIds>;

/** What `GET /users` answers. */
export type UserList = Page<User> | UsersByIds;
export const userList = z
  .union([pageSchema(userSchema).meta({ id: 'UsersPage', description: 'A page of users.' }), usersByIds])
  .describe('A page of users, or the users with the ids that were asked for.');

/** How many users have an address at each domain: the largest first, `total` counting those that are not listed too. */
export const usersStatsSchema = z
  .strictObject({
    data: z.array(z.strictObject({ domain: z.string(), users: z.int() }).readonly()).readonly(),
    total: z.int(),
  })
  .readonly()
  .meta({ id: 'UsersStats', description: 'How many users have an address at each domain.' });
export type UsersStats = z.output<typeof usersStatsSchema>;
