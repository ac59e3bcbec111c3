import { Logger } from '@nestjs/common';
import { requestPath } from '@nuthatch/observability';
import type { ProblemError } from '../problems/problem-error.js';

const logger = new Logger('Refused');

/** What is known of a request when it is refused: of bytes that are none, no more than its id. */
export interface Refused {
  readonly id: string;
  readonly method?: string;
  readonly originalUrl?: string;
}

/** The line of a request that is refused before it comes to what writes the lines of all others. */
export function logRefused({ code, status }: ProblemError, { id, method, originalUrl }: Refused): void {
  const path = originalUrl === undefined ? undefined : requestPath(originalUrl).slice(0, mostPathLength);
  logger.log({ requestId: id, method, path, status, msg: `request refused: ${code}` });
}

/** As in the lines of other requests. */
const mostPathLength = 200;
