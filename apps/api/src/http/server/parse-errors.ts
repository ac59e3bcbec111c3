import type { ConnectionError } from 'fastify';
import { ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { ProblemError, problemBody } from '../problems/problem-error.js';
import { problems, type ProblemCode } from '../problems/problem-types.js';
import { logRefusal } from './refusal-log.js';

const codes: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** Answers bytes that Node cannot parse as a request. They reach no route, hook or filter. */
export function answerParseError(error: ConnectionError, socket: Socket, publicPath: string): void {
  // After a reset the client receives nothing.
  if (error.code === 'ECONNRESET' || socket.destroyed) return;
  if (socket.writable && !owesAnswer(socket)) {
    const problem = parseProblem(error.code);
    const id = randomUUID();
    socket.write(parseErrorAnswer(problem, id, publicPath));
    logRefusal(problem, { id });
  }
  socket.destroy();
}

/** Whether an earlier answer is incomplete. The client would take the next bytes for a part of that answer. */
function owesAnswer(socket: Socket): boolean {
  // Node keeps the current answer of a socket in a private property. There is no public one.
  const answer = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return answer instanceof ServerResponse && (answer.headersSent || answer.req.complete);
}

export function parseProblem(errorCode: string): ProblemError {
  const code = codes[errorCode] ?? 'malformed-request';
  return new ProblemError(code, problems[code].meaning);
}

export function parseErrorAnswer(problem: ProblemError, requestId: string, publicPath = ''): string {
  const body = problemBody(problem, { requestId, publicPath });
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
