import type { Page } from '../paging/page.js';
import type { User } from './user.js';

/** What `GET /users?ids=…` answers: each of the ids is either somebody's or missing, in the order of the request. */
export interface UsersByIds {
  readonly data: readonly User[];
  readonly missing: readonly string[];
}

/** What `GET /users` answers. */
export type UserList = Page<User> | UsersByIds;

/** How many users have an address at each domain: the largest first, `total` counting those that are not listed too. */
export interface UsersStats {
  readonly data: readonly { readonly domain: string; readonly users: number }[];
  readonly total: number;
}
