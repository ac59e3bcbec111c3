import { defineCache } from '@nuthatch/cache';
import { type User, userEtags } from './user.js';
import type { UserList, UsersStats } from './user-lists.js';
import { emailKey, userId } from './users.dto.js';
import { statsQuery, type StatsQuery, usersPageQuery, type UsersPageQuery } from './users.queries.js';

/** The whole cache policy of this module. */
export const userById = defineCache<string, User>({
  name: 'users.byId',
  version: 1,
  key: userId,
  ttl: '30s',
  staleWhileRevalidate: '5m',
  staleIfError: '1h',
  negativeTtl: '5s',
  etag: ({ version }) => userEtags.of(version),
  lastModified: ({ updatedAt }) => updatedAt,
});

/** The id, not the user: so only what gives an address to somebody, or takes it away, has to touch it. */
export const userIdByEmail = defineCache<string, string>({
  name: 'users.byEmail',
  version: 1,
  key: emailKey,
  ttl: '30s',
  staleWhileRevalidate: '5m',
  staleIfError: '1h',
  negativeTtl: '5s',
});

/** On everything that lists users: any write of one invalidates it. */
export const usersTag = 'users';

/** On what holds this user beside other things, in any module: any write of the user invalidates it. */
export const userTag = (id: string): string => `users.${id}`;

/** Its key knows neither `ids` nor `email`: such lists are put together from the entries above, and have none of their own. */
export const usersPage = defineCache<UsersPageQuery, UserList>({
  name: 'users.page',
  version: 1,
  key: usersPageQuery,
  ttl: '10s',
  tags: () => [usersTag],
});

/** Without the tag: what costs this much, and each write throws away, is counted for nearly every reader. */
export const usersStats = defineCache<StatsQuery, UsersStats>({
  name: 'users.stats',
  version: 1,
  key: statsQuery,
  ttl: '30s',
  staleWhileRevalidate: '10m',
  staleIfError: '1h',
});
