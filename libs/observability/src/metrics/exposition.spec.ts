import { Histogram } from '@nuthatch/cache';
import { Counter, Gauge, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { Exposition, prefersOpenMetrics } from './exposition.js';
import { durationSamples, type Family } from './family.js';

const OPEN = 'application/openmetrics-text';

function given() {
  const histogram = new Histogram();
  histogram.record(3);
  histogram.explain({ traceId: 'a1', spanId: 'b2', ms: 3, at: 1_500 });
  const families: readonly Family[] = [
    { name: 'reads_total', type: 'counter', help: 'Reads.', samples: [{ labels: { cache: 'a"\\b' }, value: 2 }] },
    { name: 'read_seconds', type: 'histogram', help: 'Time.', samples: durationSamples({ cache: 'a' }, histogram) },
  ];
  const registry = new Registry();
  new Counter({ name: 'own_total', help: 'Own.', registers: [registry] }).inc(4);
  new Gauge({ name: 'own_size', help: 'Size.', registers: [registry] }).set(5);
  return new Exposition([() => families], registry);
}

describe(Exposition.name, () => {
  it('writes the text format of Prometheus, with escaped labels and without exemplars', async () => {
    const { contentType, body } = await given().scrape('*/*');
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(body).toContain('# HELP reads_total Reads.\n# TYPE reads_total counter\nreads_total{cache="a\\"\\\\b"} 2\n');
    expect(body).toContain(
      'read_seconds_bucket{cache="a",le="0.002"} 0\nread_seconds_bucket{cache="a",le="0.004"} 1\n',
    );
    expect(body).toContain('read_seconds_bucket{cache="a",le="+Inf"} 1\nread_seconds_sum{cache="a"} 0.003\n');
    expect(body).toContain('# TYPE own_total counter\nown_total 4\n');
    expect(body).not.toContain('trace_id');
  });

  it('writes OpenMetrics: counters without _total in their description, exemplars, no empty line, and an end', async () => {
    const { contentType, body } = await given().scrape(OPEN);
    expect(contentType).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(body).toContain('# TYPE reads counter\nreads_total{');
    expect(body).toContain('le="0.004"} 1 # {trace_id="a1",span_id="b2"} 0.003 1.5\n');
    expect(body).toContain('# HELP own Own.\n# TYPE own counter\nown_total 4\n');
    expect(body).not.toMatch(/\n\n/);
    expect(body.endsWith('\n# EOF\n')).toBe(true);
  });

  it('keeps a gauge x_total beside a gauge x in OpenMetrics, and gives every counter its _total', async () => {
    const registry = new Registry();
    for (const name of ['x', 'x_total']) new Gauge({ name, help: 'X.', registers: [registry] }).set(1);
    new Counter({ name: 'jobs', help: 'Jobs.', registers: [registry] }).inc(2);
    const { body } = await new Exposition([], registry).scrape(OPEN);
    expect(body).toBe(
      '# HELP x X.\n# TYPE x gauge\nx 1\n# HELP x_total X.\n# TYPE x_total gauge\nx_total 1\n' +
        '# HELP jobs Jobs.\n# TYPE jobs counter\njobs_total 2\n# EOF\n',
    );
  });
});

describe(prefersOpenMetrics, () => {
  it.each([
    ['application/openmetrics-text;version=1.0.0;q=0.5,text/plain;version=0.0.4;q=0.3,*/*;q=0.2', true],
    ['text/plain, application/openmetrics-text;q=0.5', false],
    ['APPLICATION/OpenMetrics-Text', true],
    ['application/openmetrics-text;q=0', false],
    ['*/*', false],
    ['', false],
    [undefined, false],
  ])('is, for %s, %s', (accept, expected) => {
    expect(prefersOpenMetrics(accept)).toBe(expected);
  });
});
