import { Logger } from '@nestjs/common';
import { requestPath, traceIdOf } from '@nuthatch/observability';
import type { IncomingHttpHeaders } from 'node:http';
import type { ProblemError } from '../problems/problem-error.js';

const logger = new Logger('Refused');

/** The known facts about a refused request. An unreadable request has an id only. */
export interface Refused {
  readonly id: string;
  readonly method?: string;
  readonly originalUrl?: string;
  readonly headers?: IncomingHttpHeaders;
}

/** Logs a request that is refused before the request logger sees it. */
export function logRefusal({ code, status }: ProblemError, { id, method, originalUrl, headers }: Refused): void {
  const path = originalUrl === undefined ? undefined : requestPath(originalUrl).slice(0, mostPathLength);
  const traceId = traceIdOf(headers?.traceparent);
  logger.log({ requestId: id, traceId, method, path, status, msg: `request refused: ${code}` });
}

/** The same limit as in the lines of other requests. */
const mostPathLength = 200;
