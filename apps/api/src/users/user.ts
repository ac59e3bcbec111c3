import { EntityTags } from '../versions/entity-tags.js';

/** A user as the API, the cache and the repository know it: JSON-safe, so that what is stored is what is sent. */
export interface User {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const userEtags = new EntityTags(1);
