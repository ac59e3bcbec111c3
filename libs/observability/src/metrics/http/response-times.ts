import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, Server as HttpServer, type ServerResponse } from 'node:http';
import type { Http2SecureServer, Http2Server, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Server as HttpsServer } from 'node:https';
import type { Socket } from 'node:net';
import { CLIENT_CLOSED_REQUEST } from '../../request/request-line.js';

type Http1Server = HttpServer | HttpsServer;
type Http2AnyServer = Http2Server | Http2SecureServer;

/** A request of Node whose response has ended. */
export type EndedRequest = IncomingMessage | Http2ServerRequest;

/** Receives a request whose response has just been sent, or whose client has disconnected: the status is 499 then. */
type Ended = (request: EndedRequest, status: number, startedAt: number) => void;

/** What Node publishes when a request arrives, and when its response was sent. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly socket: Connection;
  readonly server: Http1Server;
}

/** A request that waits for its response: Node responds in the order of the requests of a connection (RFC 9112 §9.3.2). */
interface Unanswered {
  readonly request: IncomingMessage;
  readonly startedAt: number;
  next: Unanswered | undefined;
  /** The end of the queue that this one begins; `undefined` if it is alone. */
  last: Unanswered | undefined;
}

/**
 * A connection, with a member for each application of the process: the first of its requests without a response, and `null` between
 * requests. A `WeakMap` of the connections, or an array per connection, would take as long as the rest.
 */
type Connection = Socket & { [application: symbol]: Unanswered | null | undefined };

const START = 'http.server.request.start';
const FINISH = 'http.server.response.finish';

/** Calls `ended` for each response of a server, from the time it listens until it is closed. */
export function onResponse(server: Http1Server | Http2AnyServer, ended: Ended): void {
  if (server instanceof HttpServer || server instanceof HttpsServer) subscribeToResponses(server, ended);
  else listenToResponses(server, ended);
}

/**
 * Subscribes to the channels on which Node publishes each exchange: listeners of each response would cost more than all else here. No
 * channel has the responses that a client did not wait for, so each connection has one listener.
 */
function subscribeToResponses(server: Http1Server, ended: Ended): void {
  const unanswered = Symbol('unanswered');

  function disconnected(this: Connection): void {
    for (let left = this[unanswered]; left; left = left.next)
      ended(left.request, CLIENT_CLOSED_REQUEST, left.startedAt);
    this[unanswered] = null;
  }

  function started(message: unknown): void {
    // Only Node publishes on these channels.
    const { request, socket, server: receiver } = message as Exchange;
    if (receiver !== server && !hasSameListener(receiver, server)) return;
    const first = socket[unanswered];
    const own: Unanswered = { request, startedAt: performance.now(), next: undefined, last: undefined };
    if (first) {
      (first.last ?? first).next = own;
      first.last = own;
      return;
    }
    if (first === undefined) socket.once('close', disconnected);
    socket[unanswered] = own;
  }

  function finished(message: unknown): void {
    const { response, socket } = message as Exchange;
    const first = socket[unanswered];
    if (!first) return;
    const { request, startedAt, next, last } = first;
    if (next) next.last = last;
    socket[unanswered] = next ?? null;
    ended(request, response.statusCode, startedAt);
  }

  server.on('listening', () => {
    subscribe(START, started);
    subscribe(FINISH, finished);
  });
  server.on('close', () => {
    unsubscribe(START, started);
    unsubscribe(FINISH, finished);
  });
}

/** Whether a server answers for another: Fastify has one per address of `localhost`. */
function hasSameListener(one: Http1Server, other: Http1Server): boolean {
  const listeners = new Set(other.listeners('request'));
  return one.listeners('request').some((listener) => listeners.has(listener));
}

/** Node publishes nothing for HTTP/2. */
function listenToResponses(server: Http2AnyServer, ended: Ended): void {
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    const startedAt = performance.now();
    response.once('close', () => {
      const status = response.writableEnded ? response.statusCode : CLIENT_CLOSED_REQUEST;
      ended(request, status, startedAt);
    });
  });
}
