import type { ServerResponse } from 'node:http';
import { startTime } from 'pino-http';

/**
 * Starts the `durationMs` of a request. Call it when the request arrives, if it may wait before the middleware of the logger runs.
 * Without a call, the middleware starts the time.
 */
export function startRequestTime(response: ServerResponse): void {
  response[startTime] = Date.now();
}
