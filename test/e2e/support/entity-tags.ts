import { orderEtags } from '../../../apps/api/src/orders/order.js';
import { userEtags } from '../../../apps/api/src/users/user.js';

/** Returns the strong entity tag of a version of a user, in quotes. */
export const userTag = (version: number): string => `"${userEtags.of(version)}"`;

/** Returns the strong entity tag of a version of an order, in quotes. */
export const orderTag = (version: number): string => `"${orderEtags.of(version)}"`;
