import { defineCache } from '@nuthatch/cache';
import {
  type User,
  userEtags,
  userSchema,
  type UsersPage,
  usersPageSchema,
  type UsersStats,
  usersStatsSchema,
} from './user.js';
import { emailKey, userId } from './users.dto.js';
import { statsQuery, type StatsQuery, usersPageQuery, type UsersPageQuery } from './users.queries.js';

/** The policy of an entry that is one user, whatever its key. */
const oneUser = {
  value: userSchema,
  ttl: '30s',
  staleWhileRevalidate: '5m',
  staleIfError: '1h',
  negativeTtl: '5s',
  etag: ({ version }: User) => userEtags.of(version),
  lastModified: ({ updatedAt }: User) => updatedAt,
} as const;

export const userById = defineCache<User>('users.byId', {
  key: userId,
  ...oneUser,
  from: { table: 'users', key: 'id' },
});

/** The same user under its e-mail address. Every write of a user invalidates the addresses before and after it. */
export const userByEmail = defineCache<User>('users.byEmail', {
  version: 2,
  key: emailKey,
  ...oneUser,
  from: { table: 'users', key: 'email' },
});

/** The tag of every list of users: each write of a user invalidates it. */
export const usersTag = 'users';

/** The tag of entries of any module that hold this user beside other data: each write of the user invalidates it. */
export const userTag = (id: string): string => `users.${id}`;

export const usersPage = defineCache<UsersPage, UsersPageQuery>('users.page', {
  key: usersPageQuery,
  value: usersPageSchema,
  ttl: '10s',
  tags: () => [usersTag],
  from: { table: 'users', tags: [usersTag] },
});

/** Has no tag and no table: the statistics scan the table, and otherwise every write would cause a new scan. */
export const usersStats = defineCache<UsersStats, StatsQuery>('users.stats', {
  key: statsQuery,
  value: usersStatsSchema,
  ttl: '30s',
  staleWhileRevalidate: '10m',
  staleIfError: '1h',
});
