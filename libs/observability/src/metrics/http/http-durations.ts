import { Histogram } from '@nuthatch/cache';
import { sampledSpanOf } from '../../request/trace-id.js';
import { durationSamples, type Family, type Labels } from '../family.js';

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

/** One response. */
export interface Responded {
  readonly method: string | undefined;
  /** The pattern of the route; `undefined` if no route has answered. Never the path of the request. */
  readonly route: string | undefined;
  readonly status: number;
  readonly durationMs: number;
  /** The `traceparent` field of the request. */
  readonly traceparent: string | string[] | undefined;
}

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

  record({ method = '', route = '', status, durationMs, traceparent }: Responded): void {
    const { histogram } = this.#seriesOf(METHODS.has(method) ? method : OTHER_METHOD, route, status);
    histogram.record(durationMs);
    const span = sampledSpanOf(traceparent);
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

  #seriesOf(method: string, route: string, status: number): Series {
    const ofRoute = this.#series.get(route) ?? [];
    // A route has a handful of series: a search costs less than a name for the lookup.
    for (const series of ofRoute) if (series.status === status && series.method === method) return series;
    const labels = { http_request_method: method, http_route: route, http_response_status_code: String(status) };
    const series = { method, status, labels, histogram: new Histogram() };
    this.#series.set(route, [...ofRoute, series]);
    return series;
  }
}
