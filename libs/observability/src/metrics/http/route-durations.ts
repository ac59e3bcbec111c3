import { Histogram } from '@nuthatch/cache';
import { durationSamples, type Labels, type Sample } from '../family.js';

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

interface Series {
  readonly method: string;
  readonly status: number;
  readonly labels: Labels;
  readonly histogram: Histogram;
}

/** How long the responses of one route took, by method and status. */
export class RouteDurations {
  /** A handful: a search costs less than a name for a lookup. */
  readonly #series: Series[] = [];

  /** @param pattern the pattern of the route; empty for responses without a route */
  constructor(private readonly pattern: string) {}

  histogram(method: string, status: number): Histogram {
    const found = this.#find(method, status);
    if (found) return found;
    if (METHODS.has(method)) return this.#add(method, status);
    return this.#find(OTHER_METHOD, status) ?? this.#add(OTHER_METHOD, status);
  }

  samples(): readonly Sample[] {
    return this.#series.flatMap(({ labels, histogram }) => durationSamples(labels, histogram));
  }

  #find(method: string, status: number): Histogram | undefined {
    return this.#series.find((series) => series.status === status && series.method === method)?.histogram;
  }

  #add(method: string, status: number): Histogram {
    const labels = {
      http_request_method: method,
      http_route: this.pattern,
      http_response_status_code: String(status),
    };
    const histogram = new Histogram();
    this.#series.push({ method, status, labels, histogram });
    return histogram;
  }
}
