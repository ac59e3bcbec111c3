import { z } from 'zod';
import { currency } from '../http/validation/currency.js';
import { notAnObject, uuid, wholeNumber } from '../http/validation/fields.js';
import { pageQuery } from '../paging/page-query.js';
import { orderStatuses } from './order.js';

export const orderId = uuid;

/** The largest integer of PostgreSQL. */
const mostAmount = 2_147_483_647;

const status = z.enum(orderStatuses, { error: `Must be one of ${orderStatuses.join(', ')}.` });
const amount = wholeNumber(1, mostAmount);

/** The body of POST. */
export const createOrderSchema = z
  .strictObject({ amount, currency }, { error: notAnObject })
  .meta({ id: 'CreateOrder', examples: [{ amount: 1999, currency: 'EUR' }] });
export type CreateOrder = z.output<typeof createOrderSchema>;

/** The body of PATCH, a merge patch (RFC 7396): an absent member stays as it is, and no member can be removed. */
export const updateOrderSchema = z
  .strictObject({ status, amount, currency }, { error: notAnObject })
  .partial()
  .meta({ id: 'UpdateOrder', examples: [{ status: 'paid' }] });
export type UpdateOrder = z.output<typeof updateOrderSchema>;

/** The key of a page of the orders of a user. */
export const ordersQuery = z.strictObject({ userId: uuid, page: pageQuery });
export type OrdersQuery = z.output<typeof ordersQuery>;
