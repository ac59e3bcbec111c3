import type { ConnectionError } from 'fastify';
import { AsyncLocalStorage } from 'node:async_hooks';
import { type Server, ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { randomUUID } from 'node:crypto';
import { ProblemError, problemBody } from '../problems/problem-error.js';
import { problems, type ProblemCode } from '../problems/problem-types.js';
import { logRefusal, type Refused } from './refusal-log.js';
import { requestId } from './request-hooks.js';

const codes: Readonly<Record<string, ProblemCode>> = {
  ERR_HTTP_REQUEST_TIMEOUT: 'request-timeout',
  HPE_HEADER_OVERFLOW: 'headers-too-large',
};

/** Answers bytes that Node cannot parse as a request. They reach no route, hook or filter. */
export function answerParseError(error: ConnectionError, socket: Socket, publicPath: string): void {
  // After a reset the client receives nothing.
  if (error.code !== 'ECONNRESET') answerOnSocket(socket, parseProblem(error), { id: randomUUID() }, publicPath);
}

/** Answers CONNECT with 501 (RFC 9110 §15.6.2). Node passes it to no route, and closes its connection without a listener. */
export function answerConnect(server: Server, publicPath: string): void {
  const problem = new ProblemError('not-implemented', 'CONNECT is not implemented, because this server is no proxy.');
  server.on('connect', (request, socket: Socket) => {
    // Node listens no longer, and the client may reset the connection.
    socket.on('error', () => socket.destroy());
    const refused = { id: requestId(request), method: 'CONNECT', headers: request.headers };
    answerOnSocket(socket, problem, refused, publicPath);
  });
}

/** Writes a problem without Node's help, after the answers to earlier requests, and closes the connection. */
function answerOnSocket(socket: Socket, problem: ProblemError, refused: Refused, publicPath: string): void {
  if (socket.destroyed) return;
  const answer = currentAnswer(socket);
  if (answer?.req.complete) {
    // The complete request is answered first. Bytes after these would be another error.
    socket.pause();
    // Not in the context of that request, whose id its log lines have.
    answer.once(
      'close',
      AsyncLocalStorage.bind(() => answerOnSocket(socket, problem, refused, publicPath)),
    );
    return;
  }
  // After the headers, the client would take the problem for a part of that answer.
  if (socket.writable && !answer?.headersSent) {
    socket.write(parseErrorAnswer(problem, refused.id, publicPath));
    logRefusal(problem, refused);
  }
  socket.destroy();
}

/** Returns the answer that the socket waits for, the first one of several. */
function currentAnswer(socket: Socket): ServerResponse | undefined {
  // Node keeps it in a private property. There is no public one.
  const answer = '_httpMessage' in socket ? socket._httpMessage : undefined;
  return answer instanceof ServerResponse ? answer : undefined;
}

export function parseProblem(error: ParseError): ProblemError {
  const code = hasUnknownMethod(error) ? 'not-implemented' : (codes[error.code] ?? 'malformed-request');
  return new ProblemError(code, problems[code].meaning);
}

/** An error of Node's parser. The packet is a Buffer, unlike its type in Fastify. */
interface ParseError {
  readonly code: string;
  readonly bytesParsed?: number;
  readonly rawPacket?: unknown;
}

/** A token (RFC 9110 §5.6.2), a target and a version. */
const requestLine = /^[\w!#$%&'*+.^`|~-]+ \S+ HTTP\/1\.[01]\r?\n/;

/** Whether the parser stopped in a request line because of its method (RFC 9110 §9.1), not in bytes that are no request at all. */
function hasUnknownMethod({ code, bytesParsed = 0, rawPacket }: ParseError): boolean {
  if (code !== 'HPE_INVALID_METHOD' || !Buffer.isBuffer(rawPacket)) return false;
  const text = rawPacket.toString('latin1');
  return requestLine.test(text.slice(text.lastIndexOf('\n', bytesParsed - 1) + 1));
}

export function parseErrorAnswer(problem: ProblemError, id: string, publicPath = ''): string {
  const body = problemBody(problem, { requestId: id, publicPath });
  return [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    'Content-Type: application/problem+json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'X-Content-Type-Options: nosniff',
    'Cache-Control: no-store',
    `X-Request-Id: ${id}`,
    'Connection: close',
    '',
    body,
  ].join('\r\n');
}
