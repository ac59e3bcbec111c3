import { defineCache } from '@nuthatch/cache';
import { userTag } from '../users/users.cache.js';
import { type Order, orderEtags, type OrdersOfUser } from './order.js';
import { orderId, ordersQuery, type OrdersQuery } from './orders.dto.js';

/** The whole cache policy of this module. */
export const orderById = defineCache<string, Order>({
  name: 'orders.byId',
  version: 1,
  key: orderId,
  ttl: '30s',
  staleWhileRevalidate: '5m',
  staleIfError: '1h',
  negativeTtl: '5s',
  etag: ({ version }) => orderEtags.of(version),
});

/** On every list of this user's orders: any write of one of them invalidates it, and no other user's list. */
export const ordersOf = (userId: string): string => `orders.of.${userId}`;

/** It holds the user's name beside the orders, so a write of the user invalidates it too. */
export const ordersPage = defineCache<OrdersQuery, OrdersOfUser>({
  name: 'orders.page',
  version: 1,
  key: ordersQuery,
  ttl: '10s',
  tags: ({ userId }) => [ordersOf(userId), userTag(userId)],
});
