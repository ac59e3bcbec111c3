import { ProblemError } from '../http/problems/problem-error.js';

/** The database rolled the work back because of concurrent transactions, each time that it was repeated. Nothing was written. */
export class TransactionConflict extends ProblemError {
  override readonly name = 'TransactionConflict';

  constructor(options?: ErrorOptions) {
    super('overloaded', 'The request conflicts with others, and the database rolled it back.', {
      ...options,
      headers: { 'retry-after': '1' },
    });
  }
}
