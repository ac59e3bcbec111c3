import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type IncomingMessage, Server as HttpServer, type ServerResponse } from 'node:http';
import type { Http2SecureServer, Http2Server, Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import { Server as HttpsServer } from 'node:https';
import { CLIENT_CLOSED_REQUEST } from '../../request/request-line.js';

type Http1Server = HttpServer | HttpsServer;
type Http2AnyServer = Http2Server | Http2SecureServer;

/** A request of Node. */
export type NodeRequest = IncomingMessage | Http2ServerRequest;
type NodeResponse = ServerResponse | Http2ServerResponse;

/** Receives the requests of a server. */
export interface RequestListener {
  /** Receives a request before anything else does. */
  arrived(request: NodeRequest): void;
  /** Receives a request whose response has been sent, or whose client has disconnected: the status is 499 then. */
  ended(request: NodeRequest, status: number, durationMs: number): void;
}

/** What Node publishes when a request arrives. */
interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly server: Http1Server;
}

/** Requests that arrived in one turn of the event loop, each before the one that had arrived last was answered. */
interface Arrivals {
  readonly at: number;
  last: Exchange;
  waiting: Exchange[];
}

const START = 'http.server.request.start';

/** The `setImmediate` of Node, captured before a test can install fake timers: a fake event loop would never turn. */
const realSetImmediate = setImmediate;
/** Unlike `queueMicrotask`, it makes no resource for `async_hooks`. */
const resolved = Promise.resolve();

/** Calls the listener for each request of a server, from the time the server listens until it is closed. */
export function listenToRequests(server: Http1Server | Http2AnyServer, listener: RequestListener): void {
  if (server instanceof HttpServer || server instanceof HttpsServer) subscribeToRequests(server, listener);
  else listenToStreams(server, listener);
}

function subscribeToRequests(server: Http1Server, listener: RequestListener): void {
  const times = new ResponseTimes(listener);
  const started = (message: unknown): void => {
    // Only Node publishes on this channel.
    const exchange = message as Exchange;
    if (exchange.server !== server && !hasSameListener(exchange.server, server)) return;
    listener.arrived(exchange.request);
    times.add(exchange);
  };
  server.on('listening', () => subscribe(START, started));
  server.on('close', () => unsubscribe(START, started));
}

/** Whether a server answers for another: Fastify has one per address of `localhost`. */
function hasSameListener(one: Http1Server, other: Http1Server): boolean {
  const listeners = new Set(other.listeners('request'));
  return one.listeners('request').some((listener) => listeners.has(listener));
}

/**
 * Times the responses of HTTP/1. A hit in memory is answered in the turn of the event loop in which it arrived, so only the requests
 * that are left after the turn get a listener. The clock is read once for all that arrived before the first of them was answered, and
 * once for all that were answered since: reading it, or a listener, costs more than the rest.
 */
class ResponseTimes {
  #turn: Arrivals[] = [];
  #latest: Arrivals | undefined;

  /**
   * An immediate that is scheduled after the promises and the ticks of a callback comes after theirs, which may answer the request: a
   * hit in memory waits for one.
   */
  readonly #afterPromises = (): void => process.nextTick(this.#afterTicks);
  readonly #afterTicks = (): void => void realSetImmediate(this.#endTurn);

  constructor(private readonly listener: RequestListener) {}

  add(exchange: Exchange): void {
    let arrivals = this.#latest;
    if (!arrivals || arrivals.last.response.writableFinished) arrivals = this.#begin(exchange);
    arrivals.last = exchange;
    arrivals.waiting.push(exchange);
  }

  #begin(last: Exchange): Arrivals {
    const now = performance.now();
    if (this.#latest) this.#end(this.#latest, now);
    else void resolved.then(this.#afterPromises);
    const arrivals = { at: now, last, waiting: [] };
    this.#turn.push(arrivals);
    this.#latest = arrivals;
    return arrivals;
  }

  readonly #endTurn = (): void => {
    const turn = this.#turn;
    this.#turn = [];
    this.#latest = undefined;
    const now = performance.now();
    for (const arrivals of turn) {
      this.#end(arrivals, now);
      for (const { request, response } of arrivals.waiting)
        endWhenClosed(request, response, arrivals.at, this.listener);
    }
  };

  /** Ends the requests that have been answered, and those of clients that have disconnected. */
  #end(arrivals: Arrivals, now: number): void {
    const waiting: Exchange[] = [];
    for (const exchange of arrivals.waiting) {
      const { request, response } = exchange;
      if (response.writableFinished || response.closed)
        this.listener.ended(request, statusOf(response), now - arrivals.at);
      else waiting.push(exchange);
    }
    arrivals.waiting = waiting;
  }
}

/** Node publishes nothing for HTTP/2. */
function listenToStreams(server: Http2AnyServer, listener: RequestListener): void {
  server.on('request', (request: Http2ServerRequest, response: Http2ServerResponse) => {
    listener.arrived(request);
    endWhenClosed(request, response, performance.now(), listener);
  });
}

function endWhenClosed(
  request: NodeRequest,
  response: NodeResponse,
  arrivedAt: number,
  listener: RequestListener,
): void {
  response.once('close', () => listener.ended(request, statusOf(response), performance.now() - arrivedAt));
}

/** Returns the status of a response that was sent or whose connection was lost. */
function statusOf(response: NodeResponse): number {
  return response.writableFinished ? response.statusCode : CLIENT_CLOSED_REQUEST;
}
