import type { AbstractHttpAdapter } from '@nestjs/core';
import { sampledSpanOf } from '../../request/trace-id.js';
import type { Family } from '../family.js';
import { keepRoutes, reserveRoute, type RoutedRequest, routeOf } from './request-route.js';
import { listenToRequests, type NodeRequest, type RequestListener } from './response-times.js';
import { RouteDurations } from './route-durations.js';

/** The parts of a request of Node that are needed here. */
type TimedRequest = Pick<NodeRequest, 'method' | 'headers'> & RoutedRequest;

/** Counts the responses of the server, and how long they took, by method, route and status. */
export class HttpDurations implements RequestListener {
  /** By the pattern, which is empty if no route has answered. */
  readonly #routes = new Map<string, RouteDurations>();
  readonly #find = (pattern: string): RouteDurations => {
    const route = this.#routes.get(pattern) ?? new RouteDurations(pattern);
    this.#routes.set(pattern, route);
    return route;
  };

  /** Records every response of the server. Call it before the first route is added. */
  install(adapter: AbstractHttpAdapter): void {
    keepRoutes(adapter, this.#find);
    listenToRequests(adapter.getHttpServer(), this);
  }

  arrived(request: TimedRequest): void {
    reserveRoute(request);
  }

  ended(request: TimedRequest, status: number, durationMs: number): void {
    const { method = '', headers } = request;
    const histogram = routeOf(request, this.#find).histogram(method, status);
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
      samples: [...this.#routes.values()].flatMap((route) => route.samples()),
    },
  ];
}
