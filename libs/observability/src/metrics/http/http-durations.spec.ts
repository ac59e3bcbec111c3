import { describe, expect, it } from 'vitest';
import { HttpDurations } from './http-durations.js';

const trace = { traceId: '4bf92f3577b34da6a3ce929d0e0e4736', spanId: '00f067aa0ba902b7' };
const request = { method: 'GET', headers: {}, route: { path: '/users/:id' } };

function samplesOf(durations: HttpDurations) {
  return durations.metrics().flatMap(({ samples }) => samples);
}

describe(HttpDurations.name, () => {
  it('counts responses by method, route and status', () => {
    const durations = new HttpDurations();
    for (const status of [200, 200, 404]) durations.ended(request, status, 3);
    const counts = samplesOf(durations).filter(({ suffix }) => suffix === '_count');
    expect(counts.map(({ labels, value }) => [labels['http_response_status_code'], value])).toEqual([
      ['200', 2],
      ['404', 1],
    ]);
    expect(counts[0]?.labels).toMatchObject({ http_request_method: 'GET', http_route: '/users/:id' });
  });

  it('has one series for all unknown methods, and one for all paths without a route', () => {
    const durations = new HttpDurations();
    for (const method of ['BREW', 'WHEN', 'GET', 'GET']) durations.ended({ method, headers: {} }, 200, 3);
    const counts = samplesOf(durations).filter(({ suffix }) => suffix === '_count');
    expect(counts.map(({ labels, value }) => [labels['http_request_method'], labels['http_route'], value])).toEqual([
      ['_OTHER', '', 2],
      ['GET', '', 2],
    ]);
  });

  it('has the exemplar of a sampled trace, in the bucket of its duration', () => {
    const durations = new HttpDurations();
    durations.ended({ ...request, headers: { traceparent: `00-${trace.traceId}-${trace.spanId}-01` } }, 200, 3);
    const [found, ...others] = samplesOf(durations).filter(({ exemplar }) => exemplar);
    expect(found).toMatchObject({ labels: { le: '0.004' }, exemplar: { ...trace, ms: 3 } });
    expect(others).toEqual([]);
  });

  it.each(['00', '02', undefined])('has no exemplar of a trace with the flags %s', (flags) => {
    const durations = new HttpDurations();
    const traceparent = flags && `00-${trace.traceId}-${trace.spanId}-${flags}`;
    durations.ended({ ...request, headers: { traceparent } }, 200, 3);
    expect(samplesOf(durations).some(({ exemplar }) => exemplar)).toBe(false);
  });
});
