import type { AbstractHttpAdapter } from '@nestjs/core';
import { Histogram } from '@nuthatch/cache';
import { sampledSpanOf } from '../../request/trace-id.js';
import { durationSamples, type Family, type Labels } from '../family.js';
import { type EndedRequest, onResponse } from './response-times.js';

/** The methods of RFC 9110 and RFC 5789. The others share one label, because a client can send any word. */
const METHODS: ReadonlySet<string> = new Set([
  'GET',
  'HEAD',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'OPTIONS',
  'TRACE',
  'CONNECT',
]);
const OTHER_METHOD = '_OTHER';

const PATTERN = Symbol('routePattern');

type Hook = (request: { readonly raw: RoutedRequest }, reply: unknown, done: () => void) => void;

/** The parts of Fastify that are needed here. */
interface FastifyRoute {
  readonly url: string;
  onRequest?: Hook | Hook[] | undefined;
}

interface FastifyInstance {
  addHook(name: 'onRoute', hook: (route: FastifyRoute) => void): unknown;
}

/** A request of Node, with the members that a router leaves on it. */
type RoutedRequest = Pick<EndedRequest, 'method' | 'headers'> & {
  [PATTERN]?: string;
  /** Express sets this and `route`. */
  readonly baseUrl?: string;
  readonly route?: { readonly path?: unknown };
};

interface Series {
  readonly method: string;
  readonly status: number;
  readonly labels: Labels;
  readonly histogram: Histogram;
}

/** Counts the responses of the server, and how long they took, by method, route and status. */
export class HttpDurations {
  /** By the pattern of the route, which is empty if no route has answered. */
  readonly #series = new Map<string, Series[]>();

  /** Records every response of the server. Call it before the first route is added. */
  install(adapter: AbstractHttpAdapter): void {
    if (adapter.getType() === 'fastify') keepRoutes(adapter.getInstance());
    onResponse(adapter.getHttpServer(), (request, status, startedAt) =>
      this.record(request, status, performance.now() - startedAt),
    );
  }

  record(request: RoutedRequest, status: number, durationMs: number): void {
    const { method = '', headers, [PATTERN]: pattern } = request;
    const known = METHODS.has(method) ? method : OTHER_METHOD;
    // The pattern, never the path.
    const route = pattern ?? expressPattern(request) ?? '';
    // A route has a handful of series: a search costs less than a name for the lookup.
    const found = this.#series.get(route)?.find((series) => series.status === status && series.method === known);
    const { histogram } = found ?? this.#addSeries(known, route, status);
    histogram.record(durationMs);
    const span = headers.traceparent === undefined ? undefined : sampledSpanOf(headers.traceparent);
    if (span) histogram.explain({ ...span, ms: durationMs, at: Date.now() });
  }

  /** Returns the metric with its present values. */
  readonly metrics = (): readonly Family[] => [
    {
      name: 'http_server_request_duration_seconds',
      type: 'histogram',
      help: 'Duration of requests, until the response was sent. Status 499: the client disconnected before.',
      samples: [...this.#series.values()].flat().flatMap(({ labels, histogram }) => durationSamples(labels, histogram)),
    },
  ];

  #addSeries(method: string, route: string, status: number): Series {
    const labels = { http_request_method: method, http_route: route, http_response_status_code: String(status) };
    const series = { method, status, labels, histogram: new Histogram() };
    this.#series.set(route, [...(this.#series.get(route) ?? []), series]);
    return series;
  }
}

/**
 * Leaves the pattern of its route on the request of Node. Each route has a hook of its own, because Fastify makes a new object each time
 * that the options of a request's route are read.
 */
function keepRoutes(server: FastifyInstance): void {
  server.addHook('onRoute', (route) => {
    const { url } = route;
    const keep: Hook = ({ raw }, _reply, done) => {
      raw[PATTERN] = url;
      done();
    };
    route.onRequest = [keep, route.onRequest ?? []].flat();
  });
}

/** Returns the pattern of the route that answered on Express; `undefined` if none has. */
function expressPattern({ baseUrl = '', route }: RoutedRequest): string | undefined {
  return typeof route?.path === 'string' ? `${baseUrl}${route.path}` : undefined;
}
