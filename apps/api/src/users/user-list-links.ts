import type { KeySource } from '@nuthatch/cache';
import { pageLinks } from '../paging/page-links.js';
import type { UserList } from './user-lists.js';
import { emailQuery, usersPageQuery } from './users.queries.js';

/** The headers of `GET /users` that say where to read on: a list of ids has no pages. */
export function listLinks(list: UserList, { query }: KeySource): Readonly<Record<string, string>> {
  if (!('page' in list)) return {};
  const canonical = 'email' in query ? emailQuery.parse(query) : usersPageQuery.parse(query);
  return pageLinks('/users', canonical, list.page);
}
