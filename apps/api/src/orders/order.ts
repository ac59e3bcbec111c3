import type { Page } from '../paging/page.js';
import { EntityTags } from '../versions/entity-tags.js';

export const orderStatuses = ['open', 'paid', 'shipped', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/**
 * An order as the API, the cache and the repository know it: JSON-safe, so that what is stored is what is sent. It names its
 * user by the id alone: its ETag speaks of its own version, and a name in it would change without that.
 */
export interface Order {
  readonly id: string;
  readonly userId: string;
  readonly status: OrderStatus;
  /** In the smallest unit of the currency: 1999 is 19.99 EUR. */
  readonly amount: number;
  /** ISO 4217. */
  readonly currency: string;
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

export const orderEtags = new EntityTags(1);

/** What `GET /users/{userId}/orders` answers. */
export interface OrdersOfUser extends Page<Order> {
  readonly user: { readonly id: string; readonly name: string };
}
