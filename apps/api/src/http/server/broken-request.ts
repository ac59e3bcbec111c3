import type { ConnectionError } from 'fastify';
import { ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { ProblemError, problemBody } from '../problems/problem-error.js';
import { problems, type ProblemCode } from '../problems/problem.js';
import { logRefused } from './refused-request.js';

const codes: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** Bytes that Node could not read as a request: no route, no hook and no filter sees them, so they are answered here. */
export function refuseBrokenRequest(error: ConnectionError, socket: Socket): void {
  // After a reset nobody listens.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable && !owesAnswer(socket)) {
    const problem = brokenRequest(error.code);
    const id = randomUUID();
    socket.write(brokenRequestAnswer(problem, id));
    logRefused(problem, { id });
  }
  socket.destroy();
}

/** The client would take what is written now for the answer to a request before this one, or for a part of it. */
function owesAnswer(socket: Socket): boolean {
  // Node's own note of what it answers on this socket; there is no public one.
  const answer = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return answer instanceof ServerResponse && (answer.headersSent || answer.req.complete);
}

export function brokenRequest(errorCode: string): ProblemError {
  const code = codes[errorCode] ?? 'malformed-request';
  return new ProblemError(code, problems[code].meaning);
}

export function brokenRequestAnswer(problem: ProblemError, requestId: string): string {
  const body = problemBody(problem, { requestId });
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
