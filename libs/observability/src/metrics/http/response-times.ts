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

interface Unanswered {
  readonly request: IncomingMessage;
  readonly startedAt: number;
}

/** A connection, with a member for each application of the process. A `WeakMap` of the connections would take as long as the rest. */
type Connection = Socket & { [application: symbol]: Unanswered[] | undefined };

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
  /** The requests of a connection that wait for their response: Node responds in the order of the requests (RFC 9112 §9.3.2). */
  const unansweredOf = Symbol('unanswered');

  function connected(socket: Connection): Unanswered[] {
    const unanswered: Unanswered[] = [];
    socket[unansweredOf] = unanswered;
    socket.once('close', () => {
      for (const { request, startedAt } of unanswered.splice(0)) ended(request, CLIENT_CLOSED_REQUEST, startedAt);
    });
    return unanswered;
  }

  function started(message: unknown): void {
    // Only Node publishes on these channels.
    const { request, socket, server: receiver } = message as Exchange;
    if (receiver !== server && !hasSameListener(receiver, server)) return;
    const unanswered = socket[unansweredOf] ?? connected(socket);
    unanswered.push({ request, startedAt: performance.now() });
  }

  function finished(message: unknown): void {
    const { response, socket } = message as Exchange;
    const first = socket[unansweredOf]?.shift();
    if (first) ended(first.request, response.statusCode, first.startedAt);
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
