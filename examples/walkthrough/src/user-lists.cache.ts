import { defineCache } from '@nuthatch/cache';
import { z } from 'zod';
import type { User } from './users.cache.js';

export const usersTag = 'users';
export const userNames = defineCache<readonly string[], { limit: number }>('users.names', {
  key: z.strictObject({ limit: z.int().max(100) }),
  ttl: '10s',
  tags: () => [usersTag],
});

export const userIdByEmail = defineCache<string>('users.byEmail', { ttl: '30s', negativeTtl: '5s' });

/** Short, for this demonstration. */
export const shortLived = defineCache<User>('users.shortLived', {
  ttl: '1s',
  staleWhileRevalidate: '3s',
  staleIfError: '1h',
});
