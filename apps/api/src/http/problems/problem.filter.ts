import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import { RepeatedWarnings, requestPath } from '@nuthatch/observability';
import { acceptPatch, noSniffing } from '../media-types.js';
import { ProblemError, problemBody } from './problem-error.js';
import type { Reply } from './reply.js';
import { toProblem } from './to-problem.js';

interface Asked {
  readonly id: string;
  readonly method: string;
  readonly originalUrl: string;
}

/** Sends every error as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);
  private readonly warnings = new RepeatedWarnings(this.logger);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<Asked>();
    const reply = host.switchToHttp().getResponse<Reply>();
    const problem = toProblem(error);
    if (problem.code === 'internal') this.logger.error(error, `request ${request.id}`);
    else if (problem.status === 503) this.warnings.warn(`${problem.code}: ${causeOf(problem)}`);
    sendProblem(problem, request, reply);
  }
}

export function sendProblem(problem: ProblemError, { id, method, originalUrl }: Asked, reply: Reply): void {
  // Headers of the intended answer do not describe this one. A 412 keeps the ETag of the current version.
  const described = problem.status === 412 ? ['last-modified', 'location'] : ['etag', 'last-modified', 'location'];
  for (const name of described) reply.removeHeader(name);
  // Only a 404 can come from the cache.
  if (problem.status !== 404) for (const name of ['cache-status', 'x-cache']) reply.removeHeader(name);
  reply.status(problem.status);
  // RFC 5789 §2.2: a 415 to PATCH lists the supported media types.
  const patches = problem.status === 415 && method === 'PATCH' ? acceptPatch : {};
  const headers = { 'x-request-id': id, ...noSniffing, 'cache-control': 'no-store', ...patches, ...problem.headers };
  for (const [name, value] of Object.entries(headers)) reply.header(name, value);
  reply.header('content-type', 'application/problem+json');
  const { publicPath } = reply;
  reply.send(problemBody(problem, { path: requestPath(originalUrl), requestId: id, publicPath }));
}

function causeOf({ cause }: ProblemError): string {
  return cause instanceof Error ? cause.message : 'not ready yet';
}
