import type { ConnectionError } from 'fastify';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { ProblemError, problemBody } from './problem-error.js';
import { problems, type ProblemCode } from './problem.js';

const codes: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** Bytes that Node could not read as a request: no route, no hook and no filter sees them, so they are answered here. */
export function refuseBrokenRequest(error: ConnectionError, socket: Socket): void {
  // After a reset nobody listens.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable) socket.write(brokenRequestAnswer(error.code, randomUUID()));
  socket.destroy();
}

export function brokenRequestAnswer(errorCode: string, requestId: string): string {
  const code = codes[errorCode] ?? 'malformed-request';
  const problem = new ProblemError(code, problems[code].meaning);
  const body = problemBody(problem, { requestId });
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Cache-Control: no-store',
    `X-Request-Id: ${requestId}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
