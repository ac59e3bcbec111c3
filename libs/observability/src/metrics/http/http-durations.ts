import type { AbstractHttpAdapter } from '@nestjs/core';
import { Histogram } from '@nuthatch/cache';
import { sampledSpanOf } from '../../request/trace-id.js';
import { durationSamples, type Family, type Labels } from '../family.js';
import { listenToRequests, type NodeRequest, type RequestListener } from './response-times.js';
import { keepPatterns, patternOf, reservePattern, type RoutedRequest } from './route-pattern.js';

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

/** The parts of a request of Node that are needed here. */
type TimedRequest = Pick<NodeRequest, 'method' | 'headers'> & RoutedRequest;

interface Series {
  readonly method: string;
  readonly status: number;
  readonly labels: Labels;
  readonly histogram: Histogram;
}

/** Counts the responses of the server, and how long they took, by method, route and status. */
export class HttpDurations implements RequestListener {
  /** By the pattern of the route, which is empty if no route has answered. */
  readonly #series = new Map<string, Series[]>();

  /** Records every response of the server. Call it before the first route is added. */
  install(adapter: AbstractHttpAdapter): void {
    keepPatterns(adapter);
    listenToRequests(adapter.getHttpServer(), this);
  }

  arrived(request: TimedRequest): void {
    reservePattern(request);
  }

  ended(request: TimedRequest, status: number, durationMs: number): void {
    const { method = '', headers } = request;
    const known = METHODS.has(method) ? method : OTHER_METHOD;
    const route = patternOf(request) ?? '';
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
