import { type ArgumentsHost, Catch, type ExceptionFilter, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ProblemError, problemBody } from './problem-error.js';
import { toProblem } from './to-problem.js';

/** Every error leaves through here, as `application/problem+json`. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  catch(error: unknown, host: ArgumentsHost): void {
    const request = host.switchToHttp().getRequest<FastifyRequest>();
    const reply = host.switchToHttp().getResponse<FastifyReply>();
    const problem = toProblem(error);
    if (problem.code === 'internal') this.logger.error(error, `request ${request.id}`);
    else if (problem.status >= 500) this.logger.warn(`request ${request.id}: ${problem.code}, ${causeOf(problem)}`);
    sendProblem(problem, request, reply);
  }
}

export function sendProblem(problem: ProblemError, request: FastifyRequest, reply: FastifyReply): void {
  // Headers set for the answer that was meant to be do not describe this one.
  for (const name of ['etag', 'last-modified', 'location']) reply.removeHeader(name);
  // What the cache found is what is answered only where it found that there is nothing.
  if (problem.status !== 404) for (const name of ['cache-status', 'x-cache']) reply.removeHeader(name);
  const path = request.url.split('?', 1)[0] ?? '';
  void reply
    .status(problem.status)
    .headers({ 'x-request-id': request.id, 'cache-control': 'no-store', ...problem.headers })
    .type('application/problem+json')
    .send(problemBody(problem, { path, requestId: request.id }));
}

function causeOf({ cause }: ProblemError): string {
  return cause instanceof Error ? cause.message : 'not ready yet';
}
