import type { IncomingMessage } from 'node:http';
import { ProblemError } from './problem-error.js';

/** RFC 9110 §9.2.1 */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE']);

/** No path parameter of ours is longer than a UUID; a longer one is a 414. */
export const mostParameterLength = 100;

/** What stands on every answer, whatever becomes of its request. */
export function firstHeaders({ id, method }: { readonly id: string; readonly method: string }): Record<string, string> {
  const headers = { 'x-request-id': id };
  // What a write answers is true of its moment. RFC 9110 §9.3.3 lets caches keep that of a POST.
  return SAFE_METHODS.has(method) ? headers : { ...headers, 'cache-control': 'no-store' };
}

/** RFC 9112 §3.2 */
export function hostProblem({ httpVersion, headers }: IncomingMessage): ProblemError | undefined {
  const nameless = httpVersion === '1.1' && headers.host === undefined;
  return nameless ? new ProblemError('malformed-request', 'The Host header is missing.') : undefined;
}
