import { defineCache } from '@nuthatch/cache';
import { userTag } from '../users/users.cache.js';
import { type Order, orderEtags, orderSchema, type OrdersOfUser, ordersOfUserSchema } from './order.js';
import { orderId, ordersQuery, type OrdersQuery } from './orders.dto.js';

export const orderById = defineCache<Order>('orders.byId', {
  key: orderId,
  value: orderSchema,
  ttl: '30s',
  staleWhileRevalidate: '5m',
  staleIfError: '1h',
  negativeTtl: '5s',
  etag: ({ version }) => orderEtags.of(version),
  from: { table: 'orders', key: 'id' },
});

/** The tag of the pages of one user's orders: each write of one of these orders invalidates it, and no page of another user. */
export const ordersTag = (userId: string): string => `orders.of.${userId}`;

/** A page also contains the name of the user, so a write of the user invalidates it too. */
export const ordersPage = defineCache<OrdersOfUser, OrdersQuery>('orders.page', {
  key: ordersQuery,
  value: ordersOfUserSchema,
  ttl: '10s',
  tags: ({ userId }) => [ordersTag(userId), userTag(userId)],
  from: [
    { table: 'orders', tags: [ordersTag('{user_id}')] },
    { table: 'users', tags: [userTag('{id}')] },
  ],
});
