import { z } from 'zod';
import { uuid } from '../http/validation/fields.js';
import { pageSchema } from '../paging/page-schema.js';
import { EntityTags } from '../optimistic-locking/entity-tags.js';

export const orderStatuses = ['open', 'paid', 'shipped', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

const example = {
  id: '01941f2a-3c1e-7d05-9f6b-2f4f4f8f2c11',
  userId: '01941f29-b054-7577-8b9d-a674943f19e7',
  status: 'open',
  amount: 1999,
  currency: 'EUR',
  version: 1,
  createdAt: '2026-01-01T12:00:00.000Z',
  updatedAt: '2026-01-01T12:00:00.000Z',
};

/**
 * An order as the API, the cache and the repository exchange it: JSON-safe, so that the stored value is the sent value. It has the
 * id of its user and not the name: its ETag is its own version, and the name changes without that version.
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
  .meta({ id: 'Order', description: 'An order.', examples: [example] });
export type Order = z.output<typeof orderSchema>;

export const orderEtags = new EntityTags(orderSchema);

/** The answer of `GET /users/{userId}/orders`. */
export const ordersOfUserSchema = z
  .strictObject({
    user: z.strictObject({ id: uuid, name: z.string() }).readonly(),
    ...pageSchema(orderSchema).unwrap().shape,
  })
  .readonly()
  .meta({
    id: 'OrdersOfUser',
    description: 'A page of the orders of a user.',
    examples: [
      {
        user: { id: example.userId, name: 'Ada Lovelace' },
        data: [example],
        page: { limit: 20, nextCursor: null, hasMore: false },
      },
    ],
  });
export type OrdersOfUser = z.output<typeof ordersOfUserSchema>;
