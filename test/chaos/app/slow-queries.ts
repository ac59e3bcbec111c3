import type { INestApplication } from '@nestjs/common';
import { OrdersRepository } from '../../../apps/api/src/orders/orders.repository.js';
import { UsersListRepository } from '../../../apps/api/src/users/users-list.repository.js';
import { UsersRepository } from '../../../apps/api/src/users/users.repository.js';
import type { Origin } from '../../consistency/processes/worker/origin.js';

/** Makes some queries of the application slow, and counts its loads. */
export function slowQueries(app: INestApplication, origin: Origin): void {
  const loads =
    <A extends unknown[], T>(query: (...args: A) => Promise<T>) =>
    (...args: A) =>
      origin.load(() => query(...args));
  const [users, lists, orders] = [app.get(UsersRepository), app.get(UsersListRepository), app.get(OrdersRepository)];
  users.findById = loads(users.findById.bind(users));
  users.findByIds = loads(users.findByIds.bind(users));
  users.findByEmail = loads(users.findByEmail.bind(users));
  lists.findAfter = loads(lists.findAfter.bind(lists));
  orders.findAfter = loads(orders.findAfter.bind(orders));
  const update = users.update.bind(users);
  users.update = (...args) => origin.change(() => update(...args));
}
