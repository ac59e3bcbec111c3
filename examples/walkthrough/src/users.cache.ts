import { defineCache } from '@nuthatch/cache';
import { z } from 'zod';

export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly version: number;
}

export const userById = defineCache<User>('users.byId', {
  key: z.uuid(), // any string, without this line
  ttl: '30s',
  negativeTtl: '5s', // step 5
  etag: ({ version }) => String(version), // step 8
});
