import { ProblemError } from '../http/problems/problem-error.js';

export class OrderNotFound extends ProblemError {
  override readonly name = 'OrderNotFound';

  constructor(readonly id: string) {
    super('order-not-found', `There is no order with the id ${id}.`);
  }
}
