import { z } from 'zod';
import { notAnObject, uuid, wholeNumber } from '../http/validation/fields.js';
import { pageQuery } from '../paging/page-query.js';
import { orderStatuses } from './order.js';

export const orderId = uuid;

/** What PostgreSQL's integer holds. */
const mostAmount = 2_147_483_647;

const status = z.enum(orderStatuses, { error: `Must be one of ${orderStatuses.join(', ')}.` });
const amount = wholeNumber(1, mostAmount);
const currency = z
  .string({ error: 'Must be text.' })
  .regex(/^[A-Z]{3}$/, 'Must be a code of three capital letters (ISO 4217).');

/** The body of POST. */
export const orderDetails = z.strictObject({ amount, currency }, { error: notAnObject }).meta({ id: 'OrderDetails' });
export type OrderDetails = z.output<typeof orderDetails>;

/** A merge patch (RFC 7396): an absent member stays as it is, and none can be removed. */
export const orderChange = z
  .strictObject({ status, amount, currency }, { error: notAnObject })
  .partial()
  .meta({ id: 'OrderChange' });
export type OrderChange = z.output<typeof orderChange>;

/** Which page of whose orders: the key of the list. */
export const ordersQuery = z.strictObject({ userId: uuid, page: pageQuery });
export type OrdersQuery = z.output<typeof ordersQuery>;
