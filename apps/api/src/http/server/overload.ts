import type { IncomingMessage, ServerResponse } from 'node:http';
import { Logger } from '@nestjs/common';
import { withLoadShedding } from '@nuthatch/health';
import { RepeatedWarnings, requestPath, startRequestTime } from '@nuthatch/observability';
import type { FastifyInstance } from 'fastify';
import { noSniffing } from '../media-types.js';
import { ProblemError, problemBody } from '../problems/problem-error.js';
import { problems } from '../problems/problem-types.js';
import { requestId } from './request-hooks.js';

const PROBE = /^\/health(?:[/?]|$)/;
const warnings = new RepeatedWarnings(new Logger('Overload'));
/** Created once: the stack of an error costs more than the rest of the answer. */
const overloaded = new ProblemError('overloaded', problems.overloaded.meaning);

/** Refuses requests before the router while this instance is overloaded. Probes are always answered. */
export function shedLoad(server: FastifyInstance, publicPath: string): void {
  const listener = withLoadShedding((request, response) => server.routing(request, response), {
    server: server.server,
    isExempt: ({ url = '' }) => PROBE.test(url),
    arrived: (_request, response) => startRequestTime(response),
    refuse: (request, response) => refuse(request, response, publicPath),
  });
  server.server.removeAllListeners('request').on('request', listener);
}

/** A request that is refused has no log line of its own. */
function refuse(request: IncomingMessage, response: ServerResponse, publicPath: string): void {
  warnings.warn(
    'Requests are refused with 503 "overloaded": this instance has more requests than it can answer in time.',
  );
  const id = requestId(request);
  const body = problemBody(overloaded, { path: requestPath(request.url ?? '/'), requestId: id, publicPath });
  response.writeHead(overloaded.status, {
    ...noSniffing,
    'content-type': 'application/problem+json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'retry-after': '1',
    'x-request-id': id,
  });
  response.end(body);
}
