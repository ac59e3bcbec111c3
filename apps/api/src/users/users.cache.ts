import { defineCache } from '@nuthatch/cache';
import type { Page } from '../paging/page.js';
import { entityTag, type User } from './user.js';
import { userId, usersQuery } from './users.dto.js';
import type { UsersQuery } from './users.dto.js';

/** The whole cache policy of this module. */
export const userById = defineCache<string, User>({
  name: 'users.byId',
  version: 1,
  key: userId,
  ttl: '30s',
  staleWhileRevalidate: '5m',
  staleIfError: '1h',
  negativeTtl: '5s',
  etag: ({ version }) => entityTag(version),
});

/** On everything that lists users: any write of one invalidates it. */
export const usersTag = 'users';

export const usersPage = defineCache<UsersQuery, Page<User>>({
  name: 'users.page',
  version: 1,
  key: usersQuery,
  ttl: '10s',
  tags: () => [usersTag],
});
