import { z } from 'zod';
import { uuid } from '../http/validation/fields.js';
import { pageSchema } from '../paging/page.js';
import { EntityTags } from '../versions/entity-tags.js';

export const orderStatuses = ['open', 'paid', 'shipped', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/**
 * An order as the API, the cache and the repository know it: JSON-safe, so that what is stored is what is sent. It names its
 * user by the id alone: its ETag speaks of its own version, and a name in it would change without that.
 */
export const orderSchema = z
  .strictObject({
    id: uuid,
    userId: uuid,
    status: z.enum(orderStatuses),
    amount: z.int().describe('In the smallest unit of the currency: 1999 is 19.99 EUR.'),
    currency: z.string().describe('ISO 4217.'),
    version: z.int(),
    createdAt: z.iso.datetime(),
    updatedAt: z.iso.datetime(),
  })
  .readonly()
  .meta({ id: 'Order', description: 'An order.' });
export type Order = z.output<typeof orderSchema>;

export const orderEtags = new EntityTags(1);

/** What `GET /users/{userId}/orders` answers. */
export const ordersOfUserSchema = z
  .strictObject({
    user: z.strictObject({ id: uuid, name: z.string() }).readonly(),
    ...pageSchema(orderSchema).unwrap().shape,
  })
  .readonly()
  .meta({ id: 'OrdersOfUser', description: 'A page of the orders of a user.' });
export type OrdersOfUser = z.output<typeof ordersOfUserSchema>;
