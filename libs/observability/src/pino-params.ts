import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RequestMethod } from '@nestjs/common';
import type { Params } from 'nestjs-pino';
import { destination, stdTimeFunctions } from 'pino';
import type { Options } from 'pino-http';
import { loggedError } from './logged-error.js';
import { maskEmails } from './mask-emails.js';
import type { ObservabilityOptions } from './observability-options.js';
import { requestLevel, requestLine } from './request/request-line.js';
import { textLines } from './text-lines.js';

/** The default of nestjs-pino, `{/*splat}`, matches no route on Fastify with Nest 12. */
const EVERY_ROUTE = [{ path: '{*splat}', method: RequestMethod.ALL }];

/** Returns the parameters of nestjs-pino for our options. */
export function pinoParams(options: ObservabilityOptions): Params {
  return {
    pinoHttp: [
      pinoHttpOptions(options),
      options.destination ?? (options.format === 'text' ? textLines() : destination(1)),
    ],
    forRoutes: options.level === 'silent' ? [] : EVERY_ROUTE,
  };
}

function pinoHttpOptions({ level }: ObservabilityOptions): Options {
  return {
    level,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: maskEmails },
    // A log call may contain a request, whose headers contain tokens and cookies.
    redact: { paths: ['headers', '*.headers'], remove: true },
    // pino-http gives each request a logger with the whole request, socket included, which is rendered although nothing uses it.
    serializers: { err: loggedError, req: () => undefined },
    // Otherwise the serializer of pino-http runs first and copies every property of an error.
    wrapSerializers: false,
    genReqId: requestId,
    // Lines written during a request contain its id only, not the request.
    quietReqLogger: true,
    quietResLogger: true,
    customAttributeKeys: { reqId: 'requestId' },
    customLogLevel: requestLevel,
    customSuccessObject: (request, response, { responseTime }: Timed) => requestLine(request, response, responseTime),
    customErrorObject: (request, response, _error, { responseTime }: Timed) =>
      requestLine(request, response, responseTime),
    customSuccessMessage: message,
    customErrorMessage: message,
  };
}

interface Timed {
  readonly responseTime: number;
}

/** Returns the request id for frameworks that assign none: Express. Fastify assigns one. */
function requestId(request: IncomingMessage): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && /^[A-Za-z0-9._-]{8,128}$/.test(sent) ? sent : randomUUID();
}

const message = (_request: IncomingMessage, response: ServerResponse): string =>
  response.writableFinished ? 'request completed' : 'request aborted';
